/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One entry of a container's map changes: the store, then the CPUs forget, then what it led to is let go of. */
#include "hv/log.h"
#include "hvm/hvm.h"
#include "hvm/p2m_private.h"

void p2m_flush(struct p2m *p)
{
    hvm_flush_tlb(p->d);
    p2m_pool_reclaim(p);
}

bool p2m_find(const struct p2m *p, mfn_t m, gfn_t *g)
{
    *g = gfn(m2p_get(m));
    struct p2m_entry e = p2m_lookup(&p->tree, g->nr);
    return p2m_type_is_own(e.type) && e.mfn == m.nr;
}

/* RAM of the domain's own: 2^order frames. */
static void ram_put(struct p2m *p, const struct p2m_entry *e, struct heap_run *run)
{
    for (uint64_t i = 0; i < BIT(e->order); i++)
        (void)domain_give_back_frame(p->d, mfn_to_frame(mfn(e->mfn + i)), run);
}

void p2m_entry_put(struct p2m *p, const struct p2m_entry *e, struct heap_run *run)
{
    if (e->type == P2M_POD)
        p2m_pod_entries_gone(p, BIT(e->order));
    if (!p2m_type_has_frame(e->type))
        return;
    struct frame *f = mfn_to_frame(mfn(e->mfn));

    switch (e->type) {
    case P2M_SPECIAL:
        m2p_set(mfn(e->mfn), M2P_INVALID);
        frame_put(f);
        break;
    case P2M_GRANT_RW:
    case P2M_FOREIGN_RW:
        arch_guest_frame_put(f, true);
        break;
    case P2M_GRANT_RO:
    case P2M_FOREIGN_RO:
        arch_guest_frame_put(f, false);
        break;
    case P2M_DIRECT:
        break;
    default:
        ram_put(p, e, run);
    }
}

/* What decides about @g, as far as a change of 2^@order gfns from there would replace it: from its first frame on. */
static struct p2m_entry entry_at(const struct p2m *p, gfn_t g, unsigned int order)
{
    struct p2m_entry e = p2m_lookup(&p->tree, g.nr);

    e.order = MIN(e.order, order);
    return e;
}

static int set(struct p2m *p, gfn_t g, unsigned int order, mfn_t m, enum p2m_type type)
{
    int rc = p2m_set(&p->tree, g.nr, order, m.nr, type);

    if (rc > 0)
        p2m_flush(p);
    return MIN(rc, 0);
}

int p2m_take(struct p2m *p, gfn_t g, struct p2m_entry *old)
{
    *old = entry_at(p, g, 0);
    return old->type == P2M_ABSENT ? 0 : set(p, g, 0, MFN_NONE, P2M_ABSENT);
}

bool p2m_range_is_free(const struct p2m *p, gfn_t g, unsigned int order)
{
    for (uint64_t at = g.nr, end = g.nr + BIT(order); at < end;) {
        struct p2m_entry e = p2m_lookup(&p->tree, at);

        if (e.type != P2M_ABSENT)
            return false;
        at = ROUND_DOWN(at, BIT(e.order)) + BIT(e.order);
    }
    return true;
}

/* The 2 MiB from @g on have leaves of 4 KiB: that they go takes no memory, nor does what then takes their place. */
static void clear_small(struct p2m *p, gfn_t g, struct heap_run *run)
{
    for (unsigned int i = 0; i < 512; i++) {
        struct p2m_entry old;

        BUG_ON(p2m_take(p, gfn(g.nr + i), &old));
        p2m_entry_put(p, &old, run);
    }
}

int p2m_put(struct p2m *p, gfn_t g, unsigned int order, mfn_t m, enum p2m_type type, struct heap_run *run)
{
    struct p2m_entry old = entry_at(p, g, order);

    if (p2m_type_is_ram(type) && p2m_dirty_room(p, g.nr, BIT(order)))
        return -ENOMEM;
    if (order == 18 && !p2m_range_is_free(p, g, order))
        return -EEXIST;
    if (order == 9 && old.order < 9) {
        clear_small(p, g, run);
        old.type = P2M_ABSENT;
    }
    int rc = set(p, g, order, m, type);
    if (rc)
        return rc;
    if (p2m_type_is_ram(type))
        p2m_dirty_mark(p, g.nr, BIT(order));
    p->max_gfn = MAX(p->max_gfn, g.nr + BIT(order) - 1);
    p2m_entry_put(p, &old, run);
    return 0;
}
