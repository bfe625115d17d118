/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memory_op's handlers by family; a row of core/hypercall/memory_op.c each. */
#ifndef CORE_HYPERCALL_MEMORY_H
#define CORE_HYPERCALL_MEMORY_H

#include "hv/memory_op.h"

long memory_reservation(struct memory_call *m);
long memory_acquire_resource(struct memory_call *m);
long memory_add(struct memory_call *m);
long memory_add_batch(struct memory_call *m);
long memory_remove(struct memory_call *m);

/** True if physmap_source_get() holds what it finds for writing: another domain's frame, which @d will write to. */
bool physmap_source_written(const struct domain *d, const struct domain *foreign, unsigned int space);
/**
 * What index @idx of XENMAPSPACE_@space means to @d, held (arch_guest_frame_put(f, physmap_source_written())); NULL:
 * nothing, or another's that nobody may write to. @foreign: whose frames XENMAPSPACE_gmfn_foreign is about, or NULL. A
 * grant table grows as far as is named.
 */
struct frame *physmap_source_get(struct domain *d, struct domain *foreign, unsigned int space, uint64_t idx);

#endif
