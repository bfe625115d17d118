/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The arguments that mmu_update and mmuext_op share (xen/xen.h): a list of operations in guest memory, how many, and
 * where the number of successes goes, 0 for nowhere. A continued call has MMU_UPDATE_PREEMPTED in the count, its list
 * begins where the last one ended, and the successes before are in the guest's counter.
 */
#ifndef PV_MM_BATCH_H
#define PV_MM_BATCH_H

#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "public.h"

#define MMU_UPDATE_PREEMPTED BIT(31)

struct op_batch {
    uint32_t count;  /* still to be done */
    uint32_t before; /* successes of the calls that this one continues */
};

/** Reads @call's arguments, whose list has elements of @size bytes. 0 or -EFAULT. */
static inline int op_batch_begin(struct op_batch *b, const struct hypercall *call, size_t size)
{
    uint32_t count = (uint32_t)call->arg[1];

    b->before = 0;
    if ((count & MMU_UPDATE_PREEMPTED) && call->arg[2] && copy_from_guest_va(&b->before, call->arg[2]))
        return -EFAULT;
    b->count = count & ~MMU_UPDATE_PREEMPTED;
    return arch_guest_range_ok(call->arg[0], size) ? 0 : -EFAULT; /* the others are checked as they come */
}

/** @done operations were done, with the result @rc: reports it to the guest, and prepares what is to be continued. */
static inline void op_batch_end(const struct op_batch *b, struct hypercall *call, size_t size, uint32_t done, int rc)
{
    uint32_t successes = b->before + done;

    if (call->arg[2])
        (void)copy_to_guest_va(call->arg[2], &successes); /* what is done is done, whether or not it can be reported */
    if (rc == -ERESTART) {
        call->arg[0] += (uint64_t)done * size;
        call->arg[1] = (b->count - done) | MMU_UPDATE_PREEMPTED;
    }
}

#endif
