/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking the contents of a frame when it takes a type, and releasing what they hold when it loses it. */
#ifndef PV_MM_VALIDATE_H
#define PV_MM_VALIDATE_H

#include "hv/domain.h"
#include "hv/percpu.h"
#include "pv/mm/pte_flags.h"
#include "pv/mm/types.h"

/**
 * The frame is LOCKED with count 0, its first *@progress entries hold references. 0: all do; -ERESTART: *@progress do,
 * call again; other errors: *@progress do, and the contents are refused. Frame contents change (flags that we force)
 * only on 0.
 */
int frame_validate(struct frame *f, enum frame_type type, unsigned int *progress);
/**
 * Releases references from entry *@progress - 1 downwards. *@progress ends at 0, or above it when something better is
 * to be done. -ERESTART: that, or a frame below was left partial.
 */
int frame_invalidate(struct frame *f, enum frame_type type, unsigned int *progress);

/** A page of descriptors (descriptor.c): 0, or -EINVAL. */
int seg_desc_validate(struct frame *f);

/** True if entry @index of a table of @level is the guest's to fill. */
static inline bool pte_is_guests(unsigned int level, unsigned int index)
{
    return level != 4 || index < HV_FIRST_SLOT || index > HV_LAST_SLOT;
}

#endif
