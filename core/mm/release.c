/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a domain's frames: it drops its allocation reference on every one. A dying domain gets no new ones, so one
 * round of the list as it is long at the beginning meets them all; what others still map stays on the list until they
 * let go.
 */
#include "hv/domain.h"
#include "hv/hypercall.h"
#include "hv/lock.h"

#define FRAMES_BETWEEN_CHECKS 64u

/* Takes the first frame of the list to its end and returns it, referenced; NULL if it is just being freed. */
static struct frame *frames_rotate(struct domain *d)
{
    spin_lock(&d->frames_lock);
    struct frame *f = frame_list_first(&d->frames);
    if (f) {
        frame_list_del(&d->frames, f);
        frame_list_add_tail(&d->frames, f);
        if (!frame_get(f, d))
            f = NULL;
    }
    spin_unlock(&d->frames_lock);
    return f;
}

/* teardown.cursor: one more than the frames still to be visited. */
int domain_release_frames(struct domain *d)
{
    uint64_t *left = &d->teardown.cursor;

    if (!*left)
        *left = d->tot_pages + 1;
    for (unsigned int i = 0; *left > 1; i++, --*left) {
        if (hypercall_preempt_every(i, FRAMES_BETWEEN_CHECKS))
            return -ERESTART;
        struct frame *f = frames_rotate(d);
        if (!f)
            continue;
        if (frame_clear_allocated(f))
            frame_put(f);
        frame_put(f);
    }
    return 0;
}
