/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * References on frames. While a frame has one it keeps its owner; the first reference comes with the assignment to a
 * domain (core/mm/assign.c) and stays until FRAME_ALLOCATED is cleared. Who drops the last one takes the frame off the
 * owner's list and gives it to the heap to be scrubbed. Before that other CPUs may have to forget the frame, so a
 * reference that may be the last is never dropped with interrupts off or under a lock that such a CPU may want; who has
 * no other choice leaves it to the CPU's way out.
 */
#include "hv/compiler.h"
#include "hv/domain.h"
#include "hv/frame.h"
#include "hv/heap.h"
#include "hv/lock_debug.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/softirq.h"
#include "mm.h"

/* frame_get() stops here, so that frame_get_again() has as many more before the count overflows. */
#define REFS_LIMIT 0x7fffffffULL

bool frame_get(struct frame *f, const struct domain *owner)
{
    return frame_get_of(f, owner->id);
}

bool frame_get_of(struct frame *f, unsigned int owner_id)
{
    uint64_t c = __atomic_load_n(&f->count, __ATOMIC_RELAXED);

    do {
        uint64_t refs = c & FRAME_REFS_MASK;
        if (!refs || refs >= REFS_LIMIT || (c & FRAME_OWNER_MASK) != (uint64_t)owner_id << FRAME_OWNER_SHIFT)
            return false;
    } while (!__atomic_compare_exchange_n(&f->count, &c, c + 1, true, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
    return true;
}

void frame_get_again(struct frame *f)
{
    uint64_t before = __atomic_fetch_add(&f->count, 1, __ATOMIC_RELAXED);
    BUG_ON(!(before & FRAME_REFS_MASK) || (before & FRAME_REFS_MASK) == FRAME_REFS_MASK);
}

/* No references are left: only we know the frame, except that it is still on its owner's list. */
static void frame_to_heap(struct frame *f)
{
    struct domain *d = domain_by_owner_id(frame_owner_id(f));

    arch_frame_leaves_domain(f);
    if (d)
        domain_unlist_frame(d, f);
    frame_make_private(f);
    heap_free(frame_to_mfn(f), 0, true);
}

void frame_put(struct frame *f)
{
    uint64_t before;

    lock_debug_may_wait(LOCK_WAIT_CPUS); /* whether or not this one is the last */
    before = __atomic_fetch_sub(&f->count, 1, __ATOMIC_ACQ_REL);
    BUG_ON(!(before & FRAME_REFS_MASK));
    if ((before & FRAME_REFS_MASK) == 1 && !(before & FRAME_HV))
        frame_to_heap(f);
}

/* The one reference that this CPU drops later; NULL: none. */
static DEFINE_PER_CPU(struct frame *, kept);

bool frame_put_later_ready(void)
{
    return !this_cpu(kept);
}

void frame_put_later(struct frame *f)
{
    uint64_t c = __atomic_load_n(&f->count, __ATOMIC_RELAXED);

    while ((c & FRAME_REFS_MASK) > 1)
        if (__atomic_compare_exchange_n(&f->count, &c, c - 1, true, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            return;
    BUG_ON(!(c & FRAME_REFS_MASK) || irqs_enabled() || this_cpu(kept));
    this_cpu(kept) = f;
    softirq_raise(SOFTIRQ_FRAME);
}

static void put_kept(void)
{
    struct frame *f = this_cpu(kept);

    this_cpu(kept) = NULL;
    if (f)
        frame_put(f);
}

void frame_put_later_init(void)
{
    softirq_register(SOFTIRQ_FRAME, put_kept);
}

bool frame_clear_allocated(struct frame *f)
{
    return __atomic_fetch_and(&f->count, ~FRAME_ALLOCATED, __ATOMIC_ACQ_REL) & FRAME_ALLOCATED;
}
