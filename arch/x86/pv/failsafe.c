/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest asked us to return to something that cannot be loaded. If the CPU refuses CS, SS or RIP, that is an
 * exception like any other. A data selector that has become bad while the vCPU did not run has no instruction to blame:
 * the register gets the null selector, and the failsafe callback is called, with an event's frame with the four wanted
 * selectors in it:
 *
 *     rcx r11 ds es fs gs rip cs rflags rsp ss
 *
 * The kernel compares them with the live ones and loads again.
 */
#include "hv/guest_access.h"
#include "hw/native/cpu.h"
#include "hw/native/exception.h"
#include "pv/async.h"
#include "pv/pv.h"

struct failsafe_frame { uint64_t rcx, r11, ds, es, fs, gs, rip, cs, rflags, rsp, ss; };

struct selectors { uint16_t ds, es, fs, gs; };

static struct failsafe_frame frame_build(const struct vcpu *v, const struct cpu_user_regs *regs,
                                         const struct selectors *sel)
{
    uint8_t mask = v->info->evtchn_upcall_mask;

    return (struct failsafe_frame){
        .rcx = regs->rcx,
        .r11 = regs->r11,
        .ds = sel->ds,
        .es = sel->es,
        .fs = sel->fs,
        .gs = sel->gs,
        .rip = regs->rip,
        .cs = (v->arch.pv.kernel_mode ? regs->cs & ~3u : regs->cs) | (uint64_t)mask << 32,
        .rflags = (regs->rflags & ~(RFLAGS_IF | RFLAGS_IOPL)) | (mask ? 0 : RFLAGS_IF),
        .rsp = regs->rsp,
        .ss = regs->ss,
    };
}

static void failsafe(struct cpu_user_regs *regs, const struct selectors *sel)
{
    struct vcpu *v = current_vcpu();
    struct pv_vcpu *pv = &v->arch.pv;
    struct failsafe_frame frame = frame_build(v, regs, sel);
    uint64_t rsp = ((pv->kernel_mode ? regs->rsp : pv->kernel_sp) & ~15UL) - sizeof(frame);

    if (!pv->failsafe.address) {
        domain_crash(v->domain,
                     "return to %04x:%#lx, stack %04x:%#lx, is not possible, and there is no failsafe callback",
                     regs->cs, (unsigned long)regs->rip, regs->ss, (unsigned long)regs->rsp);
        return;
    }
    if (!pv->kernel_mode)
        pv_toggle_mode(v);
    if (arch_copy_to_guest(rsp, &frame, sizeof(frame))) {
        domain_crash(v->domain, "failsafe callback: the kernel stack at %#lx cannot be written", (unsigned long)rsp);
        return;
    }
    regs->rip = pv->failsafe.address;
    regs->cs = FLAT_KERNEL_CS;
    regs->ss = FLAT_KERNEL_SS;
    regs->rsp = rsp;
    regs->rflags = RFLAGS_FIXED | RFLAGS_IF;
    if (pv->failsafe.mask_events)
        v->info->evtchn_upcall_mask = 1;
}

/* CS, SS or RIP: the exception is the guest's, as if the code that it wanted to return to had caused it. */
void pv_bad_iret(struct cpu_user_regs *regs)
{
    switch (regs->entry_vector) {
    case TRAP_NP:
    case TRAP_SS:
    case TRAP_GP:
        pv_inject(regs, regs->entry_vector, regs->error_code);
        break;
    default:
        pv_inject(regs, TRAP_GP, 0);
    }
}

void pv_failsafe_segments(struct cpu_user_regs *regs)
{
    const struct selectors wanted = { regs->ds, regs->es, regs->fs, regs->gs };
    failsafe(regs, &wanted);
}
