/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MMUEXT_PIN_*_TABLE and MMUEXT_UNPIN_TABLE. */
#ifndef PV_MM_PIN_H
#define PV_MM_PIN_H

#include "hv/domain.h"
#include "hv/percpu.h"
#include "pv/mm/types.h"

/**
 * Makes the frame of @d a table of @type for as long as it stays pinned. 0, -EINVAL, -ERESTART (again),
 * UPDATE_LEFTOVER.
 */
int table_pin(mfn_t m, struct domain *d, enum frame_type type);
/** 0, -EINVAL (not pinned), UPDATE_LEFTOVER. */
int table_unpin(mfn_t m, struct domain *d);

#endif
