/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hypercall as a record (xen/trace.h, TRC_PV_HYPERCALL_V2): the number, and those arguments that say something by
 * themselves: which operation, how many.
 */
#include "hv/domain.h"
#include "hv/hypercall.h"
#include "hv/trace.h"

#define ARG(i) (1u << (i))

static const uint8_t told[HYPERCALL_COUNT] = {
    [__HYPERVISOR_mmu_update] = ARG(1),
    [__HYPERVISOR_multicall] = ARG(1),
    [__HYPERVISOR_grant_table_op] = ARG(0) | ARG(2),
    [__HYPERVISOR_vcpu_op] = ARG(0) | ARG(1),
    [__HYPERVISOR_mmuext_op] = ARG(1),
    [__HYPERVISOR_sched_op] = ARG(0),
    [__HYPERVISOR_event_channel_op] = ARG(0),
};

void trace_hypercall(const struct hypercall *call, bool sub)
{
    uint32_t word[1 + HYPERCALL_ARGS] = { call->nr & ~TRC_PV_HYPERCALL_V2_ARG_MASK };
    unsigned int nr = 1, args = call->nr < HYPERCALL_COUNT ? told[call->nr] : 0;

    for (unsigned int i = 0; i < HYPERCALL_ARGS; i++)
        if (args & ARG(i)) {
            word[0] |= TRC_PV_HYPERCALL_V2_ARG_32(i);
            word[nr++] = (uint32_t)call->arg[i];
        }
    trace_add(sub ? TRC_PV_HYPERCALL_SUBCALL : TRC_PV_HYPERCALL_V2, word, nr);
}
