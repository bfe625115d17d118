/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of core/mm alone. */
#ifndef MM_MM_H
#define MM_MM_H

#include "hv/frame.h"

/** Takes @f off @d's list and out of its count. Takes d->frames_lock; may drop the last reference on @d. */
void domain_unlist_frame(struct domain *d, struct frame *f);

/** Makes it a frame of the hypervisor's own: no owner, no references, no type. Nobody else knows it. */
static inline void frame_make_private(struct frame *f)
{
    f->type = 0;
    __atomic_store_n(&f->count, (uint64_t)FRAME_OWNER_NONE << FRAME_OWNER_SHIFT, __ATOMIC_RELEASE);
}

#endif
