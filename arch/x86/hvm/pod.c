/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Populating on demand: a domain that is told of more memory than it has, until its balloon driver has given the
 * difference back. Gfns are there without frames (P2M_POD), and frames without gfns, in a cache; the first touch of a
 * gfn brings the two together, whoever touches.
 *
 * The cache's frames are counted in tot_pages and are nobody's to name: they were stolen (domain_steal_frame(),
 * domain_alloc_stolen()), so no mapping, no grant and no number leads to them. They are cleared when they are handed
 * out. There are never more of them than entries, but while the domain is built. A guest that touches more than it has
 * is searched for frames of zeroes, a bounded number of them; if there are none, its memory cannot be had: it ends, and
 * is not searched again.
 */
#include "hv/hypercall.h"
#include "hv/log.h"
#include "hvm/hvm.h"
#include "hvm/p2m_private.h"

#define CHUNK_ORDER  9u
#define CHUNK        BIT(CHUNK_ORDER)
#define SWEEP_GFNS   1024u /* looked at for one frame */
#define SWEEP_FLUSHES 4u   /* of frames that seemed to be free */

/* The cache. */

static void cache_add(struct p2m *p, mfn_t m, unsigned int order)
{
    frame_list_add_tail(order ? &p->pod.chunks : &p->pod.single, mfn_to_frame(m));
    p->pod.frames += BIT(order);
    p->pod.spent = false;
}

/* The first of 2^@order frames; a chunk is broken up where single ones are wanted. MFN_NONE: there are none. */
static mfn_t cache_take(struct p2m *p, unsigned int order)
{
    struct frame_list *list = order ? &p->pod.chunks : &p->pod.single;
    struct frame *f = frame_list_first(list);

    if (!f && !order && (f = frame_list_first(&p->pod.chunks)) != NULL) {
        frame_list_del(&p->pod.chunks, f);
        for (uint64_t i = 0; i < CHUNK; i++)
            frame_list_add_tail(&p->pod.single, f + i);
    }
    if (!f)
        return MFN_NONE;
    frame_list_del(list, f);
    p->pod.frames -= BIT(order);
    return frame_to_mfn(f);
}

static bool cache_release_one(struct p2m *p)
{
    mfn_t m = cache_take(p, 0);

    if (mfn_eq(m, MFN_NONE))
        return false;
    heap_free(m, 0, true);
    domain_uncharge_frames(p->d, 1);
    return true;
}

/* 2^@order new frames; the domain's limit holds. */
static bool cache_grow(struct p2m *p, unsigned int order)
{
    mfn_t m = domain_alloc_stolen(p->d, order);

    if (mfn_eq(m, MFN_NONE))
        return false;
    arch_physmap_prepare(p->d, GFN_NONE, m, order);
    cache_add(p, m, order);
    return true;
}

/* 0, -ENOMEM, -ERESTART: the cache itself says how far it has come. */
static int cache_resize(struct p2m *p, uint64_t frames)
{
    for (unsigned int i = 1; p->pod.frames != frames; i++) {
        bool big = p->pod.frames < frames && frames - p->pod.frames >= CHUNK;

        if (p->pod.frames > frames)
            cache_release_one(p);
        else if (!(big && cache_grow(p, CHUNK_ORDER)) && !cache_grow(p, 0))
            return -ENOMEM;
        if ((big || i % 64 == 0) && p->pod.frames != frames && hypercall_preempt_check())
            return -ERESTART;
    }
    return 0;
}

bool p2m_pod_free_some(struct p2m *p, unsigned int frames)
{
    while (frames--)
        if (!cache_release_one(p))
            return true;
    return !p->pod.frames;
}

void p2m_pod_entries_gone(struct p2m *p, uint64_t nr)
{
    BUG_ON(p->pod.entries < nr);
    p->pod.entries -= nr;
    if (p->dead)
        return; /* the cache goes by itself, a little at a time */
    for (uint64_t i = 0; i < MIN(2 * nr, CHUNK) && p->pod.frames > p->pod.entries; i++)
        cache_release_one(p);
}

/* A frame that the domain gives back goes to the cache if entries wait for it. */
bool p2m_pod_wants(struct p2m *p, mfn_t m)
{
    if (p->pod.frames >= p->pod.entries || domain_steal_frame(p->d, mfn_to_frame(m)))
        return false;
    cache_add(p, m, 0);
    return true;
}

/* Frames of zeroes. */

static bool is_zero(mfn_t m)
{
    const uint64_t *word = mfn_to_virt(m);

    for (unsigned int i = 0; i < PAGE_SIZE / 8; i++)
        if (READ_ONCE(word[i]))
            return false;
    return true;
}

/* Nobody but the domain holds it: else it could not be stolen, and looking closer would cost a flush. */
static bool is_unheld(const struct p2m *p, mfn_t m)
{
    uint64_t count = __atomic_load_n(&mfn_to_frame(m)->count, __ATOMIC_RELAXED);

    return count == (FRAME_ALLOCATED | (uint64_t)p->d->id << FRAME_OWNER_SHIFT | 1);
}

/* The frame at @gfn becomes the cache's if it still is all zero once the guest cannot write any more. */
static bool reclaim(struct p2m *p, uint64_t gfn, unsigned int *flushes)
{
    struct p2m_entry e = p2m_lookup(&p->tree, gfn);

    if ((e.type != P2M_RAM && e.type != P2M_RAM_LOGDIRTY) || !is_unheld(p, mfn(e.mfn)) || !is_zero(mfn(e.mfn)))
        return false;
    if (p2m_set(&p->tree, gfn, 0, P2M_NO_MFN, P2M_POD) < 0)
        return false;
    p2m_flush(p);
    ++*flushes;
    if (!is_zero(mfn(e.mfn)) || domain_steal_frame(p->d, mfn_to_frame(mfn(e.mfn)))) {
        BUG_ON(p2m_set(&p->tree, gfn, 0, e.mfn, P2M_RAM) < 0);
        p2m_dirty_mark(p, gfn, 1);
        return false;
    }
    cache_add(p, mfn(e.mfn), 0);
    p->pod.entries++;
    return true;
}

/* From the last place downwards: what a kernel has not used yet is more often high. */
static bool sweep(struct p2m *p)
{
    unsigned int flushes = 0;

    for (unsigned int i = 0; i < SWEEP_GFNS && flushes < SWEEP_FLUSHES; i++) {
        if (!p->pod.sweep)
            p->pod.sweep = p->max_gfn + 1;
        if (reclaim(p, --p->pod.sweep, &flushes))
            return true;
    }
    return false;
}

/* The first touch. */

static void clear(mfn_t m, unsigned int order)
{
    for (uint64_t i = 0; i < BIT(order); i++)
        memset(mfn_to_virt(mfn_add(m, i)), 0, PAGE_SIZE);
}

/* 2^@order frames from @m, the cache's until now, come to be at @gfn. They go back to the cache if they cannot. */
static bool demand(struct p2m *p, uint64_t gfn, mfn_t m, unsigned int order)
{
    clear(m, order);
    arch_physmap_prepare(p->d, (gfn_t){ gfn }, m, order);
    if (p2m_dirty_room(p, gfn, BIT(order)) || p2m_set(&p->tree, gfn, order, m.nr, P2M_RAM) < 0) {
        arch_physmap_prepare(p->d, GFN_NONE, m, order);
        cache_add(p, m, order);
        return false;
    }
    if (domain_return_frames(p->d, m, order)) { /* it is dying, and does not run */
        BUG_ON(p2m_set(&p->tree, gfn, order, P2M_NO_MFN, P2M_POD) < 0);
        p2m_flush(p);
        arch_physmap_prepare(p->d, GFN_NONE, m, order);
        cache_add(p, m, order);
        return false;
    }
    p2m_dirty_mark(p, gfn, BIT(order));
    p->pod.entries -= BIT(order);
    return true;
}

bool p2m_pod_demand(struct p2m *p, uint64_t gfn)
{
    struct p2m_entry e = p2m_lookup(&p->tree, gfn);

    if (p->dead || p->pod.spent || e.type != P2M_POD)
        return false;
    mfn_t m = e.order >= CHUNK_ORDER ? cache_take(p, CHUNK_ORDER) : MFN_NONE;
    if (!mfn_eq(m, MFN_NONE))
        return demand(p, ROUND_DOWN(gfn, CHUNK), m, CHUNK_ORDER);
    m = cache_take(p, 0);
    if (mfn_eq(m, MFN_NONE) && sweep(p)) {
        if (p2m_lookup(&p->tree, gfn).type != P2M_POD)
            return true;
        m = cache_take(p, 0);
    }
    if (!mfn_eq(m, MFN_NONE))
        return demand(p, gfn, m, 0);
    p->pod.spent = true;
    return false;
}

void p2m_pod_refuse(struct domain *d)
{
    domain_crash(d, "its memory is populated on demand, %lu frames are not there yet, and no more can be had: a guest "
                    "of less memory than maxmem needs a balloon driver that gives the difference back",
                 (unsigned long)READ_ONCE(p2m_of(d)->pod.entries));
}

/* For the toolstack. */

int hvm_pod_populate(struct domain *d, gfn_t g, unsigned int order)
{
    struct p2m *p = p2m_of(d);
    int rc = 0;

    if (order != 0 && order != 9 && order != 18)
        return -EINVAL;
    if (!p2m_gfn_ok(d, g, order) || g.nr & (BIT(order) - 1))
        return -EINVAL;
    spin_lock(&p->lock);
    if (p->dead || !p2m_range_is_free(p, g, order))
        rc = -EBUSY;
    else
        rc = p2m_set(&p->tree, g.nr, order, P2M_NO_MFN, P2M_POD);
    if (rc >= 0) {
        p->pod.entries += BIT(order);
        p->max_gfn = MAX(p->max_gfn, g.nr + BIT(order) - 1);
    }
    if (rc > 0)
        p2m_flush(p);
    spin_unlock(&p->lock);
    return MIN(rc, 0);
}

/*
 * Never below what the balloon driver has given back, and never above what waits for frames; a domain that has all its
 * memory has nothing to do with it.
 */
static int target_set(struct p2m *p, uint64_t target)
{
    uint64_t total = READ_ONCE(p->d->tot_pages), populated = total - p->pod.frames, frames;

    if (p->dead || (populated && !p->pod.entries) || target < total)
        return 0;
    frames = target - populated;
    return cache_resize(p, populated ? MIN(frames, p->pod.entries) : frames);
}

int hvm_pod_target(struct domain *d, const uint64_t *target, struct hvm_pod *pod)
{
    struct p2m *p = p2m_of(d);

    spin_lock(&p->lock);
    int rc = target ? target_set(p, *target) : 0;
    *pod = (struct hvm_pod){ .total = d->tot_pages, .cache = p->pod.frames, .entries = p->pod.entries };
    spin_unlock(&p->lock);
    return rc;
}
