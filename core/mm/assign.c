/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames that belong to a domain. Its list and tot_pages change under frames_lock; tot_pages counts the list and what
 * is stolen for a moment, and grows only within max_pages. A domain with frames holds a reference on itself, so the
 * owner of a frame in use always exists.
 */
#include "hv/claim.h"
#include "hv/compiler.h"
#include "hv/domain.h"
#include "hv/frame.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hv/physmap.h"
#include "mm.h"

static void list_frames(struct domain *d, mfn_t first, uint64_t nr)
{
    const uint64_t count = FRAME_ALLOCATED | (uint64_t)d->id << FRAME_OWNER_SHIFT | 1;

    for (uint64_t i = 0; i < nr; i++) {
        struct frame *f = mfn_to_frame(mfn_add(first, i));
        frame_list_add_tail(&d->frames, f);
        f->type = 0;
        __atomic_store_n(&f->count, count, __ATOMIC_RELEASE); /* last: from here on anybody may find it */
    }
}

/* @nr frames more, within the limit; @first: these, and they are listed, or MFN_NONE. 0, -E2BIG, -EINVAL (dying). */
static int charge(struct domain *d, mfn_t first, uint64_t nr)
{
    bool was_empty = false;
    int rc = 0;

    spin_lock(&d->frames_lock);
    if (d->life >= DOMAIN_DYING) {
        rc = -EINVAL;
    } else if (d->tot_pages > d->max_pages || nr > d->max_pages - d->tot_pages) {
        rc = -E2BIG;
    } else {
        was_empty = !d->tot_pages;
        if (!mfn_eq(first, MFN_NONE))
            list_frames(d, first, nr);
        d->tot_pages += nr;
        claim_consume(d, nr);
    }
    spin_unlock(&d->frames_lock);
    if (was_empty)
        BUG_ON(!domain_get(d));
    return rc;
}

int domain_assign_frames(struct domain *d, mfn_t first, unsigned int order) { return charge(d, first, 1ULL << order); }

/* Decided under the lock later: spares the heap the trouble. */
static bool may_get(struct domain *d, unsigned int order)
{
    return order <= HEAP_MAX_ORDER && READ_ONCE(d->tot_pages) + (1ULL << order) <= READ_ONCE(d->max_pages) &&
           claim_admits(d, 1ULL << order);
}

mfn_t domain_alloc_stolen(struct domain *d, unsigned int order)
{
    mfn_t m = may_get(d, order) ? heap_alloc(order, 0) : MFN_NONE;

    if (mfn_eq(m, MFN_NONE) || !charge(d, MFN_NONE, 1ULL << order))
        return m;
    heap_free(m, order, false);
    return MFN_NONE;
}

mfn_t domain_alloc_frames_at(struct domain *d, unsigned int order, unsigned int heap_flags, gfn_t g)
{
    if (!may_get(d, order))
        return MFN_NONE;
    mfn_t m = heap_alloc(order, heap_flags);
    if (mfn_eq(m, MFN_NONE))
        return m;
    arch_physmap_prepare(d, g, m, order);
    if (domain_assign_frames(d, m, order)) {
        arch_physmap_prepare(d, GFN_NONE, m, order);
        heap_free(m, order, false); /* as it was: nobody else saw it */
        return MFN_NONE;
    }
    return m;
}

mfn_t domain_alloc_frames(struct domain *d, unsigned int order, unsigned int heap_flags)
{
    return domain_alloc_frames_at(d, order, heap_flags, GFN_NONE);
}

/* frames_lock held. True: that was the last, and the reference that goes with having frames is the caller's to drop. */
static bool uncharge(struct domain *d, uint64_t nr)
{
    BUG_ON(d->tot_pages < nr); /* else the domain would end with frames, or never */
    d->tot_pages -= nr;
    return nr && !d->tot_pages;
}

void domain_unlist_frame(struct domain *d, struct frame *f)
{
    spin_lock(&d->frames_lock);
    frame_list_del(&d->frames, f);
    bool now_empty = uncharge(d, 1);
    spin_unlock(&d->frames_lock);
    if (now_empty)
        domain_put(d);
}

/* A type use comes with a reference, so the allocation reference alone means that it is unused. 0: it is ours now. */
static int take_unused(const struct domain *d, struct frame *f)
{
    uint64_t unused = FRAME_ALLOCATED | (uint64_t)d->id << FRAME_OWNER_SHIFT | 1;
    uint64_t c = unused;

    if (__atomic_compare_exchange_n(&f->count, &c, c & ~(FRAME_ALLOCATED | FRAME_REFS_MASK), false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_RELAXED))
        return 0;
    return (c & FRAME_OWNER_MASK) == (unused & FRAME_OWNER_MASK) && (c & FRAME_ALLOCATED) ? -EBUSY : -EINVAL;
}

int domain_steal_frame(struct domain *d, struct frame *f)
{
    int rc = take_unused(d, f);

    if (rc)
        return rc;
    arch_frame_leaves_domain(f);
    spin_lock(&d->frames_lock);
    frame_list_del(&d->frames, f);
    spin_unlock(&d->frames_lock);
    frame_make_private(f);
    return 0;
}

bool domain_give_back_frame(struct domain *d, struct frame *f, struct heap_run *run)
{
    if (!take_unused(d, f)) {
        arch_frame_leaves_domain(f);
        domain_unlist_frame(d, f);
        frame_make_private(f);
        heap_run_add(run, frame_to_mfn(f));
        return true;
    }
    if (!frame_get(f, d))
        return false;
    bool dropped = !(READ_ONCE(f->count) & FRAME_HV) && frame_clear_allocated(f);
    if (dropped) {
        m2p_set(frame_to_mfn(f), M2P_INVALID);
        frame_put(f);
    }
    frame_put(f);
    return dropped;
}

int domain_return_frames(struct domain *d, mfn_t first, unsigned int order)
{
    spin_lock(&d->frames_lock);
    int rc = d->life >= DOMAIN_DYING ? -EINVAL : 0;
    if (!rc)
        list_frames(d, first, 1ULL << order);
    spin_unlock(&d->frames_lock);
    return rc;
}

void domain_uncharge_frames(struct domain *d, uint64_t nr)
{
    spin_lock(&d->frames_lock);
    bool now_empty = uncharge(d, nr);
    spin_unlock(&d->frames_lock);
    if (now_empty)
        domain_put(d);
}
