/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries of x86-64 page tables as the CPU reads them (AMD64 APM volume 2, 5.3 to 5.6), and the arithmetic of addresses
 * that goes with them. Levels count from 1, the table that maps 4 KiB pages, to 4, which CR3 points to.
 */
#ifndef LIB_X86_PTE_PTE_H
#define LIB_X86_PTE_PTE_H

#include "port.h"

#define PTE_P    BIT(0)
#define PTE_RW   BIT(1)
#define PTE_US   BIT(2)
#define PTE_PWT  BIT(3)
#define PTE_PCD  BIT(4)
#define PTE_A    BIT(5)
#define PTE_D    BIT(6)
#define PTE_PS   BIT(7) /* levels 2 and 3: a page of 2 MiB or 1 GiB, not a table */
#define PTE_PAT  BIT(7) /* level 1 */
#define PTE_G    BIT(8)
#define PTE_LARGE_PAT BIT(12) /* of a large page */
#define PTE_NX   BIT(63)
#define PTE_ADDR_MASK  0x000ffffffffff000ULL

#define PTE_LEVELS 4U

static inline unsigned int pte_level_shift(unsigned int level)
{
    return 12 + 9 * (level - 1);
}

/** Bytes that one entry of a level-@level table covers. */
static inline uint64_t pte_level_size(unsigned int level)
{
    return BIT(pte_level_shift(level));
}

/** Which entry of the level-@level table translates @va. */
static inline unsigned int pte_index(uint64_t va, unsigned int level)
{
    return (unsigned int)(va >> pte_level_shift(level)) & 511;
}

/** Does @entry at @level map a page, not a table? It must be present. */
static inline bool pte_is_leaf(uint64_t entry, unsigned int level)
{
    return level == 1 || (level <= 3 && (entry & PTE_PS));
}

/** The physical address of the table or page that @entry at @level points to. */
static inline uint64_t pte_address(uint64_t entry, unsigned int level)
{
    uint64_t address = entry & PTE_ADDR_MASK;

    return pte_is_leaf(entry, level) ? address & ~(pte_level_size(level) - 1) : address;
}

/** Where @va lies, given the leaf that translates it. */
static inline uint64_t pte_translate(uint64_t leaf, unsigned int level, uint64_t va)
{
    return pte_address(leaf, level) | (va & (pte_level_size(level) - 1));
}

/** @va with bits 48 to 63 like bit 47. */
static inline uint64_t va_canonical(uint64_t va) { return (uint64_t)((int64_t)(va << 16) >> 16); }

/** Bits 47 to 63 are equal. */
static inline bool va_is_canonical(uint64_t va) { return va_canonical(va) == va; }

/** The canonical address whose four table indexes are these. */
static inline uint64_t va_from_indexes(unsigned int l4, unsigned int l3, unsigned int l2, unsigned int l1)
{
    return va_canonical((uint64_t)l4 << 39 | (uint64_t)l3 << 30 | (uint64_t)l2 << 21 | (uint64_t)l1 << 12);
}

/** Which of the eight PAT entries a leaf selects (APM volume 2, 7.8.2). */
static inline unsigned int pte_pat_index(uint64_t leaf, unsigned int level)
{
    bool pat = leaf & (level == 1 ? PTE_PAT : PTE_LARGE_PAT);

    return (leaf & PTE_PWT ? 1 : 0) + (leaf & PTE_PCD ? 2 : 0) + (pat ? 4 : 0);
}

#endif
