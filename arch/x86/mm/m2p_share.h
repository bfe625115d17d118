/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The M2P for tools: they map it from DOMID_XEN, read-only. */
#ifndef MM_M2P_SHARE_H
#define MM_M2P_SHARE_H

#include "hv/memory_op.h"

/**
 * XENMEM_machphys_mfn_list: the first frame of each 2 MiB of the M2P. 0, -EFAULT, -ENOSYS (not in such pieces).
 */
long m2p_share_list(struct memory_call *m);

#endif
