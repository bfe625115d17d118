/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a domain's page tables. First the vCPUs' roots and descriptor tables, then every pin and every table left
 * partial; rule 3 of types.c then makes the rest collapse. The cursor is a frame number; the frame stays on the list while
 * its owner's claim is not given up, and if it has left all the same the walk begins again.
 */
#include "hv/hypercall.h"
#include "hv/log.h"
#include "pv/mm/finish.h"
#include "pv/mm/mm.h"
#include "pv/mm/types.h"

#define PREEMPT_STEP 64u

static int frame_relinquish(struct domain *d, struct frame *f)
{
    int rc = 0;

    if (!frame_get(f, d))
        return 0;
    if (frame_unpin(f))
        rc = frame_put_typed(f);
    if (!rc)
        rc = frame_type_undo(f);
    frame_put(f);
    return rc;
}

static struct frame *cursor_frame(struct domain *d)
{
    uint64_t cursor = d->arch.pv_unpin_cursor;

    if (cursor && mfn_valid(mfn(cursor - 1)) && frame_owner_id(mfn_to_frame(mfn(cursor - 1))) == d->id)
        return mfn_to_frame(mfn(cursor - 1));
    return frame_list_first(&d->frames);
}

/** A dying domain's list only shrinks, and not at all before its frames are given up, which comes after this. */
static int frames_relinquish(struct domain *d)
{
    uint64_t i = 0;

    for (struct frame *f = cursor_frame(d); f; f = frame_list_next(f)) {
        if (hypercall_preempt_every(i++, PREEMPT_STEP) || frame_relinquish(d, f)) {
            d->arch.pv_unpin_cursor = frame_to_mfn(f).nr + 1;
            return -ERESTART;
        }
    }
    d->arch.pv_unpin_cursor = 0;
    return 0;
}

int pv_mm_relinquish(struct domain *d)
{
    struct vcpu *v;

    if (pv_mm_finish(current_vcpu()))
        return -ERESTART;
    for_each_vcpu (d, v)
        if (pv_mm_release_vcpu(v))
            return -ERESTART;
    if (frames_relinquish(d))
        return -ERESTART;
    return pv_mm_finish(current_vcpu());
}
