/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a PV guest's registers to a handler and back. They are the ABI's for 64-bit guests (xen/arch-x86/xen-x86_64.h):
 * number in rax, all of it, arguments in rdi, rsi, rdx, r10, r8, result in rax. Such a guest always calls by SYSCALL.
 */
#include "pv/hypercall.h"

#include "core/hypercall/invoke.h"
#include "hv/trace.h"

/* Registers and instruction pointer as they were, but for the progress: the guest calls again. */
static void call_again(struct cpu_user_regs *regs, const struct hypercall *call)
{
    regs->rdi = call->arg[0];
    regs->rsi = call->arg[1];
    regs->rdx = call->arg[2];
    regs->r10 = call->arg[3];
    regs->r8 = call->arg[4];
    regs->rip -= SYSCALL_LENGTH;
}

static TRACE_COLD void trace_call(const struct cpu_user_regs *regs)
{
    const struct hypercall call = { .nr = (uint32_t)regs->rax, .arg = { regs->rdi, regs->rsi, regs->rdx, regs->r10,
                                                                        regs->r8 } };

    trace_hypercall(&call, false);
}

void pv_hypercall(struct cpu_user_regs *regs)
{
    if (trace_on())
        trace_call(regs);
    struct hypercall call; /* member by member: the compiler would clear it as a whole before */

    call.nr = regs->rax;
    call.arg[0] = regs->rdi;
    call.arg[1] = regs->rsi;
    call.arg[2] = regs->rdx;
    call.arg[3] = regs->r10;
    call.arg[4] = regs->r8;
    call.no_result = false;
    long rc = hypercall_call(&call, HYPERCALLS_PV);
    if (call.no_result)
        return;
    if (rc == -ERESTART)
        call_again(regs, &call);
    else
        regs->rax = (uint64_t)rc;
}
