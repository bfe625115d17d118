/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the long ones ask, and calls that do not come from a guest's registers. */
#include "core/hypercall/invoke.h"

#include "hv/softirq.h"

bool hypercall_preempt_check(void)
{
    return softirq_pending() || arch_event_deliverable(current_vcpu());
}

long hypercall_invoke(struct hypercall *call)
{
    if (unlikely(arch_caller_is_narrow()))
        return arch_hypercall_narrow(call);
    return hypercall_call(call, current_vcpu()->domain->type == DOMAIN_HVM ? HYPERCALLS_HVM : HYPERCALLS_PV);
}
