/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls of guest user mode. The selectors of the caller are lost in SYSCALL and SYSENTER; the frame has the
 * ABI's flat ones in their place, and the guest's kernel puts in what it knows to be right.
 */
#include "hw/native/cpu.h"
#include "hw/native/exception.h"
#include "pv/hypercall.h"
#include "pv/pv.h"

static void enter(struct cpu_user_regs *regs, const struct pv_callback *callback, const char *what)
{
    const struct pv_bounce b = { .address = callback->address, .mask_events = callback->mask_events, .what = what };

    pv_bounce(regs, &b);
    regs->rflags &= ~RFLAGS_DF;
}

static void syscall(struct cpu_user_regs *regs, const struct pv_callback *callback)
{
    if (!callback->address) {
        regs->rip -= SYSCALL_LENGTH;
        pv_inject(regs, TRAP_UD, 0);
        return;
    }
    enter(regs, callback, "SYSCALL");
}

void pv_syscall(struct cpu_user_regs *regs)
{
    syscall(regs, &current_vcpu()->arch.pv.syscall64);
}

void pv_syscall32(struct cpu_user_regs *regs)
{
    regs->cs = FLAT_USER_CS32;
    regs->ss = FLAT_USER_SS32;
    syscall(regs, &current_vcpu()->arch.pv.syscall32);
}

void pv_sysenter(struct cpu_user_regs *regs)
{
    const struct pv_vcpu *pv = &current_vcpu()->arch.pv;

    regs->cs = FLAT_USER_CS;
    regs->ss = FLAT_USER_SS;
    regs->rflags &= ~(RFLAGS_TF | RFLAGS_NT);
    if (!pv->sysenter.address) {
        pv_inject(regs, TRAP_GP, 0);
        return;
    }
    enter(regs, &pv->sysenter, "SYSENTER");
}
