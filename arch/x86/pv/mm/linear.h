/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries that name a table of their own level. */
#ifndef PV_MM_LINEAR_H
#define PV_MM_LINEAR_H

#include "pv/mm/pte_flags.h"
#include "pv/mm/types.h"

/** True if present entry @e, which @table of @level holds or may get, names a table of the same level. */
bool entry_is_linear(const struct frame *table, unsigned int level, uint64_t e);
/** Takes the references of such an entry. @table is LOCKED. 0; -EINVAL: writable, or not allowed now. Never waits. */
int linear_get(struct frame *table, const struct domain *d, unsigned int level, uint64_t e);
/** Always dropped; -ERESTART as frame_type_put(). */
int linear_put(struct frame *table, uint64_t e);

#endif
