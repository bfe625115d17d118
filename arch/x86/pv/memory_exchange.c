/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XENMEM_exchange: a PV domain gives frames and gets others that satisfy an address limit or are contiguous.
 *
 * It works in chunks of the larger of the two extent sizes. In a chunk everything that can fail comes first: new
 * frames are allocated, old ones are taken away from the domain without being freed; a failure puts them back. Then
 * the new ones are assigned, the old ones freed, M2P and the guest's list updated. nr_exchanged in the guest's
 * structure records the progress, so that a continued call finds it there.
 */
#include "pv/memory_exchange.h"

#include "hv/guest_access.h"
#include "hv/heap.h"
#include "hv/hypercall.h"
#include "hv/physmap.h"

#include <arch/current.h>

struct exchange {
    struct domain *d;
    struct xen_memory_exchange *op;
    unsigned int heap_flags, chunk_order;
    struct frame_list taken, fresh; /* order-0 frames, and first frames of out extents */
};

static uint64_t exchange_in_per_chunk(const struct exchange *x)
{
    return 1ULL << (x->chunk_order - x->op->in.extent_order);
}
static uint64_t exchange_out_per_chunk(const struct exchange *x)
{
    return 1ULL << (x->chunk_order - x->op->out.extent_order);
}

static int exchange_check(struct exchange *x)
{
    const struct xen_memory_reservation *in = &x->op->in, *out = &x->op->out;
    unsigned int limit = memory_max_order(current_vcpu()->domain);
    if (in->extent_order > limit || out->extent_order > limit)
        return -EPERM;
    if (in->domid != out->domid || in->nr_extents > MEMORY_EXTENTS_MAX || out->nr_extents > MEMORY_EXTENTS_MAX)
        return -EINVAL;
    if (in->nr_extents << in->extent_order != out->nr_extents << out->extent_order)
        return -EINVAL;
    if (x->op->nr_exchanged > in->nr_extents || memory_heap_flags(out->mem_flags, &x->heap_flags))
        return -EINVAL;
    x->chunk_order = MAX(in->extent_order, out->extent_order);
    uint64_t per_chunk = exchange_in_per_chunk(x);
    return in->nr_extents % per_chunk || x->op->nr_exchanged % per_chunk ? -EINVAL : 0;
}

/* Gives what was taken back to the domain, as if nothing had happened. */
static void exchange_untake(struct exchange *x)
{
    struct frame *f;
    while ((f = frame_list_first(&x->taken))) {
        frame_list_del(&x->taken, f);
        if (domain_return_frames(x->d, frame_to_mfn(f), 0)) { /* only a domain that dies does not get it back */
            heap_free(frame_to_mfn(f), 0, true);
            domain_uncharge_frames(x->d, 1);
        }
    }
}

static int exchange_take_frame(struct exchange *x, uint64_t gmfn)
{
    mfn_t m = mfn(gmfn);
    if (!mfn_valid(m))
        return -EINVAL;
    uint64_t pfn = m2p_get(m);
    int rc = domain_steal_frame(x->d, mfn_to_frame(m));
    if (rc)
        return rc;
    m2p_set(m, pfn); /* stays until the exchange is certain */
    frame_list_add_tail(&x->taken, mfn_to_frame(m));
    return 0;
}

static int exchange_take(struct exchange *x)
{
    for (uint64_t i = 0; i < exchange_in_per_chunk(x); i++) {
        xen_pfn_t gmfn;
        if (copy_from_handle(&gmfn, x->op->in.extent_start, x->op->nr_exchanged + i))
            return -EFAULT;
        for (uint64_t n = 0; n < 1ULL << x->op->in.extent_order; n++) {
            int rc = exchange_take_frame(x, gmfn + n);
            if (rc)
                return rc;
        }
    }
    return 0;
}

/* How many frames. */
static uint64_t exchange_free_fresh(struct exchange *x)
{
    struct frame *f;
    uint64_t nr = 0;
    for (; (f = frame_list_first(&x->fresh)); nr += 1ULL << x->op->out.extent_order) {
        frame_list_del(&x->fresh, f);
        heap_free(frame_to_mfn(f), x->op->out.extent_order, false);
    }
    return nr;
}

static int exchange_allocate(struct exchange *x)
{
    for (uint64_t i = 0; i < exchange_out_per_chunk(x); i++) {
        mfn_t m = heap_alloc(x->op->out.extent_order, x->heap_flags);
        if (mfn_eq(m, MFN_NONE))
            return -ENOMEM;
        frame_list_add_tail(&x->fresh, mfn_to_frame(m));
    }
    return 0;
}

static void set_m2p(mfn_t m, unsigned int order, uint64_t pfn, uint64_t step)
{
    for (uint64_t n = 0; n < 1ULL << order; n++)
        m2p_set(mfn_add(m, n), pfn + n * step);
}

static int exchange_give(struct exchange *x, uint64_t out_index)
{
    struct frame *f;
    unsigned int order = x->op->out.extent_order;
    for (; (f = frame_list_first(&x->fresh)); out_index++) {
        xen_pfn_t gpfn, nr = frame_to_mfn(f).nr;
        if (copy_from_handle(&gpfn, x->op->out.extent_start, out_index))
            return -EFAULT;
        frame_list_del(&x->fresh, f); /* the links are the owner's list's from now on */
        set_m2p(mfn(nr), order, gpfn, 1); /* before another vCPU may give them away */
        if (domain_return_frames(x->d, mfn(nr), order)) {
            set_m2p(mfn(nr), order, M2P_INVALID, 0);
            frame_list_add_tail(&x->fresh, f);
            return -ENOMEM;
        }
        if (copy_to_handle(x->op->out.extent_start, out_index, &nr))
            return -EFAULT;
    }
    return 0;
}

static int exchange_chunk(struct exchange *x)
{
    struct frame *f;
    int rc = exchange_allocate(x);
    rc = rc ? rc : exchange_take(x);
    if (rc) {
        exchange_untake(x);
        exchange_free_fresh(x);
        return rc;
    }
    while ((f = frame_list_first(&x->taken))) {
        frame_list_del(&x->taken, f);
        m2p_set(frame_to_mfn(f), M2P_INVALID);
        heap_free(frame_to_mfn(f), 0, true);
    }
    rc = exchange_give(x, x->op->nr_exchanged << x->op->in.extent_order >> x->op->out.extent_order);
    domain_uncharge_frames(x->d, exchange_free_fresh(x)); /* for what did not get through */
    if (!rc)
        x->op->nr_exchanged += exchange_in_per_chunk(x);
    return rc;
}

static long exchange_run(struct exchange *x)
{
    uint64_t start = x->op->nr_exchanged;
    while (x->op->nr_exchanged < x->op->in.nr_extents) {
        if (x->op->nr_exchanged != start && hypercall_preempt_check())
            return -ERESTART;
        int rc = exchange_chunk(x);
        if (rc)
            return rc;
    }
    return 0;
}

/* What is given away does not come back when the list for the answer turns out to be none: look at both ends first. */
static bool exchange_list_ok(const struct xen_memory_reservation *list)
{
    xen_pfn_t pfn;

    return !copy_from_handle(&pfn, list->extent_start, 0) &&
           !copy_from_handle(&pfn, list->extent_start, list->nr_extents - 1);
}

static bool exchange_lists_ok(const struct exchange *x)
{
    if (!x->op->in.nr_extents || !x->op->out.nr_extents)
        return true;
    return exchange_list_ok(&x->op->in) && exchange_list_ok(&x->op->out);
}

static long memory_exchange(struct memory_call *m)
{
    struct exchange x = { .op = &m->op.exchange, .taken = FRAME_LIST_EMPTY, .fresh = FRAME_LIST_EMPTY };
    long rc = exchange_check(&x);
    if (!rc && !exchange_lists_ok(&x))
        rc = -EFAULT;
    if (!rc)
        rc = memory_target(x.op->in.domid, &x.d);
    if (rc)
        return rc;
    rc = domain_is_translated(x.d) ? -EOPNOTSUPP : exchange_run(&x);
    domain_put(x.d);
    m->answer = true;
    return rc;
}

const struct memory_row pv_memory_exchange = {
    memory_exchange, MEMORY_IN(exchange), MEMORY_ANSWER_FIELD(xen_memory_exchange, exchange, nr_exchanged),
    .no_start = -EINVAL,
};
