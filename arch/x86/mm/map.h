/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor's own mappings. One set of tables below L4 slots 256 to 271, shared by every page table in the system,
 * so a change is seen everywhere; the slots in use are filled before the first guest table exists.
 */
#ifndef MM_MAP_H
#define MM_MAP_H

#include "hv/compiler.h"
#include "hv/types.h"

#include <arch/io.h>

enum map_rights {
    MAP_RO,      /* read-only data */
    MAP_RW,      /* data */
    MAP_RX,      /* code */
    MAP_RWX,     /* code and data of init, until it goes */
    MAP_USER_RO, /* readable by guests: the M2P */
    MAP_DEVICE,  /* read-write, uncached */
    MAP_WC,      /* read-write, write combining */
};

/** The L4 that idle CPUs run on: our slots and nothing else. */
extern uint64_t *hv_l4;
extern paddr_t hv_l4_paddr;

/** Maps [@va, @va + @len) to @pa with the largest pages that fit. All 4 KiB aligned. Existing entries are replaced.
 * -ENOMEM. */
int map_range(vaddr_t va, paddr_t pa, uint64_t len, enum map_rights rights);
/** Removes the mappings; flushes this CPU. Page tables stay. */
void unmap_range(vaddr_t va, uint64_t len);
/** The L1 entry that maps @va, tables made where they are missing; NULL if there is no memory. */
uint64_t *map_l1_slot(vaddr_t va);
/** True if @va is mapped. */
bool map_present(vaddr_t va);
/** A 4 KiB entry for @pa, with NX only where the CPU has it. */
uint64_t map_make_entry(paddr_t pa, enum map_rights rights);

/** Fills slots 256..271 of a guest's L4. */
void l4_install_hv_slots(uint64_t *l4);

/** As ioremap(), with other rights. */
void *ioremap_rights(paddr_t pa, size_t len, enum map_rights rights);
/** Room for @pages pages, with an unmapped page after it; 0 if there is none. Boot and hotplug only. */
vaddr_t vmap_reserve(uint64_t pages);

/**
 * Writes an entry of this CPU's GDT, LDT or TMAP window (va inside PERCPU_GDT.. of this CPU's area), without a flush.
 * @pte 0 means nothing: a page of null descriptors in the GDT, not present elsewhere.
 */
void percpu_pte_set(vaddr_t va, uint64_t pte);
/** A GDT page of null descriptors. */
uint64_t percpu_empty_entry(void);
/** This CPU's windows. */
vaddr_t percpu_gdt_window(void);
vaddr_t percpu_ldt_window(void);

/** Lifts NX where CPUID lacks it. Called once, before the first mapping. */
void map_set_nx(bool available);
/** Uses 1 GiB pages where CPUID offers them. */
void map_set_1g(bool available);
/** Boot: adopts an empty L4. */
__init void map_init(void);
/** Boot: fills every slot's L3 so that no L4 copy is ever out of date. */
__init void map_finish_slots(void);

/** Boot: tables are reached through the direct map from now on; CR3 is ours. */
__init void map_use_direct(void);

/** Where tables come from: boot memory first, the heap once it is there. Zeroed. 0 if there is none. */
extern paddr_t (*map_table_alloc)(void);

#endif
