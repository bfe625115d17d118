/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the stages of boot share. All of it is given back afterwards, except where it says "kept". */
#ifndef BOOT_BOOT_H
#define BOOT_BOOT_H

#include "hv/compiler.h"
#include "hv/types.h"
#include "mm/machine_map.h"

/** From head.S, on the boot stack: everything up to our own page tables and stack, then start_hypervisor(). */
void boot_early(uint32_t magic, uint32_t info, uint32_t load_base);
/** The table of contents. */
void start_hypervisor(void);

/** Domain 0 from the loader's modules; paused. Panics with a sentence when there is no way. */
__init struct domain *dom0_build(void);

#endif
