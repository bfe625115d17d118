/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runtime memory, virtual = physical, in pages of 4 KiB. Code regions hold whole images, code and data together, so
 * they are writable and executable; everything else is not executable. What cannot be cached write-back is not cached.
 * No entry is global: the next load of CR3 forgets them all.
 */
#include "platform/efi_map.h"

#include "hv/log.h"
#include "mm/map.h"
#include "x86/pte/pte.h"

#include <arch/layout.h>
#include <arch/page.h>

#define PAGES_MAX  (1u << 20)
#define LOW_HALF   (1ull << 47)

/* The table that @entry points to, made if it is missing; NULL: no memory. */
static __init uint64_t *table_at(uint64_t *entry)
{
    if (!*entry) {
        paddr_t table = map_table_alloc();
        if (!table)
            return NULL;
        *entry = table | PTE_P | PTE_RW | PTE_A;
    }
    return paddr_to_virt(*entry & PTE_ADDR_MASK);
}

static __init bool map_page(uint64_t *l4, uint64_t paddr, enum map_rights rights)
{
    uint64_t *table = l4;

    for (unsigned int level = PTE_LEVELS; table && level > 1; level--)
        table = table_at(&table[pte_index(paddr, level)]);
    if (table)
        table[pte_index(paddr, 1)] = map_make_entry(paddr, rights) & ~PTE_G;
    return table;
}

static __init enum map_rights rights_of(const struct boot_efi_region *r)
{
    if (r->type == EFI_RUNTIME_SERVICES_CODE)
        return MAP_RWX;
    return r->attributes & EFI_MEMORY_WB ? MAP_RW : MAP_DEVICE;
}

__init paddr_t efi_map_create(const struct boot_efi_region *region, uint32_t count)
{
    paddr_t root = map_table_alloc();
    uint64_t total = 0;

    if (!root)
        return 0;
    uint64_t *l4 = paddr_to_virt(root);
    l4_install_hv_slots(l4);
    for (uint32_t i = 0; i < count; i++) {
        const struct boot_efi_region *r = &region[i];
        if (!(r->attributes & EFI_MEMORY_RUNTIME))
            continue;
        if (r->start & ~PAGE_MASK || r->start >= LOW_HALF || r->pages > PAGES_MAX || (total += r->pages) > PAGES_MAX ||
            r->start + r->pages * PAGE_SIZE > LOW_HALF) {
            log_warning("EFI: runtime memory at %#lx, %lu pages, cannot be mapped", r->start, r->pages);
            return 0;
        }
        for (uint64_t p = 0; p < r->pages; p++)
            if (!map_page(l4, r->start + p * PAGE_SIZE, rights_of(r)))
                return 0;
    }
    return root;
}
