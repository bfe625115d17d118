/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GNTTABOP_cache_flush: cache lines of a frame of the caller's own, or of one that it uses by a grant, are written
 * back. x86 has no way to drop lines without writing them back, so "invalidate" alone is refused.
 */
#include "core/grant/grant.h"
#include "hv/compiler.h"

#include <arch/current.h>

#define CACHE_KNOWN (GNTTAB_CACHE_CLEAN | GNTTAB_CACHE_INVAL)

static int flush_check(const struct gnttab_cache_flush *op)
{
    if (op->offset >= PAGE_SIZE || op->length > PAGE_SIZE || op->offset + op->length > PAGE_SIZE)
        return -EINVAL;
    if (op->op & ~CACHE_KNOWN)
        return -EOPNOTSUPP; /* GNTTAB_CACHE_SOURCE_GREF is one that Xen does not serve either */
    return 0;
}

/* One page of active records at a time under the lock: tables can be long. */
static bool flush_is_granted(struct grant_table *gt, domid_t user, const struct frame *f)
{
    bool found = false;
    for (uint32_t page = 0; !found && page < READ_ONCE(gt->nr_frames); page++) {
        spin_lock(&gt->lock);
        for (uint32_t i = 0; i < ENTRIES_V1 && !found; i++) {
            const struct grant_active *a = &gt->active[page][i];
            found = (a->readers || a->writers) && a->domid == user && a->frame == f;
        }
        spin_unlock(&gt->lock);
    }
    return found;
}

static int flush_for(struct domain *d, struct domain *owner, mfn_t m, uint32_t how)
{
    struct frame *f = mfn_to_frame(m);
    if (!frame_get(f, owner))
        return -EPERM; /* it went to somebody else meanwhile */
    int rc = owner == d || flush_is_granted(owner->grants, d->id, f) ? 0 : -EINVAL;
    if (!rc && how == GNTTAB_CACHE_INVAL)
        rc = -EOPNOTSUPP;
    if (!rc)
        arch_grant_cache_flush(m);
    frame_put(f);
    return rc;
}

long grant_op_cache_flush(const struct gnttab_cache_flush *op)
{
    struct domain *d = current_vcpu()->domain;
    int rc = flush_check(op);
    if (rc || !op->length || !op->op)
        return rc;
    mfn_t m = mfn(op->a.dev_bus_addr >> PAGE_SHIFT);
    if (!mfn_valid(m))
        return -EINVAL;
    unsigned int id = frame_owner_id(mfn_to_frame(m));
    struct domain *owner = id < DOMID_FIRST_RESERVED ? domain_get_by_id((domid_t)id) : NULL;
    if (!owner)
        return -EPERM;
    rc = flush_for(d, owner, m, op->op);
    domain_put(owner);
    return rc;
}
