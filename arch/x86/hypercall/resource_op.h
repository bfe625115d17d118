/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HYPERCALL_RESOURCE_OP_H
#define HYPERCALL_RESOURCE_OP_H

#include "public.h"

/**
 * XENPF_resource_op: how many entries were performed; the one that was not says why in `ret`. -EINVAL (too many),
 * -EFAULT, -ENODEV (no such CPU). Interrupts on, no lock: it may wait for another CPU.
 */
long resource_op(const struct xenpf_resource_op *op);

#endif
