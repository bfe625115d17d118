/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands between a caller's number and a handler. Inline: every hypercall passes here. */
#ifndef HYPERCALL_INVOKE_H
#define HYPERCALL_INVOKE_H

#include "hv/domain.h"
#include "hv/hypercall.h"

#include <arch/current.h>

/**
 * Performs @call for the current vCPU, whose domain is of the @kind HYPERCALLS_PV or _HVM: the handler's result, or
 * -ERESTART with call->arg updated. -ENOSYS: its kind of guest has no such call. -EPERM: not a control domain.
 */
static inline __attribute__((always_inline)) long hypercall_call(struct hypercall *call, unsigned int kind)
{
    const struct domain *d = current_vcpu()->domain;
    const struct hypercall_row *row;

    if (call->nr >= HYPERCALL_COUNT)
        return -ENOSYS;
    row = &hypercall_table[kind][call->nr];
    if (!row->fn)
        return -ENOSYS;
    if (row->privileged && !d->is_privileged)
        return -EPERM;
    return row->fn(call);
}

#endif
