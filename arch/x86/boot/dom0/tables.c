/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first page tables, written as a guest would write them; giving the L4 its type then checks and counts every
 * entry. Tables come from the region's page-table frames in the order in which they are needed, L4 first, and are
 * mapped read-only.
 */
#include "boot/dom0/dom0.h"
#include "hv/frame.h"
#include "hv/log.h"
#include "pv/mm/pte_flags.h"

#define TABLE_FLAGS (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)
#define PAGE_FLAGS  (PTE_P | PTE_RW | PTE_A | PTE_D)

struct table_source {
    uint64_t next_pfn, end_pfn;
};

static __init uint64_t table_new(const struct dom0_builder *b, struct table_source *from)
{
    BUG_ON(from->next_pfn == from->end_pfn);
    memset(dom0_page(b, from->next_pfn), 0, PAGE_SIZE);
    return from->next_pfn++;
}

/* The L1 entry of @va below @l4, tables made from @from where they are missing. */
static __init uint64_t *slot(const struct dom0_builder *b, struct table_source *from, uint64_t *l4, vaddr_t va)
{
    uint64_t *table = l4;

    for (unsigned int level = 4; level > 1; level--) {
        uint64_t *e = &table[pte_index(va, level)];
        if (!(*e & PTE_P))
            *e = pte_make(dom0_mfn(b, table_new(b, from)), TABLE_FLAGS);
        table = mfn_to_virt(pte_mfn(*e));
    }
    return &table[pte_index(va, 1)];
}

static __init bool is_table(const struct dom0_builder *b, uint64_t pfn)
{
    uint64_t first = (b->at.page_tables - b->at.v_start) >> PAGE_SHIFT;
    return pfn - first < b->at.pt_frames;
}

__init mfn_t dom0_tables_build(const struct dom0_builder *b)
{
    const struct dom0_layout *at = &b->at;
    uint64_t first = (at->page_tables - at->v_start) >> PAGE_SHIFT;
    struct table_source region = { first, first + at->pt_frames };
    struct table_source outside = { at->p2m_pfn + at->p2m_frames, at->p2m_pfn + at->p2m_frames + at->p2m_table_frames };
    uint64_t l4_pfn = table_new(b, &region);
    uint64_t *l4 = dom0_page(b, l4_pfn);

    for (uint64_t pfn = 0; pfn < at->region_frames; pfn++)
        *slot(b, &region, l4, at->v_start + (pfn << PAGE_SHIFT)) =
            pte_make(dom0_mfn(b, pfn), is_table(b, pfn) ? PAGE_FLAGS & ~PTE_RW : PAGE_FLAGS);
    for (uint64_t i = 0; !at->p2m && i < at->p2m_frames; i++)
        *slot(b, &outside, l4, b->verdict.pv.init_p2m + (i << PAGE_SHIFT)) =
            pte_make(dom0_mfn(b, at->p2m_pfn + i), PAGE_FLAGS);
    return dom0_mfn(b, l4_pfn);
}
