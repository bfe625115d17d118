/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain's own view of its memory, by guest frame number. A PV domain's guest frames are machine frames: it is told
 * which it has, and what we keep is the way back (M2P). A container's are whatever its map (p2m) says: it is
 * translated, and never hears of a machine frame.
 *
 * Duties of the architecture, by the kind of domain (arch/x86/guest/physmap.c). The caller holds a reference on the
 * domain and no lock. Who only reads or writes a frame has arch_guest_frame_get() in hv/domain.h.
 */
#ifndef HV_PHYSMAP_H
#define HV_PHYSMAP_H

#include "hv/domain.h"

/** True if guest frame numbers are not machine frame numbers. */
static inline bool domain_is_translated(const struct domain *d) { return d->type == DOMAIN_HVM; }

/**
 * The 2^@order frames from @m are nobody's but the caller's and will be assigned to @d, to be at @g; GFN_NONE: nowhere,
 * or they are not assigned after all. What is kept by frame is written now: from the assignment on another vCPU of @d
 * may give them away, and they may be another domain's before the caller goes on.
 */
void arch_physmap_prepare(struct domain *d, gfn_t g, mfn_t m, unsigned int order);
/**
 * The 2^@order frames from @m, which have been prepared and then assigned to @d, are at @g from now on; GFN_NONE:
 * nowhere. 0, or -errno: then none of them is anywhere, and the caller gives them up.
 */
int arch_physmap_populate(struct domain *d, gfn_t g, mfn_t m, unsigned int order);
/**
 * @d gives up the frame at @g: nothing is there any more, and the frame is free once nobody else holds it, in @run if
 * that is now. False, and nothing has changed: there is none, or it is not @d's to give.
 */
bool arch_physmap_give_back(struct domain *d, gfn_t g, struct heap_run *run);
/**
 * @f, @d's own or shared with it by us, on which the caller holds a reference, is at @g from now on, in place of what
 * was there, and nowhere else any more. RAM that was at @g is given back. The reference stays the caller's.
 * 0; -EACCES: @d has no map of ours; -errno.
 */
int arch_physmap_add(struct domain *d, gfn_t g, struct frame *f);
/**
 * The same for another domain's frame, wherever else it is. The caller holds it for writing, by arch_guest_frame_get(),
 * which is where its owner learns of that; on success the hold is the entry's, otherwise it stays the caller's.
 */
int arch_physmap_add_foreign(struct domain *d, gfn_t g, struct frame *f);
/** Nothing is at @g any more; a frame of @d's own stays @d's. 0; -EACCES: @d has no map of ours; -ENOENT. */
int arch_physmap_remove(struct domain *d, gfn_t g);
/**
 * The 2^@order gfns from @g on are there from now on, and get a frame each when somebody touches them. 0; -EOPNOTSUPP:
 * @d has its memory at once; -errno.
 */
int arch_physmap_populate_on_demand(struct domain *d, gfn_t g, unsigned int order);
/**
 * XENMEM_set_pod_target (@set), get_pod_target: how many frames @d is to have for that, and what it has. 0, -EINVAL: it
 * has its memory at once; -ENOMEM, -ERESTART.
 */
int arch_physmap_pod_target(struct domain *d, bool set, struct xen_pod_target *op);
/** XENMEM_maximum_gpfn: the highest guest frame number, as far as is known; 0 before there is any. */
long arch_physmap_maximum(const struct domain *d);

#endif
