/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HYPERCALL_EFI_OP_H
#define HYPERCALL_EFI_OP_H

#include "public.h"

/**
 * XENPF_efi_runtime_call: EFI's own answer goes to @op->status. 0, -EINVAL, -EFAULT, -ENOMEM, -ENOSYS (capsules; no
 * EFI), -EOPNOTSUPP (runtime services are off), -ERESTART.
 */
long efi_op(struct xenpf_efi_runtime_call *op);

#endif
