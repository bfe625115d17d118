/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bits of a long-mode page-table entry (AMD64 APM vol. 2, 5.3 and 5.4) and what a PV guest may put into them. The
 * levels share a format; bit 7 means "large page" above level 1 and "PAT" at level 1.
 */
#ifndef PV_MM_PTE_FLAGS_H
#define PV_MM_PTE_FLAGS_H

#include "hv/types.h"

#define PTE_P    BIT(0)
#define PTE_RW   BIT(1)
#define PTE_US   BIT(2)
#define PTE_PWT  BIT(3)
#define PTE_PCD  BIT(4)
#define PTE_A    BIT(5)
#define PTE_D    BIT(6)
#define PTE_PS   BIT(7)  /* level 2 and above */
#define PTE_PAT  BIT(7)  /* level 1 */
#define PTE_G    BIT(8)
#define PTE_GUEST_KERNEL BIT(52) /* ours, in the guest's view: it asked for a supervisor page */
#define PTE_NX   BIT(63)

#define PTE_ADDR_MASK  0x000ffffffffff000ULL
#define PTE_CACHE_MASK (PTE_PWT | PTE_PCD | PTE_PAT)
#define PTE_ENTRIES    512u

/** What an upper-level entry must not carry: cache attributes of tables, large pages, global. */
#define PTE_TABLE_REFUSED (PTE_PWT | PTE_PCD | PTE_PS | PTE_G)

static inline mfn_t pte_mfn(uint64_t e) { return mfn((e & PTE_ADDR_MASK) >> PAGE_SHIFT); }
static inline uint64_t pte_make(mfn_t m, uint64_t flags) { return (m.nr << PAGE_SHIFT & PTE_ADDR_MASK) | flags; }

/** Index of @va's entry in a table of @level (1 to 4). */
static inline unsigned int pte_index(vaddr_t va, unsigned int level)
{
    return va >> (PAGE_SHIFT + 9 * (level - 1)) & (PTE_ENTRIES - 1);
}

#endif
