/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The builder's page tables: contiguous in virtual memory, found through the list of machine frames. */
#include "guest.h"

#define ADDR_MASK 0x000ffffffffff000ul

uint8_t guest_pages[3][PAGE_SIZE] __attribute__((aligned(4096)));

uint64_t pfn_to_mfn(uint64_t pfn)
{
    return ((const uint64_t *)start_info->mfn_list)[pfn];
}

static uint64_t mfn_to_pfn(uint64_t mfn)
{
    return ((const uint64_t *)MACH2PHYS_VIRT_START)[mfn];
}

void *mfn_to_va(uint64_t mfn)
{
    return (void *)(mfn_to_pfn(mfn) * PAGE_SIZE + 0xffffffff80000000ul);
}

static unsigned int index_of(const void *va, unsigned int level)
{
    return PTR(va) >> (12 + 9 * (level - 1)) & 511;
}

uint64_t *pte_of(const void *va, unsigned int level)
{
    uint64_t *table = (uint64_t *)start_info->pt_base;

    for (unsigned int l = 4; l > level; l--)
        table = mfn_to_va((table[index_of(va, l)] & ADDR_MASK) / PAGE_SIZE);
    return &table[index_of(va, level)];
}

uint64_t pte_maddr(const void *va, unsigned int level)
{
    const uint64_t *e = pte_of(va, level);

    return va_to_mfn(e) * PAGE_SIZE + (PTR(e) & (PAGE_SIZE - 1));
}

long map_at(const void *va, uint64_t mfn, uint64_t flags)
{
    return hypercall3(__HYPERVISOR_update_va_mapping, PTR(va), flags ? mfn * PAGE_SIZE | flags : 0,
                      UVMF_INVLPG | UVMF_LOCAL);
}
