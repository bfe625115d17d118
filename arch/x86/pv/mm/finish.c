/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The notes are frame numbers plus one, by level: L2, L3, L4 (level 1 is never partial), two of each, because a table
 * may have to wait for another one of its level (entry.c). A note proves nothing: the frame may have been finished by
 * another vCPU, freed, and given to another domain since. So a reference is taken for whoever owns it now, and
 * frame_type_undo() looks at the frame's own state; at worst it makes somebody begin again.
 */
#include "pv/mm/finish.h"

#include "hv/domain.h"
#include "hv/hypercall.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "pv/mm/mm.h"
#include "pv/mm/types.h"

#define LOWEST_PARTIAL  FT_L2
#define NOTES_PER_LEVEL (PV_MM_UNFINISHED / 3)

void pv_mm_unfinished(struct frame *f)
{
    uint64_t *note = current_vcpu()->arch.pv.mm_unfinished;
    enum frame_type type = ftw_type(ftw_load(f));

    if (type < LOWEST_PARTIAL || type > FT_L4)
        return;
    note += (type - LOWEST_PARTIAL) * NOTES_PER_LEVEL;
    for (unsigned int i = 0; i < NOTES_PER_LEVEL; i++)
        if (!note[i]) {
            note[i] = frame_to_mfn(f).nr + 1;
            return;
        }
}

long pv_mm_enter(void)
{
    struct vcpu *v = current_vcpu();

    return likely(v->domain->type == DOMAIN_PV) ? pv_mm_finish(v) : -ENOSYS;
}

bool pv_mm_has_unfinished(const struct vcpu *v)
{
    const uint64_t *note = v->arch.pv.mm_unfinished;

    for (unsigned int i = 0; i < PV_MM_UNFINISHED; i++)
        if (note[i])
            return true;
    return false;
}

static int finish_one(uint64_t nr)
{
    struct frame *f = mfn_to_frame(mfn(nr));
    unsigned int owner = frame_owner_id(f);
    int rc;

    if (owner >= DOMID_FIRST_RESERVED || !frame_get_of(f, owner)) /* it is no guest's any more */
        return 0;
    rc = frame_type_undo(f);
    frame_put(f);
    return rc;
}

/** Lowest level first: undoing a table may leave one of the levels below, whose place must be free. */
int pv_mm_finish_slow(struct vcpu *v)
{
    uint64_t *note = v->arch.pv.mm_unfinished;

    for (unsigned int i = 0; i < PV_MM_UNFINISHED; i++) {
        uint64_t nr = note[i];

        if (!nr)
            continue;
        note[i] = 0;
        if (finish_one(nr - 1))
            return -ERESTART;
    }
    return 0;
}

/*
 * The end of a domain's page tables. First the vCPUs' roots and descriptor tables, then every pin and every table left
 * partial; rule 3 of types.c then makes the rest collapse. A frame whose allocation reference is dropped leaves the
 * list with its last reference, which may be the pin: so the walk holds a reference on the frame where it is, also
 * between two calls (teardown.frame).
 *
 * A table that is left partial may be behind the walk, and the vCPU that noted it need not be the one that goes on:
 * then the list is walked once more, until nothing was left.
 */

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
