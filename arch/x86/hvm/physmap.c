/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hv/physmap.h for containers: what is where in a domain's memory. Whatever is put somewhere takes the place of what
 * was there: RAM of the domain's own is given back, everything else let go of.
 */
#include "hv/log.h"
#include "hvm/p2m_private.h"
#include "x86/cpuid/policy.h"

/* What the guest takes for the width of its addresses is where its memory ends. */
bool p2m_gfn_ok(const struct domain *d, gfn_t g, unsigned int order)
{
    unsigned int width = d->arch.policy ? d->arch.policy->extd[8].a & 0xff : 0;
    uint64_t end = MIN(P2M_GFN_END, width > PAGE_SHIFT ? BIT(width - PAGE_SHIFT) : P2M_GFN_END);

    return g.nr < end && end - g.nr >= BIT(order);
}

/* The largest leaf that fits from here to the end. */
static unsigned int piece_order(uint64_t g, uint64_t m, uint64_t left)
{
    for (unsigned int order = 18; order; order -= 9)
        if (!((g | m) & (BIT(order) - 1)) && left >= BIT(order))
            return order;
    return 0;
}

/* A leaf of 1 GiB where smaller ones have left their tables: 2 MiB each. */
static int put_piece(struct p2m *p, uint64_t g, uint64_t m, unsigned int *order, struct heap_run *run)
{
    int rc = p2m_put(p, gfn(g), *order, mfn(m), P2M_RAM, run);

    if (rc != -EEXIST)
        return rc;
    *order = 9;
    return p2m_put(p, gfn(g), 9, mfn(m), P2M_RAM, run);
}

/* What was put comes out again: in the pieces that it went in, so that takes no memory. The caller gives it up. */
static void take_back(struct p2m *p, uint64_t g, uint64_t m, uint64_t done)
{
    for (uint64_t i = 0, step; i < done; i += step) {
        struct p2m_entry e = p2m_lookup(&p->tree, g + i);

        step = BIT(e.order);
        BUG_ON(p2m_set(&p->tree, g + i, e.order, P2M_NO_MFN, P2M_ABSENT) < 0);
    }
    p2m_flush(p);
}

/* Tables that 2^@order gfns can need at most, however they lie. */
static uint64_t tables_for(unsigned int order) { return 2 * (3 + (BIT(order) >> 9) + (BIT(order) >> 18)); }

static int populate(struct p2m *p, uint64_t g, uint64_t m, uint64_t nr, struct heap_run *run)
{
    for (uint64_t i = 0; i < nr;) {
        unsigned int order = piece_order(g + i, m + i, nr - i);
        int rc = put_piece(p, g + i, m + i, &order, run);

        if (rc) {
            take_back(p, g, m, i);
            return rc;
        }
        i += BIT(order);
    }
    return 0;
}

int hvm_physmap_populate(struct domain *d, gfn_t g, mfn_t m, unsigned int order)
{
    struct p2m *p = p2m_of(d);
    struct heap_run run = { .scrub_later = order > 9 };

    if (g.nr == GFN_NONE.nr)
        return 0;
    if (!p2m_gfn_ok(d, g, order))
        return -EINVAL;
    spin_lock(&p->lock);
    /* What goes to make room cannot come back, so there it must be sure beforehand that the rest goes well. */
    bool sure = p->free.nr >= tables_for(order) || p2m_range_is_free(p, g, order);
    int rc = p->dead ? -EINVAL : sure || !order ? populate(p, g.nr, m.nr, BIT(order), &run) : -ENOMEM;
    spin_unlock(&p->lock);
    heap_run_flush(&run);
    return rc;
}

/* Takes out what is at @g if @wanted says so. -ENOENT: it does not. */
static int take_if(struct p2m *p, gfn_t g, bool (*wanted)(enum p2m_type type), struct p2m_entry *old)
{
    if (p->dead || !wanted(p2m_lookup(&p->tree, g.nr).type))
        return -ENOENT;
    return p2m_take(p, g, old);
}

static bool can_be_given(enum p2m_type type) { return p2m_type_is_ram(type) || type == P2M_POD; }

bool hvm_physmap_give_back(struct domain *d, gfn_t g, struct heap_run *run)
{
    struct p2m *p = p2m_of(d);
    struct p2m_entry old;

    spin_lock(&p->lock);
    bool done = !take_if(p, g, can_be_given, &old);
    if (done && !(p2m_type_is_ram(old.type) && p2m_pod_wants(p, mfn(old.mfn))))
        p2m_entry_put(p, &old, run);
    spin_unlock(&p->lock);
    return done;
}

static bool is_there(enum p2m_type type) { return type != P2M_ABSENT; }

int hvm_physmap_remove(struct domain *d, gfn_t g)
{
    struct p2m *p = p2m_of(d);
    struct p2m_entry old;

    spin_lock(&p->lock);
    int rc = take_if(p, g, is_there, &old);
    if (!rc && p2m_type_is_ram(old.type))
        m2p_set(mfn(old.mfn), M2P_INVALID); /* it stays the domain's, nowhere */
    else if (!rc)
        p2m_entry_put(p, &old, NULL);
    spin_unlock(&p->lock);
    return rc;
}

/* The kind of entry that a frame of the domain's own gets. False: it is just being given up. */
static bool own_type(const struct frame *f, enum p2m_type *type)
{
    uint64_t count = __atomic_load_n(&f->count, __ATOMIC_RELAXED);

    *type = count & FRAME_HV ? P2M_SPECIAL : P2M_RAM;
    return count & FRAME_ALLOCATED;
}

/*
 * A frame is at one gfn: the former entry goes first, which may take memory, then the new one comes. If it cannot, the
 * former comes back, which takes none.
 */
static int move(struct p2m *p, gfn_t g, mfn_t m, enum p2m_type type, struct heap_run *run)
{
    struct p2m_entry old = { .type = P2M_ABSENT };
    gfn_t was;
    bool moves = p2m_find(p, m, &was);
    int rc;

    if (moves && was.nr == g.nr)
        return 0;
    if (moves && (rc = p2m_take(p, was, &old)) != 0)
        return rc;
    if (type == P2M_SPECIAL && !moves)
        frame_get_again(mfn_to_frame(m)); /* the entry's */
    rc = p2m_put(p, g, 0, m, moves ? old.type : type, run);
    if (!rc)
        m2p_set(m, g.nr);
    else if (moves)
        BUG_ON(p2m_set(&p->tree, was.nr, 0, old.mfn, old.type) < 0);
    else if (type == P2M_SPECIAL)
        frame_put(mfn_to_frame(m));
    return rc;
}

int hvm_physmap_add(struct domain *d, gfn_t g, struct frame *f)
{
    struct p2m *p = p2m_of(d);
    struct heap_run run = { 0 };
    enum p2m_type type;

    if (!p2m_gfn_ok(d, g, 0))
        return -EINVAL;
    spin_lock(&p->lock);
    int rc = p->dead || !own_type(f, &type) ? -EINVAL : move(p, g, frame_to_mfn(f), type, &run);
    spin_unlock(&p->lock);
    heap_run_flush(&run);
    return rc;
}

int hvm_physmap_add_foreign(struct domain *d, gfn_t g, mfn_t m, enum p2m_type type)
{
    struct p2m *p = p2m_of(d);
    struct heap_run run = { 0 };

    if (!p2m_gfn_ok(d, g, 0))
        return -EINVAL;
    spin_lock(&p->lock);
    int rc = p->dead ? -EINVAL : p2m_put(p, g, 0, m, type, &run);
    spin_unlock(&p->lock);
    heap_run_flush(&run);
    return rc;
}

int hvm_physmap_remove_foreign(struct domain *d, gfn_t g, mfn_t m, enum p2m_type type)
{
    struct p2m *p = p2m_of(d);
    struct p2m_entry old;

    spin_lock(&p->lock);
    struct p2m_entry e = p2m_lookup(&p->tree, g.nr);
    int rc = p->dead || e.type != type || e.mfn != m.nr ? -ENOENT : p2m_take(p, g, &old);
    spin_unlock(&p->lock);
    return rc;
}

long hvm_physmap_maximum(const struct domain *d) { return (long)READ_ONCE(p2m_of(d)->max_gfn); }
