/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * multicall(list, count): each entry is a hypercall with its own result. When one must be continued, its new arguments
 * are stored in its entry, and the multicall itself is continued with the list from there on: so the entries keep the
 * progress.
 */
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hv/trace.h"
#include "public.h"

#include <hypercall_handlers.h>

#define ENTRY_ARGS 6

static long multicall_perform(xen_ulong_t op, struct hypercall *sub)
{
    if (op == __HYPERVISOR_multicall)
        return -EINVAL;
    return hypercall_invoke(sub);
}

static TRACE_COLD void trace_sub(const struct hypercall *sub) { trace_hypercall(sub, true); }

/* Performs the entry at @va. 0, -ERESTART (the entry is still to be done, arguments stored), -EFAULT. */
static long multicall_entry(uint64_t va, struct hypercall *sub)
{
    struct multicall_entry entry;
    if (copy_from_guest_va(&entry, va))
        return -EFAULT;
    sub->nr = entry.op;
    sub->no_result = false;
    for (unsigned int i = 0; i < HYPERCALL_ARGS; i++)
        sub->arg[i] = entry.args[i];

    if (trace_on())
        trace_sub(sub);
    long rc = multicall_perform(entry.op, sub);
    if (sub->no_result) /* iret: what was the guest's kernel memory may now be its user mode's */
        return 0;
    if (rc == -ERESTART) {
        uint64_t args = va + offsetof(struct multicall_entry, args);
        return copy_array_to_guest(args, sub->arg, HYPERCALL_ARGS) ? -EFAULT : -ERESTART;
    }
    entry.result = (xen_ulong_t)rc;
    return copy_to_guest_va(va + offsetof(struct multicall_entry, result), &entry.result) ? -EFAULT : 0;
}
_Static_assert(sizeof(((struct multicall_entry *)0)->args) == ENTRY_ARGS * sizeof(uint64_t),
               "an entry has six arguments");

long hypercall_multicall(struct hypercall *call)
{
    uint64_t list = call->arg[0];
    uint32_t count = (uint32_t)call->arg[1];
    for (uint32_t i = 0; i < count; i++) {
        struct hypercall sub;
        long rc = i && hypercall_preempt_check() ? -ERESTART : multicall_entry(list, &sub);
        if (rc == -ERESTART) {
            call->arg[0] = list;
            call->arg[1] = count - i;
        }
        if (rc)
            return rc;
        if (sub.no_result) { /* iret: the guest is elsewhere now, and nobody waits for the rest */
            call->no_result = true;
            return 0;
        }
        list += sizeof(struct multicall_entry);
    }
    return 0;
}
