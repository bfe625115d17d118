/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a person needs to see of a vCPU: registers, the top of its stack,
 * and why an address is not mapped as it should be.
 */
#include "hv/guest_access.h"
#include "hv/log.h"
#include "hw/native/cpu.h"
#include "pv/page_walk.h"
#include "pv/pv.h"

#define STACK_WORDS   16u
#define WORDS_PER_LINE 4u
#define UL(x) ((unsigned long)(x))

static const struct cpu_user_regs *regs_of(const struct vcpu *v)
{
    return v == current_vcpu() ? guest_regs() : &v->arch.regs;
}

static void dump_registers(const struct vcpu *v, const struct cpu_user_regs *r)
{
    log_info("  rip %04x:%016lx rflags %08lx, %s mode, rsp %04x:%016lx", r->cs, UL(r->rip), UL(r->rflags),
             v->arch.pv.kernel_mode ? "kernel" : "user", r->ss, UL(r->rsp));
    log_info("  rax %016lx rbx %016lx rcx %016lx rdx %016lx", UL(r->rax), UL(r->rbx), UL(r->rcx), UL(r->rdx));
    log_info("  rsi %016lx rdi %016lx rbp %016lx r8  %016lx", UL(r->rsi), UL(r->rdi), UL(r->rbp), UL(r->r8));
    log_info("  r9  %016lx r10 %016lx r11 %016lx r12 %016lx", UL(r->r9), UL(r->r10), UL(r->r11), UL(r->r12));
    log_info("  r13 %016lx r14 %016lx r15 %016lx cr3 %016lx", UL(r->r13), UL(r->r14), UL(r->r15), UL(v->arch.pv.cr3));
    log_info("  vector %u, error code %#x, cr2 %016lx, kernel stack %016lx", r->entry_vector, r->error_code,
             UL(v->info ? v->info->arch.cr2 : 0), UL(v->arch.pv.kernel_sp));
}

static void dump_events(const struct vcpu *v)
{
    if (v->info)
        log_info("  events: pending %u, masked %u, selector %#lx; callback %016lx, failsafe %016lx",
                 v->info->evtchn_upcall_pending, v->info->evtchn_upcall_mask, UL(v->info->evtchn_pending_sel),
                 UL(v->arch.pv.event.address), UL(v->arch.pv.failsafe.address));
}

/* Only the current vCPU's memory is reachable by its addresses. */
static void dump_stack(const struct vcpu *v, uint64_t rsp)
{
    uint64_t word[WORDS_PER_LINE];

    if (v != current_vcpu())
        return;
    log_info("  stack at %016lx:", UL(rsp));
    for (unsigned int i = 0; i < STACK_WORDS; i += WORDS_PER_LINE) {
        if (arch_copy_from_guest(word, rsp + i * sizeof(word[0]), sizeof(word))) {
            log_info("    (not readable from here on)");
            return;
        }
        log_info("    %016lx %016lx %016lx %016lx", UL(word[0]), UL(word[1]), UL(word[2]), UL(word[3]));
    }
}

static void dump_walk(const struct vcpu *v, const char *what, uint64_t va)
{
    struct page_walk w;

    page_walk(v->arch.pv.cr3, va, &w);
    log_info("  page walk of %s %016lx:", what, UL(va));
    for (unsigned int i = 0; i < w.levels; i++)
        log_info("    L%u[%3lu] = %016lx", 4 - i, UL(va >> (39 - 9 * i) & 511), UL(w.entry[i]));
}

void pv_dump_vcpu(const struct vcpu *v)
{
    const struct cpu_user_regs *r = regs_of(v);

    dump_registers(v, r);
    dump_events(v);
    dump_stack(v, r->rsp);
    dump_walk(v, "rip", r->rip);
    if (v->info && v->info->arch.cr2)
        dump_walk(v, "cr2", v->info->arch.cr2);
}
