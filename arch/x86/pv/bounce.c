/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames on the guest kernel's stack. What the guest's handler finds, from the stack pointer upwards:
 *
 *     rcx r11 [error code] rip cs rflags rsp ss
 *
 * that is, what hardware would push in long mode, and below it the two registers that SYSCALL destroys, because the way
 * back may be one. The mode in which the guest was is in CS: RPL 0 means its kernel, although it runs at CPL 3. The
 * event mask at that time is in bits 32-39 of the CS word, and inverted in RFLAGS.IF.
 *
 * The stack is the guest's to choose and may be anything. It is written with checked copies, after the switch to the
 * kernel's page table; a guest whose stack cannot be written cannot get exceptions or events any more, and is crashed.
 */
#include "hv/guest_access.h"
#include "hv/log.h"
#include "hv/trace.h"
#include "hw/native/cpu.h"
#include "hw/native/exception.h"
#include "pv/pv.h"

static bool vector_has_error(unsigned int vector)
{
    const uint32_t with_error = 1u << TRAP_DF | 1u << TRAP_TS | 1u << TRAP_NP | 1u << TRAP_SS |
                                1u << TRAP_GP | 1u << TRAP_PF | 1u << TRAP_AC | 1u << TRAP_CP;
    return vector < 32 && (with_error >> vector & 1);
}

/* RFLAGS as the guest's kernel is to see them: IF says whether events were on, IOPL is virtual. */
static uint64_t visible_flags(const struct vcpu *v, const struct cpu_user_regs *regs)
{
    uint64_t flags = regs->rflags & ~(RFLAGS_IF | RFLAGS_IOPL);

    if (!v->info->evtchn_upcall_mask)
        flags |= RFLAGS_IF;
    if (v->domain->vm_assist & BIT(VMASST_TYPE_architectural_iopl))
        flags |= (uint64_t)v->arch.pv.iopl << 12;
    return flags;
}

/* Where the words are; without an error code the two before it are one place higher. Returns the lowest. */
enum { WORD_RCX, WORD_R11, WORD_ERROR, WORD_RIP, WORD_CS, WORD_RFLAGS, WORD_RSP, WORD_SS, FRAME_WORDS };

static const uint64_t *frame_build(const struct vcpu *v, const struct cpu_user_regs *regs, const struct pv_bounce *b,
                                   uint64_t *frame)
{
    uint64_t cs = v->arch.pv.kernel_mode ? regs->cs & ~3u : regs->cs;
    uint64_t *first = b->has_error ? frame : frame + 1;

    frame[WORD_ERROR] = b->error;
    first[WORD_RCX] = regs->rcx;
    first[WORD_R11] = regs->r11;
    frame[WORD_RIP] = regs->rip;
    frame[WORD_CS] = cs | (uint64_t)v->info->evtchn_upcall_mask << 32;
    frame[WORD_RFLAGS] = visible_flags(v, regs);
    frame[WORD_RSP] = regs->rsp;
    frame[WORD_SS] = regs->ss;
    return first;
}

static void enter_handler(struct vcpu *v, struct cpu_user_regs *regs, const struct pv_bounce *b, uint64_t rsp)
{
    regs->rip = b->address;
    regs->cs = FLAT_KERNEL_CS;
    regs->ss = FLAT_KERNEL_SS;
    regs->rsp = rsp;
    regs->rflags &= ~(RFLAGS_TF | RFLAGS_NT | RFLAGS_RF | RFLAGS_VM | RFLAGS_AC | RFLAGS_IOPL);
    regs->rflags |= RFLAGS_IF | RFLAGS_FIXED;
    if (b->mask_events)
        v->info->evtchn_upcall_mask = 1;
}

static const char *bounce_name(const struct pv_bounce *b)
{
    return b->what ?: trap_name(b->vector) ?: "software interrupt";
}

void pv_bounce(struct cpu_user_regs *regs, const struct pv_bounce *b)
{
    struct vcpu *v = current_vcpu();
    uint64_t frame[FRAME_WORDS];

    if (!b->address) {
        domain_crash(v->domain, "%s at %#lx, and no handler for it is registered", bounce_name(b),
                     (unsigned long)regs->rip);
        return;
    }
    const uint64_t *first = frame_build(v, regs, b, frame);
    size_t size = (size_t)((const uint8_t *)(frame + FRAME_WORDS) - (const uint8_t *)first);
    uint64_t rsp = ((v->arch.pv.kernel_mode ? regs->rsp : v->arch.pv.kernel_sp) & ~15UL) - size;
    if (!v->arch.pv.kernel_mode)
        pv_toggle_mode(v);
    if (arch_copy_to_guest(rsp, first, size)) {
        domain_crash(v->domain, "%s at %#lx: the kernel stack at %#lx cannot be written", bounce_name(b),
                     (unsigned long)regs->rip, (unsigned long)rsp);
        return;
    }
    enter_handler(v, regs, b, rsp);
}

static TRACE_COLD void trace_injection(const struct cpu_user_regs *regs, unsigned int vector, uint32_t error)
{
    /* xen/trace.h has no structure for it: the vector in bits 0-14, whether there is an error code in 15, and that. */
    if (vector == TRAP_PF)
        TRACE(TRC_PV_PAGE_FAULT | TRC_64_FLAG, TRACE_64(regs->rip), TRACE_64(current_vcpu()->info->arch.cr2), error);
    else
        TRACE(TRC_PV_TRAP | TRC_64_FLAG, TRACE_64(regs->rip),
              vector | (uint32_t)vector_has_error(vector) << 15 | error << 16);
}

void pv_inject(struct cpu_user_regs *regs, unsigned int vector, uint32_t error)
{
    if (trace_on())
        trace_injection(regs, vector, error);
    struct vcpu *v = current_vcpu();
    const struct trap_info *handler = &v->arch.pv.trap[vector];
    const struct pv_bounce b = {
        .address = handler->address, .mask_events = TI_GET_IF(handler), .has_error = vector_has_error(vector),
        .error = error, .vector = (uint8_t)vector,
    };
    if (!b.address && b.has_error)
        guest_log(v, LOG_WARNING, "vector %u, error code %#x", vector, error);
    pv_bounce(regs, &b);
}

void pv_inject_page_fault(struct cpu_user_regs *regs, uint32_t error, uint64_t cr2)
{
    struct vcpu *v = current_vcpu();

    error &= ~PF_USER;
    if (!v->arch.pv.kernel_mode)
        error |= PF_USER;
    v->info->arch.cr2 = cr2;
    pv_inject(regs, TRAP_PF, error);
}
