/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What dom0 may ask about the firmware that started us. */
#ifndef PLATFORM_FIRMWARE_INFO_H
#define PLATFORM_FIRMWARE_INFO_H

#include "hv/compiler.h"
#include "public.h"

/**
 * XENPF_firmware_info: fills @info. 0; -ENOENT past the end of a list, -ENOSYS for a firmware that is not there,
 * -EINVAL.
 */
long firmware_info(struct xenpf_firmware_info *info);
/** Remembers what of EFI's system table dom0 may ask for. Boot. */
__init void firmware_init(void);

#endif
