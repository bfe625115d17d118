/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few things that pv/mm does to the machine and not to memory. pv/machine.c does them, hw/sim records them;
 * all of pv/mm is otherwise the same code in the hypervisor and in its simulation.
 */
#ifndef PV_MM_MACHINE_H
#define PV_MM_MACHINE_H

#include "hv/types.h"

/** This CPU walks the tables at @cr3 from now on; translations of the former ones are forgotten (ours stay). */
void machine_load_cr3(paddr_t cr3);
/** This CPU forgets guest translations: all, or those of one page. */
void machine_flush_tlb_local(void);
void machine_flush_page_local(vaddr_t va);
/** Writes the cache lines of a frame back and drops them, on every CPU. */
void machine_cache_flush_page(mfn_t m);
/** Writes all caches back: this CPU's, or everyone's. */
void machine_cache_flush(bool everywhere);
/** Copies the hypervisor's slots into the level 4 table @l4. */
void machine_l4_install(uint64_t *l4);
/** The M2P that guests read is in the level 4 table @l4, or not. */
void machine_l4_show_m2p(uint64_t *l4, bool shown);

/**
 * Puts @m, or with MFN_NONE a page of null descriptors, into page @index of this CPU's window for guest GDTs (0 to 13).
 */
void machine_gdt_page(unsigned int index, mfn_t m);
/** The same for the LDT window (0 to 15); MFN_NONE leaves a hole that faults. The caller flushes. */
void machine_ldt_page(unsigned int index, mfn_t m);
/** LDTR describes the LDT window with @entries descriptors; 0: null. */
void machine_load_ldtr(unsigned int entries);

#endif
