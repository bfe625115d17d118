/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a domain's page tables. First the vCPUs' roots and descriptor tables, then every pin and every table left
 * partial; rule 3 of types.c then makes the rest collapse. A frame whose allocation reference is dropped leaves the
 * list with its last reference, which may be the pin: so the walk holds a reference on the frame where it is, also
 * between two calls (teardown.frame).
 *
 * A table that is left partial may be behind the walk, and the vCPU that noted it need not be the one that goes on:
 * then the list is walked once more, until nothing was left.
 */
#include "hv/hypercall.h"
#include "hv/log.h"
#include "pv/mm/finish.h"
#include "pv/mm/mm.h"
#include "pv/mm/types.h"

#define PREEMPT_STEP 64u

static int frame_relinquish(struct frame *f)
{
    if (frame_unpin(f) && frame_put_typed(f))
        return -ERESTART;
    return frame_type_undo(f);
}

/** The first frame at or after @f on the list that still has references, with one more; NULL past the end. */
static struct frame *frame_get_from(struct domain *d, struct frame *f)
{
    while (f && !frame_get(f, d)) /* one without is just about to leave the list */
        f = frame_list_next(f);
    return f;
}

/** Moves the walk's reference to the next frame. */
static struct frame *frame_step(struct domain *d, struct frame *f)
{
    struct frame *next;

    spin_lock(&d->frames_lock);
    next = frame_get_from(d, f ? frame_list_next(f) : frame_list_first(&d->frames));
    spin_unlock(&d->frames_lock);
    if (f)
        frame_put(f);
    return next;
}

static int frames_relinquish(struct domain *d)
{
    uint64_t cursor = d->teardown.frame, i = 0;
    struct frame *f = cursor ? mfn_to_frame(mfn(cursor - 1)) : frame_step(d, NULL);

    for (; f; f = frame_step(d, f)) {
        bool pause = hypercall_preempt_every(i++, PREEMPT_STEP);

        if (pause || frame_relinquish(f)) {
            d->teardown.walk_again |= !pause;
            d->teardown.frame = frame_to_mfn(f).nr + 1;
            return -ERESTART;
        }
    }
    d->teardown.frame = 0;
    if (!d->teardown.walk_again)
        return 0;
    d->teardown.walk_again = false;
    return -ERESTART;
}

int pv_mm_relinquish(struct domain *d)
{
    struct vcpu *v;

    if (pv_mm_finish(current_vcpu()))
        return -ERESTART;
    for_each_vcpu(d, v)
        if (pv_mm_release_vcpu(v))
            return -ERESTART;
    if (frames_relinquish(d))
        return -ERESTART;
    return pv_mm_finish(current_vcpu());
}
