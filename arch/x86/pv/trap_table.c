/* SPDX-License-Identifier: GPL-2.0-or-later */
/* set_trap_table: the guest's IDT, as a list that ends with address 0. */
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "mm/va.h"
#include "pv/pv.h"

#include <hypercall_handlers.h>

#define ENTRIES_MAX 257u /* every vector once, and the end */
#define ENTRIES_BETWEEN_CHECKS 64u

/*
 * A selector that a guest may name as its kernel's code segment. The handler is entered with the flat one in any case.
 */
static uint16_t selector_fix(uint16_t sel)
{
    return sel | 3;
}

long hypercall_set_trap_table(struct hypercall *call)
{
    struct pv_vcpu *pv = &current_vcpu()->arch.pv;
    struct trap_info entry;

    if (!call->arg[0]) {
        memset(pv->trap, 0, PV_TRAPS_SIZE);
        return 0;
    }
    for (unsigned int i = 0; i < ENTRIES_MAX; i++) {
        if (copy_from_guest_va(&entry, call->arg[0]))
            return -EFAULT;
        if (!entry.address)
            return 0;
        if (!va_is_canonical(entry.address))
            return -EINVAL;
        entry.cs = selector_fix(entry.cs);
        pv->trap[entry.vector] = entry;
        call->arg[0] += sizeof(entry);
        if (hypercall_preempt_every(i, ENTRIES_BETWEEN_CHECKS))
            return -ERESTART;
    }
    return 0;
}
