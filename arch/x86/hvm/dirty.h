/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Log-dirty mode of a container, for its toolstack: XEN_DOMCTL_shadow_op. The domctl lock is held. */
#ifndef HVM_DIRTY_H
#define HVM_DIRTY_H

#include "hv/domain.h"

/** On. 0; -EINVAL: it is, or there is no vCPU; -ENOMEM: the pool is too small; -ERESTART. */
int hvm_dirty_enable(struct domain *d);
/** Off, whether or not it was on; leaves that were split meanwhile are put together. 0, -ERESTART. */
int hvm_dirty_disable(struct domain *d);

struct hvm_dirty_read {
    uint64_t to;    /* the caller's memory: a bit for each gfn, whole bytes; 0: nowhere */
    uint64_t gfns;  /* from 0 on */
    bool clean;     /* what is handed out counts as unwritten from now on */
    uint64_t count; /* out: gfns marked since the last cleaning */
};
/**
 * 0; -EINVAL: the mode is off; -EBUSY: another reading is under way; -ENOMEM; -EFAULT: what was not handed out stays
 * marked; -ERESTART.
 */
int hvm_dirty_read(struct domain *d, struct hvm_dirty_read *r);

/** Somebody who got a writable type on @d's frame @f a moment ago may write to it. Locks: as for hvm_frame_get(). */
void hvm_dirty_mark(struct domain *d, struct frame *f);

#endif
