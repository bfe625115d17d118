/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory while booting: which RAM there is, what of it is taken, and frames for page tables and tables before the heap
 * exists. What is left at the end goes to the heap.
 */
#ifndef MM_BOOT_MEM_H
#define MM_BOOT_MEM_H

#include "hv/compiler.h"
#include "hv/types.h"

/** Declares [@start, @end) as RAM, page aligned. Before any allocation. */
__init void boot_mem_add(paddr_t start, paddr_t end);
/** Takes [@start, @end) out, rounded outward to pages: image, modules, low memory. */
__init void boot_mem_reserve(paddr_t start, paddr_t end);
/**
 * Zeroed memory, from the top of RAM below @limit; 0 if there is none. @align a power of two. Reached at
 * map_table_base.
 */
__init paddr_t boot_mem_alloc(uint64_t size, uint64_t align, paddr_t limit);
/** A zeroed page for a page table. */
__init paddr_t boot_mem_table(void);
/** Gives all that is left to the heap and ends this allocator. */
__init void boot_mem_to_heap(void);
/** Calls @fn for each range of RAM as declared, reserved or not. */
void boot_mem_for_each_ram(void (*fn)(paddr_t start, paddr_t end));
/** Bytes of RAM declared, and the end of the highest. */
uint64_t boot_mem_ram_size(void);
/** True if [@start, @end) is RAM entirely. */
bool boot_mem_is_ram(paddr_t start, paddr_t end);

#endif
