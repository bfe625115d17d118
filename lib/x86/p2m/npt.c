/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries of nested page tables (APM volume 2, 15.25.5): those of long mode, where every access counts as a user's. The
 * type stands in bits 52 to 58. Accessed and dirty are set from the start, so that no CPU has a reason to write to a
 * table. Leaves of others' frames and of devices cannot be executed.
 */
#include "x86/p2m/p2m.h"
#include "x86/pte/pte.h"

#define TYPE_SHIFT 52u
#define TYPE_MASK  0x7fu
#define UNCACHED   (PTE_PCD | PTE_PWT) /* the guest's PAT is not asked here: index 3 of the host's is UC */

static uint64_t rights(enum p2m_type type)
{
    uint64_t right = PTE_P | PTE_US | PTE_A | PTE_D;

    if (p2m_type_is_writable(type))
        right |= PTE_RW;
    if (!p2m_type_is_ram(type))
        right |= PTE_NX;
    if (type == P2M_DIRECT)
        right |= UNCACHED;
    return right;
}

static uint64_t npt_leaf(uint64_t mfn, enum p2m_type type, unsigned int level)
{
    uint64_t kind = (uint64_t)type << TYPE_SHIFT;

    if (!p2m_type_has_frame(type))
        return kind;
    return kind | (mfn << 12 & PTE_ADDR_MASK) | rights(type) | (level > 1 ? PTE_PS : 0);
}

static uint64_t npt_table(uint64_t mfn)
{
    return mfn << 12 | PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D;
}

static bool npt_is_table(uint64_t entry, unsigned int level)
{
    return (entry & PTE_P) && !(entry & PTE_PS);
}

static uint64_t npt_mfn(uint64_t entry)
{
    return entry & PTE_P ? (entry & PTE_ADDR_MASK) >> 12 : P2M_NO_MFN;
}

static enum p2m_type npt_type(uint64_t entry)
{
    return (enum p2m_type)(entry >> TYPE_SHIFT & TYPE_MASK);
}

const struct p2m_format p2m_npt = {
    .leaf = npt_leaf, .table = npt_table, .is_table = npt_is_table, .mfn = npt_mfn, .type = npt_type,
};
