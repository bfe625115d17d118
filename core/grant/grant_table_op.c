/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * grant_table_op(cmd, list, count): walks the guest's list. A continued call has the list advanced and the count
 * reduced by what is done, so the elements themselves hold the results of the earlier parts.
 */
#include "core/grant/grant.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"

#include <arch/current.h>
#include <hypercall_handlers.h>

union grant_op {
    struct gnttab_transfer transfer;
    struct gnttab_swap_grant_ref swap;
    struct gnttab_cache_flush flush;
};

/* An element has its own status; only what cannot have one ends the list with an error. */
static long op_swap(union grant_op *op) { return grant_op_swap(&op->swap), 0; }
static long op_flush(union grant_op *op) { return grant_op_cache_flush(&op->flush); }

/* Moving a frame to another owner is not offered: copying is what everybody uses. */
static long op_transfer(union grant_op *op)
{
    op->transfer.status = GNTST_general_error;
    return 0;
}

/* Operations on lists whose elements stand alone. */
static const struct { long (*fn)(union grant_op *op); uint8_t size; } list_ops[] = {
    [GNTTABOP_transfer]       = { op_transfer, sizeof(struct gnttab_transfer) },
    [GNTTABOP_swap_grant_ref] = { op_swap, sizeof(struct gnttab_swap_grant_ref) },
    [GNTTABOP_cache_flush]    = { op_flush, sizeof(struct gnttab_cache_flush) },
};

/* Operations on one structure. */
static long (*const single_ops[])(uint64_t uop) = {
    [GNTTABOP_setup_table]       = grant_op_setup_table,
    [GNTTABOP_query_size]        = grant_op_query_size,
    [GNTTABOP_set_version]       = grant_op_set_version,
    [GNTTABOP_get_status_frames] = grant_op_get_status_frames,
    [GNTTABOP_get_version]       = grant_op_get_version,
};

static long grant_continue(struct hypercall *call, uint64_t uop, uint32_t left)
{
    call->arg[1] = uop;
    call->arg[2] = left;
    return -ERESTART;
}

static long grant_copy_at(struct grant_copying *copying, uint64_t uop)
{
    struct gnttab_copy op;

    if (copy_from_guest_va(&op, uop))
        return -EFAULT;
    grant_copy_one(copying, &op);
    return copy_to_guest_va(uop, &op) ? -EFAULT : 0;
}

static long grant_copy_list(struct hypercall *call, uint64_t uop, uint32_t count)
{
    struct grant_copying copying;
    long rc = 0;

    grant_copy_begin(&copying);
    for (uint32_t i = 0; i < count && !rc; i++, uop += sizeof(struct gnttab_copy))
        rc = hypercall_preempt_every(i, 8) ? grant_continue(call, uop, count - i) : grant_copy_at(&copying, uop);
    grant_copy_end(&copying);
    return rc;
}

/* Most lists name one domain throughout: it is looked up when another one is named. */
static long grant_map_list(struct hypercall *call, uint64_t uop, uint32_t count)
{
    struct domain *owner = NULL;
    long rc = 0;

    for (uint32_t i = 0; i < count && !rc; i++, uop += sizeof(struct gnttab_map_grant_ref)) {
        struct gnttab_map_grant_ref op;
        if (hypercall_preempt_every(i, 8)) {
            rc = grant_continue(call, uop, count - i);
        } else if (copy_from_guest_va(&op, uop)) {
            rc = -EFAULT;
        } else {
            grant_op_map(&op, &owner);
            rc = copy_to_guest_va(uop, &op) ? -EFAULT : 0;
        }
    }
    if (owner)
        domain_put(owner);
    return rc;
}

static long grant_list(struct hypercall *call, uint32_t cmd, uint64_t uop, uint32_t count)
{
    const uint8_t size = list_ops[cmd].size;
    for (uint32_t i = 0; i < count; i++, uop += size) {
        union grant_op op;
        if (hypercall_preempt_every(i, 8))
            return grant_continue(call, uop, count - i);
        if (copy_from_guest_bytes(&op, uop, 1, size))
            return -EFAULT;
        long rc = list_ops[cmd].fn(&op);
        if (rc)
            return rc;
        if (copy_to_guest_bytes(uop, &op, 1, size))
            return -EFAULT;
    }
    return 0;
}

static long grant_unmap_list(struct hypercall *call, uint64_t uop, uint32_t count, bool replace)
{
    for (uint32_t done = 0; done < count;) {
        if (done && hypercall_preempt_check())
            return grant_continue(call, uop, count - done);
        uint32_t n = MIN(count - done, GRANT_UNMAP_BATCH);
        long rc = grant_op_unmap_batch(uop, &n, replace);
        if (rc)
            return rc;
        done += n;
        uop += n * sizeof(struct gnttab_unmap_grant_ref);
    }
    return 0;
}

long hypercall_grant_table_op(struct hypercall *call)
{
    uint32_t cmd = (uint32_t)call->arg[0], count = (uint32_t)call->arg[2];
    uint64_t uop = call->arg[1];
    if ((int32_t)count < 0)
        return -EINVAL;
    if (cmd == GNTTABOP_unmap_grant_ref || cmd == GNTTABOP_unmap_and_replace)
        return grant_unmap_list(call, uop, count, cmd == GNTTABOP_unmap_and_replace);
    if (cmd == GNTTABOP_map_grant_ref)
        return grant_map_list(call, uop, count);
    if (cmd == GNTTABOP_copy)
        return grant_copy_list(call, uop, count);
    if (cmd < ARRAY_SIZE(list_ops) && list_ops[cmd].fn)
        return grant_list(call, cmd, uop, count);
    bool counted = cmd != GNTTABOP_set_version && cmd != GNTTABOP_get_version;
    if (cmd < ARRAY_SIZE(single_ops) && single_ops[cmd])
        return count == 1 || !counted ? single_ops[cmd](uop) : -EINVAL;
    return -ENOSYS;
}
