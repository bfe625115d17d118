/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page table that firmware runs on. */
#ifndef PLATFORM_EFI_MAP_H
#define PLATFORM_EFI_MAP_H

#include "hv/compiler.h"
#include "hv/types.h"
#include "x86/boot/boot_info.h"

/** Physical address of a page table with @region's runtime memory at its own addresses; 0: no memory, or impossible. */
__init paddr_t efi_map_create(const struct boot_efi_region *region, uint32_t count);

#endif
