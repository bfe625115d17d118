/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person needs to see of a vCPU in a container: registers, what it stopped for, its instruction, both walks. */
#include "hv/log.h"
#include "hv/percpu.h"
#include "hvm/hvm.h"
#include "hvm/p2m.h"
#include "hvm/vendor.h"
#include "hvm/walk.h"

#define UL(x)        ((unsigned long)(x))
#define CODE_BYTES   15u
#define STACK_WORDS  4u

static const char *const segment_name[HVM_SEGMENTS] = { "es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr" };

static void dump_general(const struct cpu_user_regs *r)
{
    log_info("  rax %016lx rbx %016lx rcx %016lx rdx %016lx", UL(r->rax), UL(r->rbx), UL(r->rcx), UL(r->rdx));
    log_info("  rsi %016lx rdi %016lx rbp %016lx rsp %016lx", UL(r->rsi), UL(r->rdi), UL(r->rbp), UL(r->rsp));
    log_info("  r8  %016lx r9  %016lx r10 %016lx r11 %016lx", UL(r->r8), UL(r->r9), UL(r->r10), UL(r->r11));
    log_info("  r12 %016lx r13 %016lx r14 %016lx r15 %016lx", UL(r->r12), UL(r->r13), UL(r->r14), UL(r->r15));
}

static void dump_state(const struct hvm_state *s)
{
    log_info("  cr0 %08lx cr2 %016lx cr3 %016lx cr4 %08lx efer %04lx", UL(s->cr0), UL(s->cr2), UL(s->cr3), UL(s->cr4),
             UL(s->efer));
    for (unsigned int i = 0; i < HVM_SEGMENTS; i++)
        log_info("  %-4s %04x base %016lx limit %08x attributes %03x", segment_name[i], s->seg[i].selector,
                 UL(s->seg[i].base), s->seg[i].limit, s->seg[i].attr);
    log_info("  gdt %016lx/%04x idt %016lx/%04x", UL(s->gdt.base), s->gdt.limit, UL(s->idt.base), s->idt.limit);
}

/* An address by the guest's tables, and then by ours. */
static void dump_walk(const struct vcpu *v, const char *what, uint64_t va)
{
    struct guest_paging paging;
    enum p2m_type kind;
    struct guest_walk w;

    hvm_paging(v, &paging);
    paging.user = false;
    paging.ac = true;
    switch (hvm_walk(v, &paging, va, 0, &w)) {
    case GUEST_WALK_DONE: {
        mfn_t m = hvm_p2m_lookup(v->domain, gfn(w.paddr >> PAGE_SHIFT), &kind);
        log_info("  %s %016lx is at guest-physical %#lx (entry %#lx): %s, frame %#lx", what, UL(va), UL(w.paddr),
                 UL(w.leaf), p2m_type_text(kind), UL(m.nr));
        break;
    }
    case GUEST_WALK_ABSENT:
        log_info("  %s %016lx: a page table is at guest-physical %#lx, where there is no memory", what, UL(va),
                 UL(w.paddr));
        break;
    default:
        log_info("  %s %016lx is not mapped by the guest (page fault error %#x)", what, UL(va), w.error);
        break;
    }
}

static void dump_code(const struct vcpu *v, const struct cpu_user_regs *r, const struct hvm_state *s)
{
    uint8_t code[CODE_BYTES];
    struct guest_walk last;
    char text[CODE_BYTES * 3 + 1];
    unsigned int n = hvm_fetch(v, s->seg[EMU_CS].base + r->rip, code, sizeof(code), &last);

    for (unsigned int i = 0; i < n; i++) {
        static const char digit[] = "0123456789abcdef";
        text[i * 3] = ' ';
        text[i * 3 + 1] = digit[code[i] >> 4];
        text[i * 3 + 2] = digit[code[i] & 15];
    }
    text[n * 3] = 0;
    log_info("  code at rip:%s", n ? text : " (cannot be read)");
}

static void dump_stack(const struct vcpu *v, const struct cpu_user_regs *r, const struct hvm_state *s)
{
    uint64_t word[STACK_WORDS];

    if (v == current_vcpu() && !hvm_copy_from_guest(word, s->seg[EMU_SS].base + r->rsp, sizeof(word)))
        log_info("  stack: %016lx %016lx %016lx %016lx", UL(word[0]), UL(word[1]), UL(word[2]), UL(word[3]));
}

void hvm_vcpu_dump(const struct vcpu *v)
{
    const struct cpu_user_regs *r = hvm_regs(v);
    struct hvm_state s;
    uint64_t info[3];

    hvm_vendor->state_get(v, &s);
    const char *what = hvm_vendor->exit_text(v, info);
    log_info("  stopped by %s (%#lx, %#lx, %#lx)", what, UL(info[0]), UL(info[1]), UL(info[2]));
    log_info("  rip %04x:%016lx rflags %08lx cpl %u%s", s.seg[EMU_CS].selector, UL(r->rip), UL(r->rflags),
             hvm_vendor->cpl(v), v->arch.hvm.halted ? ", halted" : "");
    dump_general(r);
    dump_state(&s);
    if (!irqs_enabled())
        return; /* the guest's memory is looked up under a lock */
    dump_code(v, r, &s);
    dump_stack(v, r, &s);
    dump_walk(v, "rip", s.seg[EMU_CS].base + r->rip);
    if (s.cr2)
        dump_walk(v, "cr2", s.cr2);
}
