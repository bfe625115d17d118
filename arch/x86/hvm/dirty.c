/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log-dirty mode: which of a domain's frames may have changed since its toolstack last asked.
 *
 * A bit for each gfn, in pages of the domain's pool that exist where it has memory. While the mode is on, RAM that may
 * be written without our notice (P2M_RAM) has its bit set; unmarked RAM is P2M_RAM_LOGDIRTY, whose first write by the
 * guest comes to us. Whoever else writes to a frame, another domain by a grant or a mapping, or we, holds a writable
 * type on it meanwhile, marks it after he has got that, and is asked for at each cleaning: a frame that is held is
 * marked anew for the next round. So a write comes before the toolstack reads the frame, or its frame is marked after.
 */
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hv/log.h"
#include "hvm/dirty.h"
#include "hvm/hvm.h"
#include "hvm/p2m_private.h"

#define PAGE_BITS     (8 * PAGE_SIZE)     /* gfns of a page of bits */
#define PAGE_WORDS    (PAGE_SIZE / 8)
#define LEVELS        3u                  /* of pages that lead there, 512 each */
#define VISIT_STEP    8u /* leaves between two looks for something better to do: of 1 GiB, each frame is asked */
#define PAGES_PER_2MB 512u

static unsigned int index_at(uint64_t gfn, unsigned int level)
{
    return (unsigned int)(gfn / PAGE_BITS >> 9 * (level - 1)) % PAGE_WORDS;
}

static uint64_t *page_alloc(struct p2m *p, uint64_t *entry)
{
    uint64_t nr;

    if (!p->tree.alloc(p, &nr))
        return NULL;
    *entry = nr;
    return mfn_to_virt(mfn(nr));
}

/* The page of bits of @gfn; NULL: there is none, or, @make, no memory for it. */
static uint64_t *bits_of(struct p2m *p, uint64_t gfn, bool make)
{
    uint64_t *page = mfn_to_virt(mfn(p->dirty.root));

    for (unsigned int level = LEVELS; level; level--) {
        uint64_t *entry = &page[index_at(gfn, level)];

        if (!*entry && (!make || !page_alloc(p, entry)))
            return NULL;
        page = mfn_to_virt(mfn(*entry));
    }
    return page;
}

int p2m_dirty_room(struct p2m *p, uint64_t gfn, uint64_t nr)
{
    if (!p->dirty.root)
        return 0;
    for (uint64_t at = ROUND_DOWN(gfn, PAGE_BITS); at < gfn + nr; at += PAGE_BITS)
        if (!bits_of(p, at, true))
            return -ENOMEM;
    return 0;
}

void p2m_dirty_mark(struct p2m *p, uint64_t gfn, uint64_t nr)
{
    if (!p->dirty.root)
        return;
    for (uint64_t g = gfn; g < gfn + nr; g++) {
        uint64_t *bits = bits_of(p, g, false), *word = bits ? &bits[g % PAGE_BITS / 64] : NULL;

        if (!word || *word >> g % 64 & 1)
            continue;
        *word |= BIT(g % 64);
        p->dirty.count++;
    }
}

bool p2m_dirty_write(struct p2m *p, uint64_t gfn, const struct p2m_entry *e)
{
    if (e->type != P2M_RAM_LOGDIRTY)
        return false;
    p2m_dirty_mark(p, gfn, 1);
    if (p2m_set(&p->tree, gfn, 0, e->mfn, P2M_RAM) >= 0)
        return true;
    /* No memory to split the leaf: all of it is taken to be written. That it may be written is news to no CPU. */
    uint64_t first = ROUND_DOWN(gfn, BIT(e->order));
    p2m_dirty_mark(p, first, BIT(e->order));
    return p2m_set(&p->tree, first, e->order, e->mfn - (gfn - first), P2M_RAM) >= 0;
}

void hvm_dirty_mark(struct domain *d, struct frame *f)
{
    struct p2m *p = p2m_of(d);
    gfn_t g;

    if (READ_ONCE(p->dirty.mode) == DIRTY_OFF)
        return;
    spin_lock(&p->lock);
    if (p2m_find(p, frame_to_mfn(f), &g))
        p2m_dirty_mark(p, g.nr, 1);
    spin_unlock(&p->lock);
}

/* Bits and what leads to them go back to the pool. Depth first, without recursion. */
void p2m_dirty_free(struct p2m *p)
{
    if (!p->dirty.root)
        return;
    for (;;) {
        uint64_t *page = mfn_to_virt(mfn(p->dirty.root)), *way = NULL;

        for (unsigned int level = LEVELS, i; level; level--) {
            for (i = 0; i < PAGE_WORDS && !page[i]; i++)
                ;
            if (i == PAGE_WORDS)
                break;
            way = &page[i];
            page = mfn_to_virt(mfn(*way));
        }
        p->tree.retire(p, way ? *way : p->dirty.root);
        if (!way)
            break;
        *way = 0;
    }
    p->dirty = (struct p2m_dirty){ .mode = DIRTY_OFF };
    p2m_pool_reclaim(p);
}

/* Frames that somebody holds for writing are marked. */
static void mark_held(struct p2m *p, uint64_t gfn, const struct p2m_entry *e)
{
    for (uint64_t i = 0; i < BIT(e->order); i++)
        if (arch_frame_write_held(mfn_to_frame(mfn(e->mfn + i))))
            p2m_dirty_mark(p, gfn + i, 1);
}

static enum p2m_type protect_entry(void *opaque, uint64_t gfn, struct p2m_entry e)
{
    if (e.type == P2M_RAM)
        mark_held(opaque, gfn, &e);
    return e.type == P2M_RAM ? P2M_RAM_LOGDIRTY : e.type;
}

static enum p2m_type unprotect_entry(void *opaque, uint64_t gfn, struct p2m_entry e)
{
    return e.type == P2M_RAM_LOGDIRTY ? P2M_RAM : e.type;
}

/* What changes marks an entry whose bit has no page would be lost: pages first, for every leaf. */
static enum p2m_type make_room(void *opaque, uint64_t gfn, struct p2m_entry e)
{
    struct p2m *p = opaque;

    if ((p2m_type_is_ram(e.type) || e.type == P2M_POD) && p2m_dirty_room(p, gfn, BIT(e.order)))
        p->dirty.failed = true;
    return e.type;
}

/* One pass over all entries, in steps: 0, -ERESTART. The lock is held. */
static int pass(struct p2m *p, enum p2m_type (*visit)(void *opaque, uint64_t gfn, struct p2m_entry e))
{
    bool flush = false;
    int rc = 0;

    do {
        rc = p2m_visit(&p->tree, &p->dirty.cursor, p->max_gfn + 1, VISIT_STEP, visit, p, &flush);
    } while (rc && !p->dirty.failed && !hypercall_preempt_check());
    if (flush)
        p2m_flush(p);
    if (!rc)
        p->dirty.cursor = 0;
    return rc;
}

/* The lock is held. */
static int enable(struct p2m *p)
{
    int rc = 0;

    if (p->dirty.mode == DIRTY_OFF) {
        if (!page_alloc(p, &p->dirty.root))
            return -ENOMEM;
        p->dirty.mode = DIRTY_ROOM;
    }
    if (p->dirty.mode == DIRTY_ROOM) {
        rc = pass(p, make_room);
        if (p->dirty.failed) {
            p2m_dirty_free(p);
            return -ENOMEM;
        }
        if (!rc)
            p->dirty.mode = DIRTY_PROTECTING;
    }
    if (!rc && p->dirty.mode == DIRTY_PROTECTING) {
        rc = pass(p, protect_entry);
        if (!rc)
            p->dirty.mode = DIRTY_ON;
    }
    return rc;
}

int hvm_dirty_enable(struct domain *d)
{
    struct p2m *p = p2m_of(d);

    if (!domain_vcpu(d, 0))
        return -EINVAL;
    domain_pause(d);
    spin_lock(&p->lock);
    int rc = p->dead || p->dirty.mode >= DIRTY_ON ? -EINVAL : enable(p);
    spin_unlock(&p->lock);
    domain_unpause(d);
    if (rc == -ENOMEM)
        log_warning("d%u: the pool of its memory's map has no room to log what is written: %lu KiB", d->id,
                    (unsigned long)(hvm_pool_get(d) >> 10));
    return rc;
}

/* Leaves that were split are put together again where their parts agree. */
static int merge(struct p2m *p)
{
    uint64_t *at = &p->dirty.cursor;
    bool merged = false;
    int rc = 0;

    for (unsigned int i = 1; !rc && *at <= p->max_gfn; i++, *at += PAGES_PER_2MB) {
        struct p2m_entry e = p2m_lookup(&p->tree, *at);

        if (e.order >= 9)
            *at = ROUND_DOWN(*at, BIT(e.order)) + BIT(e.order) - PAGES_PER_2MB;
        else
            merged |= p2m_merge(&p->tree, *at);
        rc = i % VISIT_STEP == 0 && hypercall_preempt_check() ? -ERESTART : 0;
    }
    if (merged)
        p2m_flush(p);
    return rc;
}

/* The lock is held. The bits go first, for nobody asks for them any more: new entries need none. */
static int disable(struct p2m *p)
{
    int rc = 0;

    if (p->dirty.mode != DIRTY_LEAVING && p->dirty.mode != DIRTY_MERGING) {
        p2m_dirty_free(p);
        p->dirty.mode = DIRTY_LEAVING;
    }
    if (p->dirty.mode == DIRTY_LEAVING) {
        rc = pass(p, unprotect_entry);
        if (!rc)
            p->dirty.mode = DIRTY_MERGING;
    }
    if (!rc)
        rc = merge(p);
    if (!rc)
        p->dirty = (struct p2m_dirty){ .mode = DIRTY_OFF };
    return rc;
}

int hvm_dirty_disable(struct domain *d)
{
    struct p2m *p = p2m_of(d);

    spin_lock(&p->lock);
    int rc = p->dead || p->dirty.mode == DIRTY_OFF ? 0 : disable(p);
    spin_unlock(&p->lock);
    return rc;
}

/* One page of bits at a time: read, handed out, and only then taken back. */

static bool page_read(struct p2m *p, uint64_t gfn, uint64_t *copy)
{
    spin_lock(&p->lock);
    const uint64_t *bits = p->dirty.mode == DIRTY_ON ? bits_of(p, gfn, false) : NULL;
    if (bits)
        memcpy(copy, bits, PAGE_SIZE);
    spin_unlock(&p->lock);
    return bits;
}

/*
 * @gfn was written, as the toolstack knows now: its next write is to be noticed. It stays marked if somebody goes on
 * writing, or if there is no memory to split the leaf that lets the guest write.
 */
static void entry_clean(struct p2m *p, uint64_t gfn)
{
    struct p2m_entry e = p2m_lookup(&p->tree, gfn);

    if (!p2m_type_is_ram(e.type))
        return;
    bool open = e.type == P2M_RAM && p2m_set(&p->tree, gfn, 0, e.mfn, P2M_RAM_LOGDIRTY) < 0;
    if (open || arch_frame_write_held(mfn_to_frame(mfn(e.mfn))))
        p2m_dirty_mark(p, gfn, 1);
}

static void page_clean(struct p2m *p, uint64_t first, const uint64_t *copy)
{
    spin_lock(&p->lock);
    uint64_t *bits = p->dirty.mode == DIRTY_ON ? bits_of(p, first, false) : NULL;
    for (unsigned int i = 0; bits && i < PAGE_WORDS; i++) {
        bits[i] &= ~copy[i];
        for (uint64_t left = copy[i]; left; left &= left - 1)
            entry_clean(p, first + i * 64 + (unsigned int)__builtin_ctzll(left));
    }
    spin_unlock(&p->lock);
}

static int page_give(struct p2m *p, struct hvm_dirty_read *r, uint64_t first, uint64_t *copy)
{
    bool present = page_read(p, first, copy);
    uint64_t to = r->to + first / 8;
    size_t bytes = (size_t)(MIN(r->gfns - first, (uint64_t)PAGE_BITS) + 7) / 8;

    if (r->to && (present ? arch_copy_to_guest(to, copy, bytes) : arch_clear_guest(to, bytes)))
        return -EFAULT;
    if (present && r->clean)
        page_clean(p, first, copy);
    return 0;
}

/* 0, -EFAULT, -ERESTART: the cursor says how far. */
static int pages_give(struct p2m *p, struct hvm_dirty_read *r, uint64_t *copy)
{
    uint64_t end = MIN(r->gfns, P2M_GFN_END);
    int rc = 0;

    while (!rc && p->dirty.cursor < end) {
        rc = page_give(p, r, p->dirty.cursor, copy);
        if (!rc)
            p->dirty.cursor += PAGE_BITS;
        if (!rc && p->dirty.cursor < end && hypercall_preempt_check())
            rc = -ERESTART;
    }
    if (rc != -ERESTART)
        p->dirty.cursor = 0;
    return rc;
}

/* A reading that is under way is gone on with by who began it; anybody else would take its bits away. */
static int reader_enter(struct p2m *p, const struct hvm_dirty_read *r)
{
    const uint64_t who[] = { r->to, r->gfns, r->clean };

    if (READ_ONCE(p->dirty.mode) != DIRTY_ON)
        return -EINVAL;
    if (p->dirty.cursor && memcmp(p->dirty.reader, who, sizeof(who)))
        return -EBUSY;
    memcpy(p->dirty.reader, who, sizeof(who));
    return 0;
}

int hvm_dirty_read(struct domain *d, struct hvm_dirty_read *r)
{
    struct p2m *p = p2m_of(d);
    uint64_t *copy;
    int rc = reader_enter(p, r);

    if (rc)
        return rc;
    copy = hv_zalloc(PAGE_SIZE);
    if (!copy)
        return -ENOMEM;
    domain_pause(d);
    if (!p->dirty.cursor) {
        p->dirty.told = p->dirty.count;
        p->dirty.count = r->clean ? 0 : p->dirty.count;
    }
    rc = pages_give(p, r, copy);
    spin_lock(&p->lock);
    if (r->clean && !p->dead)
        p2m_flush(p);
    spin_unlock(&p->lock);
    domain_unpause(d);
    r->count = p->dirty.told;
    hv_free(copy);
    return rc;
}
