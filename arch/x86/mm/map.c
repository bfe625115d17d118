/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building and changing our own page tables (APM vol. 2, chapter 5). See mm/map.h for the idea. */
#include "mm/map.h"

#include "hv/heap.h"
#include "hv/lock.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hw/native/cpu.h"
#include "mm/percpu_area.h"
#include "x86/pte/pte.h"

#define PTE_AD (PTE_A | PTE_D)

uint64_t *hv_l4;
paddr_t hv_l4_paddr;
paddr_t (*map_table_alloc)(void);
uint64_t map_table_base;

static uint64_t nx_bit __ro_after_init;
static bool use_1g __ro_after_init;
static vaddr_t vmap_next = VMAP_VIRT;
static spinlock_t vmap_lock = SPINLOCK_INIT(LOCK_LEAF);
static const uint8_t zero_page[PAGE_SIZE] __aligned_to(4096);

extern const char image_start[];
extern uint64_t image_paddr;

void map_set_nx(bool available)
{
    nx_bit = available ? PTE_NX : 0;
}
void map_set_1g(bool available)
{
    use_1g = available;
}

static uint64_t *table_virt(paddr_t pa)
{
    return (uint64_t *)(map_table_base + pa);
}

static uint64_t rights_bits(enum map_rights rights)
{
    switch (rights) {
    case MAP_RO: return PTE_P | PTE_AD | PTE_G | nx_bit;
    case MAP_RW: return PTE_P | PTE_RW | PTE_AD | PTE_G | nx_bit;
    case MAP_RX: return PTE_P | PTE_AD | PTE_G;
    case MAP_RWX: return PTE_P | PTE_RW | PTE_AD | PTE_G;
    case MAP_USER_RO: return PTE_P | PTE_US | PTE_AD | nx_bit;
    case MAP_DEVICE: return PTE_P | PTE_RW | PTE_AD | PTE_G | PTE_PCD | PTE_PWT | nx_bit;
    case MAP_WC: return PTE_P | PTE_RW | PTE_AD | PTE_G | nx_bit; /* PAT index 4 needs bit 7 or 12: set by size below */
    }
    return 0;
}

uint64_t map_make_entry(paddr_t pa, enum map_rights rights)
{
    return pa | rights_bits(rights) | (rights == MAP_WC ? PTE_PAT : 0);
}

static unsigned int level_shift(unsigned int level)
{
    return 12 + 9 * (level - 1);
}
static unsigned int level_index(vaddr_t va, unsigned int level)
{
    return (va >> level_shift(level)) & 511;
}

/*
 * Makes the table that @e, of @level, is to name: empty, or with the same mapping one level down if @seen is a large
 * page. CPUs that map device memory may want the same one at once: the first has its own used, the others give theirs
 * back (XSA-345). False: no memory.
 */
static bool make_table(uint64_t *e, uint64_t seen, unsigned int level)
{
    paddr_t table = map_table_alloc();
    if (!table)
        return false;
    uint64_t step = 1ULL << level_shift(level - 1), ps = level - 1 > 1 ? PTE_PS : 0;
    for (unsigned int i = 0; seen & PTE_P && i < 512; i++)
        table_virt(table)[i] = (seen & ~PTE_PS) + i * step + ps;
    if (!__atomic_compare_exchange_n(e, &seen, table | PTE_P | PTE_RW | PTE_US | PTE_AD, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_RELAXED))
        heap_free(paddr_to_mfn(table), 0, true);
    return true;
}

/* The entry for @va at @level; makes and splits tables on the way. NULL: no memory. */
static uint64_t *walk_to(vaddr_t va, unsigned int level)
{
    uint64_t *table = hv_l4, seen;

    for (unsigned int l = 4; l > level; l--) {
        uint64_t *e = &table[level_index(va, l)];
        while (seen = __atomic_load_n(e, __ATOMIC_ACQUIRE), !(seen & PTE_P) || (seen & PTE_PS))
            if (!make_table(e, seen, l))
                return NULL;
        table = table_virt(seen & PTE_ADDR_MASK);
    }
    return &table[level_index(va, level)];
}

static unsigned int best_level(vaddr_t va, paddr_t pa, uint64_t len)
{
    for (unsigned int l = use_1g ? 3 : 2; l > 1; l--)
        if (!((va | pa) & ((1ULL << level_shift(l)) - 1)) && len >= 1ULL << level_shift(l))
            return l;
    return 1;
}

int map_range(vaddr_t va, paddr_t pa, uint64_t len, enum map_rights rights)
{
    while (len) {
        unsigned int level = best_level(va, pa, len);
        uint64_t step = 1ULL << level_shift(level);
        uint64_t *e = walk_to(va, level);
        if (!e)
            return -ENOMEM;
        uint64_t wc = rights == MAP_WC ? (level == 1 ? PTE_PAT : PTE_LARGE_PAT) : 0;
        *e = pa | rights_bits(rights) | (level > 1 ? PTE_PS : 0) | wc;
        va += step;
        pa += step;
        len -= step;
    }
    return 0;
}

bool map_present(vaddr_t va)
{
    const uint64_t *table = hv_l4;
    for (unsigned int l = 4; l >= 1; l--) {
        uint64_t e = table[level_index(va, l)];
        if (!(e & PTE_P))
            return false;
        if (l == 1 || (e & PTE_PS))
            return true;
        table = table_virt(e & PTE_ADDR_MASK);
    }
    return false;
}

uint64_t *map_l1_slot(vaddr_t va)
{
    return walk_to(va, 1);
}

void unmap_range(vaddr_t va, uint64_t len)
{
    for (uint64_t done = 0; done < len; done += PAGE_SIZE) {
        uint64_t *e = walk_to(va + done, 1);
        if (e)
            *e = 0;
        invlpg(va + done);
    }
}

void l4_install_hv_slots(uint64_t *l4)
{
    memcpy(l4 + HV_FIRST_SLOT, hv_l4 + HV_FIRST_SLOT, (HV_LAST_SLOT - HV_FIRST_SLOT + 1) * sizeof(*l4));
}

vaddr_t vmap_reserve(uint64_t pages)
{
    irqflags_t flags = spin_lock_irqsave(&vmap_lock);
    vaddr_t va = vmap_next;
    if (pages >= (VMAP_VIRT_END - va) / PAGE_SIZE)
        va = 0;
    else
        vmap_next += (pages + 1) * PAGE_SIZE;
    spin_unlock_irqrestore(&vmap_lock, flags);
    return va;
}

void *ioremap_rights(paddr_t pa, size_t len, enum map_rights rights)
{
    uint64_t offset = pa & ~PAGE_MASK;
    uint64_t size = ROUND_UP(offset + len, PAGE_SIZE);
    vaddr_t va = vmap_reserve(size >> PAGE_SHIFT);

    if (!va || map_range(va, pa - offset, size, rights))
        return NULL;
    return (void *)(va + offset);
}

void *ioremap(paddr_t pa, size_t len)
{
    return ioremap_rights(pa, len, MAP_DEVICE);
}

uint64_t percpu_empty_entry(void)
{
    return map_make_entry(image_paddr + (uint64_t)(zero_page - (const uint8_t *)image_start), MAP_RO) & ~PTE_G;
}

void percpu_pte_set(vaddr_t va, uint64_t pte)
{
    bool in_gdt = va - percpu_gdt_window() < 16 * PAGE_SIZE;
    *percpu_l1_slot(this_cpu_id(), va) = !pte && in_gdt ? percpu_empty_entry() : pte;
}

vaddr_t percpu_gdt_window(void)
{
    return percpu_area(this_cpu_id()) + PERCPU_GDT;
}
vaddr_t percpu_ldt_window(void)
{
    return percpu_area(this_cpu_id()) + PERCPU_LDT;
}

__init void map_init(void)
{
    hv_l4_paddr = map_table_alloc();
    BUG_ON(!hv_l4_paddr);
    hv_l4 = table_virt(hv_l4_paddr);
}

__init void map_use_direct(void)
{
    map_table_base = DIRECTMAP_VIRT;
    hv_l4 = table_virt(hv_l4_paddr);
}

/* Only slots that a region uses; the others stay empty for ever. */
__init void map_finish_slots(void)
{
    static const vaddr_t used[] __initconst = { M2P_VIRT, M2P_RW_VIRT, IMAGE_VIRT, FRAMETABLE_VIRT };

    for (unsigned int i = 0; i < ARRAY_SIZE(used); i++)
        BUG_ON(!walk_to(used[i], 3));
    for (vaddr_t va = DIRECTMAP_VIRT; va < DIRECTMAP_VIRT + DIRECTMAP_SIZE; va += 1ULL << 39)
        BUG_ON(!walk_to(va, 3));
}
