/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XENMEM_acquire_resource: a toolstack asks for the frames behind something that the hypervisor keeps for another
 * domain.
 */
#include "core/hypercall/memory.h"
#include "hv/grant.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"

#include <arch/current.h>

#define BATCH 32u

static int resource_frames(struct domain *d, const struct xen_mem_acquire_resource *op, uint64_t frame, uint32_t nr,
                           uint64_t *mfns)
{
    return op->type == XENMEM_resource_grant_table ? grant_table_acquire(d, op->id, frame, nr, mfns) : -EOPNOTSUPP;
}

static long resource_size(struct domain *d, struct memory_call *m)
{
    struct xen_mem_acquire_resource *op = &m->op.resource;
    if (op->nr_frames)
        return -EINVAL;
    op->nr_frames = op->type == XENMEM_resource_grant_table ? grant_table_max_frames(d, op->id) : 0;
    if (!op->nr_frames)
        return -EINVAL;
    m->answer = true;
    return 0;
}

static long resource_list(struct domain *d, struct memory_call *m)
{
    const struct xen_mem_acquire_resource *op = &m->op.resource;
    uint64_t mfns[BATCH];
    if (op->frame + op->nr_frames < op->frame || op->frame + op->nr_frames > 0xffffffffULL)
        return -EINVAL;
    for (uint64_t done = m->start; done < op->nr_frames;) {
        if (done != m->start && hypercall_preempt_check()) {
            m->start = done;
            return -ERESTART;
        }
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

long memory_acquire_resource(struct memory_call *m)
{
    const struct xen_mem_acquire_resource *op = &m->op.resource;
    const struct domain *caller = current_vcpu()->domain;
    if (op->pad)
        return -EINVAL;
    if (op->domid == caller->id)
        return -EPERM;
    struct domain *d = domain_get_by_id(op->domid);
    if (!d)
        return -ESRCH;
    long rc = -EPERM;
    if (caller->is_privileged)
        rc = guest_handle_null(op->frame_list) ? resource_size(d, m) : resource_list(d, m);
    domain_put(d);
    return rc;
}
