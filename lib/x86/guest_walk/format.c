/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Formats of page tables: APM volume 2, 5.2 (32 bits and PAE) and 5.3 (long mode); SDM volume 3, tables 4-3 to 4-20. */
#include "x86/guest_walk/format.h"

#include "x86/pte/pte.h"

#define PAE_PDPTE_LEVEL 3u

static uint64_t bits(unsigned int first, unsigned int last)
{
    return first > last ? 0 : (BIT(last - first) * 2 - 1) << first;
}

enum paging_kind paging_kind(const struct guest_paging *p)
{
    if (!(p->cr0 & CR0_PG))
        return PAGING_NONE;
    if (!(p->cr4 & CR4_PAE))
        return PAGING_32;
    return p->efer & EFER_LMA ? PAGING_LONG : PAGING_PAE;
}

unsigned int paging_levels(enum paging_kind kind)
{
    return kind == PAGING_LONG ? 4 : kind == PAGING_PAE ? 3 : 2;
}

unsigned int paging_entry_bytes(enum paging_kind kind)
{
    return kind == PAGING_32 ? 4 : 8;
}

unsigned int paging_shift(enum paging_kind kind, unsigned int level)
{
    return 12 + (kind == PAGING_32 ? 10 : 9) * (level - 1);
}

unsigned int paging_index(enum paging_kind kind, unsigned int level, uint64_t va)
{
    unsigned int entries = kind == PAGING_32 ? 1024 : kind == PAGING_PAE && level == PAE_PDPTE_LEVEL ? 4 : 512;

    return (unsigned int)(va >> paging_shift(kind, level)) & (entries - 1);
}

bool paging_is_leaf(const struct guest_paging *p, enum paging_kind kind, unsigned int level, uint64_t entry)
{
    switch (level) {
    case 1:
        return true;
    case 2:
        return (entry & PTE_PS) && (kind != PAGING_32 || (p->cr4 & CR4_PSE));
    case 3:
        return kind == PAGING_LONG && p->pages_1g && (entry & PTE_PS);
    default:
        return false;
    }
}

uint64_t paging_target(enum paging_kind kind, unsigned int level, uint64_t entry, bool leaf)
{
    if (kind != PAGING_32) {
        uint64_t address = entry & PTE_ADDR_MASK;

        return leaf ? address & ~(BIT(paging_shift(kind, level)) - 1) : address;
    }
    if (leaf && level == 2) /* PSE-36: bits 13 to 20 are the address's bits 32 to 39 */
        return (entry & bits(22, 31)) | (entry & bits(13, 20)) << (32 - 13);
    return entry & bits(12, 31);
}

/* A page of 4 MiB: the address's bits above the guest's width, and bit 21. */
static uint64_t reserved_4m(const struct guest_paging *p)
{
    unsigned int width = p->phys_bits < 40 ? p->phys_bits : 40;

    return BIT(21) | (width >= 32 ? bits(13 + width - 32, 20) : bits(13, 20));
}

uint64_t paging_reserved(const struct guest_paging *p, enum paging_kind kind, unsigned int level, bool leaf)
{
    uint64_t reserved;

    if (kind == PAGING_32)
        return leaf && level == 2 ? reserved_4m(p) : 0;

    reserved = bits(p->phys_bits, 51);
    if (kind == PAGING_PAE)
        reserved |= level == PAE_PDPTE_LEVEL ? bits(52, 63) | bits(5, 8) | bits(1, 2) : bits(52, 62);
    if (!(p->efer & EFER_NXE))
        reserved |= PTE_NX;
    if (leaf && level > 1)
        reserved |= bits(13, paging_shift(kind, level) - 1); /* bit 12 is PAT */
    if (!leaf && kind == PAGING_LONG && level >= 3)
        reserved |= PTE_PS;
    return reserved;
}

bool paging_has_nx(const struct guest_paging *p, enum paging_kind kind)
{
    return kind != PAGING_NONE && kind != PAGING_32 && (p->efer & EFER_NXE);
}
