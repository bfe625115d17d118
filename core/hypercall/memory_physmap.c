/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a translated domain has where: XENMEM_add_to_physmap, add_to_physmap_batch, remove_from_physmap.
 *
 * A call names what is to be put somewhere by a space (XENMAPSPACE_*) and an index in it. Here and nowhere else that
 * becomes a frame with a reference; where the frame then goes is the architecture's. A frame of the domain's own, or of
 * ours that is shared with it, is at one place at a time, and moves; everything else is shared with who has it. A
 * domain that is not translated has no map to change: -EACCES.
 */
#include "core/hypercall/memory.h"
#include "hv/grant.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hv/physmap.h"

#include <arch/current.h>

static struct frame *grant_page_get(struct domain *d, uint64_t idx)
{
    uint32_t table = idx & XENMAPIDX_grant_table_status ? XENMEM_resource_grant_table_id_status
                                                        : XENMEM_resource_grant_table_id_shared;
    uint64_t page = idx & ~XENMAPIDX_grant_table_status, nr;

    if (page >= grant_table_max_frames(d, table) || grant_table_acquire(d, table, page, 1, &nr))
        return NULL;
    return frame_get_mfn(mfn(nr), d);
}

bool physmap_source_written(const struct domain *d, const struct domain *foreign, unsigned int space)
{
    return space == XENMAPSPACE_gmfn_foreign && foreign != d;
}

struct frame *physmap_source_get(struct domain *d, struct domain *foreign, unsigned int space, uint64_t idx)
{
    switch (space) {
    case XENMAPSPACE_shared_info:
        return idx ? NULL : frame_get_mfn(virt_to_mfn(d->shared_info), d);
    case XENMAPSPACE_grant_table:
        return grant_page_get(d, idx);
    case XENMAPSPACE_gmfn:
    case XENMAPSPACE_gmfn_range:
        return arch_guest_frame_get(d, gfn(idx), false);
    case XENMAPSPACE_gmfn_foreign:
        return foreign ? arch_guest_frame_get(foreign, gfn(idx), physmap_source_written(d, foreign, space)) : NULL;
    default:
        return NULL;
    }
}

/* 0; -EINVAL: there is no such thing, or it may not be written to; or an error of arch_physmap_add(). */
static long add_one(struct domain *d, struct domain *foreign, unsigned int space, uint64_t idx, gfn_t at)
{
    bool written = physmap_source_written(d, foreign, space);
    struct frame *f = physmap_source_get(d, foreign, space, idx);

    if (!f)
        return space == XENMAPSPACE_dev_mmio ? -EACCES : -EINVAL;
    long rc = written ? arch_physmap_add_foreign(d, at, f) : arch_physmap_add(d, at, f);
    if (!written || rc)
        arch_guest_frame_put(f, written); /* else the entry has it */
    return rc;
}

/* The domain whose map is to be changed, referenced. */
static long physmap_target(domid_t id, struct domain **d)
{
    long rc = memory_target(id, d);

    if (rc || domain_is_translated(*d))
        return rc;
    domain_put(*d);
    return -EACCES;
}

long memory_add(struct memory_call *m)
{
    const struct xen_add_to_physmap *op = &m->op.add;
    uint64_t nr = op->space == XENMAPSPACE_gmfn_range ? op->size : 1;
    struct domain *d;

    if (op->space == XENMAPSPACE_gmfn_foreign) /* says nothing of whose: that is the batch's */
        return -ENOSYS;
    long rc = physmap_target(op->domid, &d);
    if (rc)
        return rc;
    for (uint64_t i = m->start; i < nr && !rc; i++) {
        if (i != m->start && hypercall_preempt_check()) {
            m->start = i;
            rc = -ERESTART;
        } else {
            rc = add_one(d, NULL, op->space, op->idx + i, gfn(op->gpfn + i));
        }
    }
    domain_put(d);
    return rc;
}

static long batch_run(struct memory_call *m, struct domain *d, struct domain *foreign)
{
    const struct xen_add_to_physmap_batch *op = &m->op.batch;

    for (uint64_t i = m->start; i < op->size; i++) {
        xen_ulong_t idx;
        xen_pfn_t at;

        if (i != m->start && hypercall_preempt_check()) {
            m->start = i;
            return -ERESTART;
        }
        if (copy_from_handle(&idx, op->idxs, i) || copy_from_handle(&at, op->gpfns, i))
            return -EFAULT;
        int rc = (int)add_one(d, foreign, op->space, idx, gfn(at));
        if (copy_to_handle(op->errs, i, &rc))
            return -EFAULT;
    }
    return 0;
}

/* Whose frames a batch is about, referenced: only a control domain may name another's. */
static long batch_foreign(const struct xen_add_to_physmap_batch *op, struct domain **foreign)
{
    *foreign = NULL;
    if (op->space != XENMAPSPACE_gmfn_foreign)
        return op->u.res0 ? -EINVAL : 0;
    if (!current_vcpu()->domain->is_privileged)
        return -EPERM;
    *foreign = domain_get_by_any_id(op->u.foreign_domid);
    return *foreign ? 0 : -ESRCH;
}

long memory_add_batch(struct memory_call *m)
{
    struct domain *d, *foreign;

    if (m->op.batch.space == XENMAPSPACE_gmfn_range) /* a batch of ranges is not offered */
        return -EOPNOTSUPP;
    long rc = physmap_target(m->op.batch.domid, &d);
    if (rc)
        return rc;
    rc = batch_foreign(&m->op.batch, &foreign);
    if (!rc)
        rc = batch_run(m, d, foreign);
    if (foreign)
        domain_put(foreign);
    domain_put(d);
    return rc;
}

long memory_remove(struct memory_call *m)
{
    struct domain *d;
    long rc = physmap_target(m->op.remove.domid, &d);

    if (rc)
        return rc;
    rc = arch_physmap_remove(d, gfn(m->op.remove.gpfn));
    domain_put(d);
    return rc;
}
