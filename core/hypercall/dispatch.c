/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the guest's registers to a handler and back. The registers are the ABI's for 64-bit guests
 * (xen/arch-x86/xen-x86_64.h): number in eax, arguments in rdi, rsi, rdx, r10, r8, result in rax.
 */
#include "hv/domain.h"
#include "hv/hypercall.h"
#include "hv/softirq.h"

#include <arch/current.h>

bool hypercall_preempt_check(void)
{
    return softirq_pending() || arch_event_deliverable(current_vcpu());
}

static inline __attribute__((always_inline)) long invoke(struct hypercall *call)
{
    const struct hypercall_row *row = call->nr < HYPERCALL_COUNT ? &hypercall_table[call->nr] : NULL;
    if (!row || !row->fn)
        return -ENOSYS;
    if (row->privileged && !current_vcpu()->domain->is_privileged)
        return -EPERM;
    return row->fn(call);
}

long hypercall_invoke(struct hypercall *call)
{
    return invoke(call);
}

void hypercall_dispatch(struct cpu_user_regs *regs)
{
    struct hypercall call; /* member by member: the compiler would clear it as a whole before */
    call.nr = (uint32_t)regs->rax;
    call.arg[0] = regs->rdi;
    call.arg[1] = regs->rsi;
    call.arg[2] = regs->rdx;
    call.arg[3] = regs->r10;
    call.arg[4] = regs->r8;
    call.no_result = false;
    long rc = invoke(&call);
    if (call.no_result)
        return;
    if (rc != -ERESTART) {
        regs->rax = (uint64_t)rc;
        return;
    }
    regs->rdi = call.arg[0];
    regs->rsi = call.arg[1];
    regs->rdx = call.arg[2];
    regs->r10 = call.arg[3];
    regs->r8 = call.arg[4];
    arch_hypercall_restart(regs);
}
