/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of page tables: lists of updates, updates by address, stores that the hypervisor carries out. */
#include "bench/bench.h"

#define BATCH 512u

/* A branch of tables below an empty slot of the top one: level 3, 2 and 1. */
static uint64_t tree[3][512] __attribute__((aligned(4096)));
#define l3 tree[0]
#define l2 tree[1]
#define l1 tree[2]
#define TABLE(t)  (va_to_mfn(t) << 12 | PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)
#define AT(t, i)  (va_to_mfn(t) << 12 | (i) * 8)
#define FREE_SLOT 5 /* of 512 GiB, in what is user space elsewhere */

static struct mmu_update list[BATCH];
static uint64_t slot_maddr;

static long set(uint64_t maddr, uint64_t value)
{
    struct mmu_update u = { maddr, value };
    return mmu_update(&u, 1);
}

static long tree_begin(void)
{
    for (unsigned int i = 0; i < 3; i++)
        map_at(tree[i], va_to_mfn(tree[i]), PTE_KERNEL_RO);
    slot_maddr = va_to_mfn((void *)start_info->pt_base) << 12 | FREE_SLOT * 8;
    long rc = set(slot_maddr, TABLE(l3));
    rc = rc ?: set(AT(l3, 0), TABLE(l2));
    return rc ?: set(AT(l2, 0), TABLE(l1));
}
static void tree_end(void)
{
    set(slot_maddr, 0);
    for (unsigned int i = 0; i < 3; i++)
        map_at(tree[i], va_to_mfn(tree[i]), PTE_KERNEL_RW);
    memset(tree, 0, sizeof(tree));
}

static uint64_t pte_a, pte_b;

static long entries_begin(void)
{
    pte_a = va_to_mfn(page_a) << 12 | PTE_KERNEL_RW;
    pte_b = va_to_mfn(page_b) << 12 | PTE_KERNEL_RW;
    return tree_begin();
}
static bool odd(void)
{
    static bool now_odd;
    return now_odd = !now_odd;
}

static long l1_same(void)
{
    return set(AT(l1, 0), pte_a);
}
static long l1_other(void)
{
    return set(AT(l1, 0), odd() ? pte_a : pte_b);
}
static long l1_rights(void)
{
    return set(AT(l1, 0), odd() ? pte_a : pte_a & ~PTE_RW);
}
static long l1_presence(void)
{
    return set(AT(l1, 0), odd() ? pte_a : 0);
}
static long l1_keeping_ad(void)
{
    return set(AT(l1, 0) | MMU_PT_UPDATE_PRESERVE_AD, pte_a);
}

static long batch(unsigned int count)
{
    uint64_t value = odd() ? pte_a : 0;

    for (unsigned int i = 0; i < count; i++)
        list[i].val = value;
    return mmu_update(list, count);
}
static long batch_begin(void)
{
    for (unsigned int i = 0; i < BATCH; i++)
        list[i].ptr = AT(l1, i);
    return 0;
}
static long batch_16(void)
{
    return batch(16);
}
static long batch_512(void)
{
    return batch(512);
}

static long l2_same(void)
{
    return set(AT(l2, 0), TABLE(l1));
}
static long l2_presence(void)
{
    return set(AT(l2, 0), odd() ? TABLE(l1) : 0);
}
static long l3_presence(void)
{
    return set(AT(l3, 0), odd() ? TABLE(l2) : 0);
}
static long l4_presence(void)
{
    return set(slot_maddr, odd() ? TABLE(l3) : 0);
}
static long machphys(void)
{
    return set(va_to_mfn(page_a) << 12 | MMU_MACHPHYS_UPDATE, va_to_pfn(page_a));
}
static long data(void)
{
    return set(va_to_mfn(page_a) << 12, 0);
}

static long va_mapping(uint64_t pte, uint64_t flags)
{
    return hypercall3(__HYPERVISOR_update_va_mapping, PTR(page_a), pte, flags);
}
static long va_rights(uint64_t flags)
{
    return va_mapping(odd() ? pte_a : pte_a & ~PTE_RW, flags);
}
static long va_none(void)
{
    return va_rights(UVMF_NONE);
}
static long va_page(void)
{
    return va_rights(UVMF_INVLPG | UVMF_LOCAL);
}
static long va_page_all(void)
{
    return va_rights(UVMF_INVLPG | UVMF_ALL);
}
static long va_tlb(void)
{
    return va_rights(UVMF_TLB_FLUSH | UVMF_LOCAL);
}
static long va_tlb_all(void)
{
    return va_rights(UVMF_TLB_FLUSH | UVMF_ALL);
}
static long va_tlb_mask(void)
{
    static uint64_t mask = 1;
    return va_rights(UVMF_TLB_FLUSH | PTR(&mask));
}
static long va_same(void)
{
    return va_mapping(pte_a, UVMF_NONE);
}
static long va_presence(void)
{
    return va_mapping(odd() ? pte_a : 0, UVMF_INVLPG);
}
static void va_mapping_end(void)
{
    va_mapping(pte_a, UVMF_INVLPG);
}

/* A plain store to a table in use; it must not raise an exception. */
static uint64_t *entry_b;

static long store_begin(void)
{
    entry_b = pte_of(page_b, 1);
    return 0;
}
static long store(void)
{
    uint64_t before = bench_traps;

    RAISE("mov %1, (%0)", ::"r"(entry_b), "r"(odd() ? pte_b : pte_b & ~PTE_RW) : "rbx", "memory");
    return bench_traps == before ? 0 : -1;
}
static void store_end(void)
{
    map_at(page_b, va_to_mfn(page_b), PTE_KERNEL_RW);
}
static long exchange(void)
{
    uint64_t before = bench_traps, old = *entry_b;

    RAISE("lock cmpxchg %2, (%1)", : "+a"(old) : "r"(entry_b), "r"(old ^ PTE_RW) : "rbx", "memory", "cc");
    return bench_traps == before ? 0 : -1;
}

static const struct bench_op ops[] = {
    {.name = "mmu_update, the same", .begin = entries_begin, .run = l1_same},
    {.name = "mmu_update, another frame", .run = l1_other},
    {.name = "mmu_update, rights", .run = l1_rights},
    {.name = "mmu_update, present and not", .run = l1_presence},
    {.name = "mmu_update, keeping A and D", .run = l1_keeping_ad},
    {.name = "mmu_update, 16 entries", .begin = batch_begin, .run = batch_16},
    {.name = "mmu_update, 512 entries", .begin = batch_begin, .run = batch_512, .rounds = 32},
    {.name = "mmu_update, level 2, the same", .run = l2_same},
    {.name = "mmu_update, level 2, present and not", .run = l2_presence, .rounds = 64},
    {.name = "mmu_update, level 3, present and not", .run = l3_presence, .rounds = 64},
    {.name = "mmu_update, level 4, present and not", .run = l4_presence, .rounds = 64, .end = tree_end},
    {.name = "mmu_update, machine to physical", .run = machphys},
    {.name = "mmu_update, data", .run = data},
    {.name = "update_va_mapping, the same", .run = va_same},
    {.name = "update_va_mapping, no flush", .run = va_none},
    {.name = "update_va_mapping, INVLPG", .run = va_page},
    {.name = "update_va_mapping, INVLPG all", .run = va_page_all},
    {.name = "update_va_mapping, TLB", .run = va_tlb},
    {.name = "update_va_mapping, TLB all", .run = va_tlb_all},
    {.name = "update_va_mapping, TLB of a mask", .run = va_tlb_mask},
    {.name = "update_va_mapping, present and not", .run = va_presence, .end = va_mapping_end},
    {.name = "store to a page table", .begin = store_begin, .run = store, .end = store_end},
    {.name = "compare and exchange in a page table", .begin = store_begin, .run = exchange, .end = store_end},
};
BENCH_TABLE(page_tables)
