/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Growing and shrinking a domain: increase_reservation, decrease_reservation, populate_physmap. The ABI has no errors
 * here: the result is the number of extents done, and what goes wrong ends the work early. Only a caller who may not
 * change that domain gets -EPERM. For a PV domain guest frame numbers are machine frame numbers, and
 * populate_physmap also writes the M2P entry.
 */
#include "core/hypercall/memory.h"
#include "hv/guest_access.h"
#include "hv/heap.h"
#include "hv/trace.h"

#include <arch/current.h>

struct reservation {
    struct domain *d;
    struct xen_memory_reservation op;
    unsigned int heap_flags;
    struct heap_run freed;
};

#define SCRUB_ORDER_MAX 9 /* a larger extent is not scrubbed at once: 1 GiB would take long */

static bool reservation_decrease(struct reservation *r, uint64_t i)
{
    xen_pfn_t gmfn;
    if (copy_from_handle(&gmfn, r->op.extent_start, i))
        return false;
    TRACE(TRC_MEM_DECREASE_RESERVATION, TRACE_64(gmfn), r->d->id | r->op.extent_order << 16);
    for (uint64_t n = 0; n < 1ULL << r->op.extent_order; n++) {
        mfn_t m = mfn(gmfn + n);
        if (!mfn_valid(m) || !domain_give_back_frame(r->d, mfn_to_frame(m), &r->freed))
            return false;
    }
    return true;
}

static bool reservation_increase(struct reservation *r, uint64_t i)
{
    mfn_t m = domain_alloc_frames(r->d, r->op.extent_order, r->heap_flags);
    if (mfn_eq(m, MFN_NONE))
        return false;
    for (uint64_t n = 0; n < 1ULL << r->op.extent_order; n++)
        m2p_set(mfn_add(m, n), M2P_INVALID);
    xen_pfn_t nr = m.nr;
    return guest_handle_null(r->op.extent_start) || !copy_to_handle(r->op.extent_start, i, &nr);
}

static bool reservation_populate(struct reservation *r, uint64_t i)
{
    xen_pfn_t gpfn;
    if (copy_from_handle(&gpfn, r->op.extent_start, i))
        return false;
    mfn_t m = domain_alloc_frames(r->d, r->op.extent_order, r->heap_flags);
    if (mfn_eq(m, MFN_NONE))
        return false;
    for (uint64_t n = 0; n < 1ULL << r->op.extent_order; n++)
        m2p_set(mfn_add(m, n), gpfn + n);
    xen_pfn_t nr = m.nr;
    return !copy_to_handle(r->op.extent_start, i, &nr);
}

/* The frames of a PV domain are there once they are named: populating on demand is nothing that it could have. */
static bool reservation_possible(uint32_t cmd, const struct reservation *r)
{
    return cmd != XENMEM_populate_physmap || !(r->op.mem_flags & XENMEMF_populate_on_demand);
}

static long reservation_run(struct hypercall *call, uint32_t cmd, struct reservation *r, uint64_t start)
{
    if (!reservation_possible(cmd, r))
        return (long)start;
    for (uint64_t i = start; i < r->op.nr_extents; i++) {
        if (i != start && hypercall_preempt_check())
            return memory_continue(call, cmd, i);
        bool ok = cmd == XENMEM_increase_reservation ? reservation_increase(r, i) :
                  cmd == XENMEM_decrease_reservation ? reservation_decrease(r, i) : reservation_populate(r, i);
        if (!ok)
            return (long)i;
    }
    return (long)r->op.nr_extents;
}

long memory_reservation(struct hypercall *call, uint32_t cmd, uint64_t start, uint64_t arg)
{
    struct reservation r;
    const struct domain *caller = current_vcpu()->domain;
    if (copy_from_guest_va(&r.op, arg) || r.op.nr_extents > MEMORY_EXTENTS_MAX || start >= r.op.nr_extents)
        return (long)start;
    if (r.op.extent_order > memory_max_order(caller) || memory_heap_flags(r.op.mem_flags, &r.heap_flags))
        return (long)start;
    long rc = memory_target(r.op.domid, &r.d);
    if (rc)
        return rc == -EPERM ? rc : (long)start;
    if (r.d->type == DOMAIN_PV) {
        r.freed = (struct heap_run){ .scrub_later = r.op.extent_order > SCRUB_ORDER_MAX };
        rc = reservation_run(call, cmd, &r, start);
        heap_run_flush(&r.freed);
    } else {
        rc = arch_memory_op(call, (uint32_t)cmd, arg);
    }
    domain_put(r.d);
    return rc;
}
