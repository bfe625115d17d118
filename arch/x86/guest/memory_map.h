/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory map that a guest is shown: as its toolstack has set it. */
#ifndef GUEST_MEMORY_MAP_H
#define GUEST_MEMORY_MAP_H

#include "hv/memory_op.h"

/** XENMEM_set_memory_map: 0, -EPERM, -ESRCH, -EINVAL (too many entries), -EFAULT, -ENOMEM. */
long guest_map_set(struct memory_call *m);
/** XENMEM_memory_map of the calling domain: as many entries as there is room for. -ENOSYS: it was given none. */
long guest_map_get(struct memory_call *m);
void guest_map_free(struct domain *d);

#endif
