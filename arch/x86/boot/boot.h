/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the stages of boot share. All of it is given back afterwards, except where it says "kept". */
#ifndef BOOT_BOOT_H
#define BOOT_BOOT_H

#include "hv/compiler.h"
#include "hv/types.h"
#include "x86/boot/boot_info.h"

/** What the loader told. */
extern struct boot_info boot_info;
/** Firmware's map of the machine, sanitised. Kept: the hardware domain asks for it. */
extern struct e820_map machine_map;
/** Where the image is. Kept. */
extern uint64_t image_paddr;

/** From head.S, on the boot stack: everything up to our own page tables and stack, then start_hypervisor(). */
void boot_early(uint32_t magic, uint32_t info, uint32_t load_base);
/** The table of contents. */
void start_hypervisor(void);

/** Domain 0 from the loader's modules; paused. Panics with a sentence when there is no way. */
__init struct domain *dom0_build(void);

#endif
