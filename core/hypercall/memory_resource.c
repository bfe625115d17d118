/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XENMEM_acquire_resource: a toolstack asks for the frames behind something that the hypervisor keeps for another
 * domain.
 */
#include "core/hypercall/memory.h"
#include "hv/grant.h"
#include "hv/guest_access.h"

#include <arch/current.h>

#define BATCH 32u

static int resource_frames(struct domain *d, const struct xen_mem_acquire_resource *op, uint64_t frame, uint32_t nr,
                           uint64_t *mfns)
{
    return op->type == XENMEM_resource_grant_table ? grant_table_acquire(d, op->id, frame, nr, mfns) : -EOPNOTSUPP;
}

static long resource_size(struct domain *d, struct xen_mem_acquire_resource *op, uint64_t arg)
{
    if (op->nr_frames)
        return -EINVAL;
    op->nr_frames = op->type == XENMEM_resource_grant_table ? grant_table_max_frames(d, op->id) : 0;
    if (!op->nr_frames)
        return -EINVAL;
    return copy_to_guest_va(arg + offsetof(struct xen_mem_acquire_resource, nr_frames), &op->nr_frames);
}

static long resource_list(struct hypercall *call, struct domain *d, const struct xen_mem_acquire_resource *op,
                          uint64_t start)
{
    uint64_t mfns[BATCH];
    if (op->frame + op->nr_frames < op->frame || op->frame + op->nr_frames > 0xffffffffULL)
        return -EINVAL;
    for (uint64_t done = start; done < op->nr_frames;) {
        if (done != start && hypercall_preempt_check())
            return memory_continue(call, XENMEM_acquire_resource, done);
        uint32_t nr = (uint32_t)MIN((uint64_t)BATCH, op->nr_frames - done);
        int rc = resource_frames(d, op, op->frame + done, nr, mfns);
        if (rc)
            return rc;
        if (copy_array_to_guest(guest_handle_elem_va(op->frame_list, done), mfns, nr))
            return -EFAULT;
        done += nr;
    }
    return 0;
}

long memory_acquire_resource(struct hypercall *call, uint64_t start, uint64_t arg)
{
    struct xen_mem_acquire_resource op;
    const struct domain *caller = current_vcpu()->domain;
    if (copy_from_guest_va(&op, arg))
        return -EFAULT;
    if (op.pad)
        return -EINVAL;
    if (op.domid == caller->id)
        return -EPERM;
    struct domain *d = domain_get_by_id(op.domid);
    if (!d)
        return -ESRCH;
    long rc = -EPERM;
    if (caller->is_privileged)
        rc = guest_handle_null(op.frame_list) ? resource_size(d, &op, arg) : resource_list(call, d, &op, start);
    domain_put(d);
    return rc;
}
