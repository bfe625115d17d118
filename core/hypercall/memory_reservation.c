/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Growing and shrinking a domain: increase_reservation, decrease_reservation, populate_physmap. The ABI has no errors
 * here: the result is the number of extents done, and what goes wrong ends the work early. Only a caller who may not
 * change that domain gets -EPERM. Where frames come to be and what is where in a domain's own view of memory is the
 * architecture's (hv/physmap.h).
 */
#include "core/hypercall/memory.h"
#include "hv/guest_access.h"
#include "hv/heap.h"
#include "hv/hypercall.h"
#include "hv/physmap.h"
#include "hv/trace.h"

#include <arch/current.h>

struct reservation {
    struct domain *d;
    const struct xen_memory_reservation *op;
    unsigned int heap_flags;
    struct heap_run freed;
};

#define LARGE_ORDER 9 /* a larger extent is not scrubbed at once: 1 GiB would take long */

static bool reservation_decrease(struct reservation *r, uint64_t i)
{
    xen_pfn_t gmfn;
    if (copy_from_handle(&gmfn, r->op->extent_start, i))
        return false;
    TRACE(TRC_MEM_DECREASE_RESERVATION, TRACE_64(gmfn), r->d->id | r->op->extent_order << 16);
    if (domain_is_translated(r->d) && r->op->extent_order > LARGE_ORDER)
        return false; /* each frame is a flush, and none may come in between */
    for (uint64_t n = 0; n < 1ULL << r->op->extent_order; n++)
        if (!arch_physmap_give_back(r->d, gfn(gmfn + n), &r->freed))
            return false;
    return true;
}

/* @g: where they come to be. The first of the new frames, or MFN_NONE and nothing has changed. */
static mfn_t reservation_grow(struct reservation *r, gfn_t g)
{
    unsigned int order = r->op->extent_order;
    mfn_t m = domain_alloc_frames_at(r->d, order, r->heap_flags, g);
    if (mfn_eq(m, MFN_NONE) || !arch_physmap_populate(r->d, g, m, order))
        return m;
    for (uint64_t n = 0; n < 1ULL << order; n++)
        (void)domain_give_back_frame(r->d, mfn_to_frame(mfn_add(m, n)), &r->freed);
    return MFN_NONE;
}

/* A guest whose frames are machine frames is told which it got; the list of another stays as it is. */
static bool reservation_tell(const struct reservation *r, uint64_t i, mfn_t m)
{
    xen_pfn_t nr = m.nr;
    return domain_is_translated(r->d) || !copy_to_handle(r->op->extent_start, i, &nr);
}

static bool reservation_increase(struct reservation *r, uint64_t i)
{
    mfn_t m = reservation_grow(r, GFN_NONE);
    if (mfn_eq(m, MFN_NONE))
        return false;
    return guest_handle_null(r->op->extent_start) || reservation_tell(r, i, m);
}

static bool reservation_populate(struct reservation *r, uint64_t i)
{
    xen_pfn_t gpfn;
    if (copy_from_handle(&gpfn, r->op->extent_start, i))
        return false;
    if (r->op->mem_flags & XENMEMF_populate_on_demand)
        return !arch_physmap_populate_on_demand(r->d, gfn(gpfn), r->op->extent_order);
    mfn_t m = reservation_grow(r, gfn(gpfn));
    return !mfn_eq(m, MFN_NONE) && reservation_tell(r, i, m);
}

/* That memory comes to be later is a toolstack's to say of a domain that it builds. */
static bool reservation_possible(uint32_t cmd, const struct reservation *r)
{
    return cmd != XENMEM_populate_physmap || !(r->op->mem_flags & XENMEMF_populate_on_demand) ||
           r->d != current_vcpu()->domain;
}

static long reservation_run(struct memory_call *m, struct reservation *r)
{
    uint64_t start = m->start;
    if (!reservation_possible(m->cmd, r))
        return (long)start;
    for (uint64_t i = start; i < r->op->nr_extents; i++) {
        if (i != start && hypercall_preempt_check()) {
            m->start = i;
            return -ERESTART;
        }
        bool ok = m->cmd == XENMEM_increase_reservation ? reservation_increase(r, i) :
                  m->cmd == XENMEM_decrease_reservation ? reservation_decrease(r, i) : reservation_populate(r, i);
        if (!ok)
            return (long)i;
    }
    return (long)r->op->nr_extents;
}

long memory_reservation(struct memory_call *m)
{
    const struct xen_memory_reservation *op = &m->op.reservation;
    struct reservation r = { .op = op, .freed.scrub_later = op->extent_order > LARGE_ORDER };
    long start = (long)m->start;
    if (op->nr_extents > MEMORY_EXTENTS_MAX || m->start >= op->nr_extents)
        return start;
    if (op->extent_order > memory_max_order(current_vcpu()->domain) || memory_heap_flags(op->mem_flags, &r.heap_flags))
        return start;
    long rc = memory_target(op->domid, &r.d);
    if (rc)
        return rc == -EPERM ? rc : start;
    rc = reservation_run(m, &r);
    heap_run_flush(&r.freed);
    domain_put(r.d);
    return rc;
}
