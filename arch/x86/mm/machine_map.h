/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What boot found out about the machine's memory and its loader, for whoever comes later. */
#ifndef MM_MACHINE_MAP_H
#define MM_MACHINE_MAP_H

#include "hv/types.h"
#include "x86/boot/boot_info.h"

/** From the loader: for boot only, freed afterwards. */
extern struct boot_info boot_info;
/** Firmware's map of the machine, sanitised. Kept: the hardware domain asks for it. */
extern struct e820_map machine_map;
/** Bytes of RAM in it, as far as mem= allows. Kept. */
extern uint64_t machine_ram;
/** Where the hypervisor's image is. Kept. */
extern uint64_t image_paddr;

#endif
