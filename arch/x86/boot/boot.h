/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the stages of boot share. All of it is given back afterwards, except where it says "kept". */
#ifndef BOOT_BOOT_H
#define BOOT_BOOT_H

#include "hv/compiler.h"
#include "hv/types.h"
#include "mm/machine_map.h"

/** Panics unless all modules lie in what the firmware calls RAM. Before mem= takes some of it away. */
__init void modules_check(void);
/** Keeps the modules' memory out of the allocator's hands, and moves those away that cannot stay. */
__init void modules_keep(void);

/** From head.S, on the boot stack: everything up to our own page tables and stack, then start_hypervisor(). */
void boot_early(uint32_t magic, uint32_t info, uint32_t load_base);
/** The table of contents. */
void start_hypervisor(void);

/** Domain 0 from the loader's modules; paused. Panics with a sentence when there is no way. */
__init struct domain *dom0_build(void);

#endif
