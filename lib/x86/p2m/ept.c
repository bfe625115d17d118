/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries of extended page tables (SDM volume 3, 28.3.2): read, write, execute, memory type, and the type in bits 52 to
 * 58, which the CPU ignores. A writable entry is readable, since anything else is a misconfiguration.
 */
#include "x86/p2m/p2m.h"
#include "x86/pte/pte.h"

#define EPT_R          BIT(0)
#define EPT_W          BIT(1)
#define EPT_X          BIT(2)
#define EPT_TYPE_WB    (6ULL << 3)
#define EPT_TYPE_UC    (0ULL << 3)
#define EPT_IGNORE_PAT BIT(6)
#define EPT_PS         BIT(7)
#define EPT_A          BIT(8)
#define EPT_D          BIT(9)

#define TYPE_SHIFT 52u
#define TYPE_MASK  0x7fu

static uint64_t rights(enum p2m_type type)
{
    uint64_t right = EPT_R | EPT_A | EPT_D;

    if (p2m_type_is_writable(type))
        right |= EPT_W;
    if (p2m_type_is_ram(type))
        right |= EPT_X;
    return right | (type == P2M_DIRECT ? EPT_TYPE_UC : EPT_TYPE_WB) | EPT_IGNORE_PAT;
}

static uint64_t ept_leaf(uint64_t mfn, enum p2m_type type, unsigned int level)
{
    uint64_t kind = (uint64_t)type << TYPE_SHIFT;

    if (!p2m_type_has_frame(type))
        return kind;
    return kind | (mfn << 12 & PTE_ADDR_MASK) | rights(type) | (level > 1 ? EPT_PS : 0);
}

static uint64_t ept_table(uint64_t mfn)
{
    return mfn << 12 | EPT_R | EPT_W | EPT_X | EPT_A;
}

static bool ept_is_table(uint64_t entry, unsigned int level)
{
    return (entry & EPT_R) && !(entry & EPT_PS);
}

static uint64_t ept_mfn(uint64_t entry)
{
    return entry & EPT_R ? (entry & PTE_ADDR_MASK) >> 12 : P2M_NO_MFN;
}

static enum p2m_type ept_type(uint64_t entry)
{
    return (enum p2m_type)(entry >> TYPE_SHIFT & TYPE_MASK);
}

const struct p2m_format p2m_ept = {
    .leaf = ept_leaf, .table = ept_table, .is_table = ept_is_table, .mfn = ept_mfn, .type = ept_type,
};
