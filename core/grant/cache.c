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

/*
 * A reference on @f for @user, to whom an entry in use grants it: that entry has one as long as the lock is held. Who
 * has no such entry takes none, or he would meddle with a frame that its owner is just about to do something else with.
 * One page of active records at a time under the lock: tables can be long.
 */
static bool flush_get_granted(struct grant_table *gt, domid_t user, struct frame *f)
{
    bool found = false;
    for (uint32_t page = 0; !found && page < READ_ONCE(gt->nr_frames); page++) {
        spin_lock(&gt->lock);
        for (uint32_t i = 0; i < ENTRIES_V1 && !found; i++) {
            const struct grant_active *a = &gt->active[page][i];
            found = (a->readers || a->writers) && a->domid == user && a->frame == f;
        }
        if (found)
            frame_get_again(f);
        spin_unlock(&gt->lock);
    }
    return found;
}

static int flush_for(struct domain *d, struct domain *owner, mfn_t m, uint32_t how)
{
    struct frame *f = mfn_to_frame(m);
    if (owner == d && !frame_get(f, d))
        return -EPERM; /* it went to somebody else meanwhile */
    if (owner != d && !flush_get_granted(owner->grants, d->id, f))
        return -EINVAL;
    int rc = how == GNTTAB_CACHE_INVAL ? -EOPNOTSUPP : 0;
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
