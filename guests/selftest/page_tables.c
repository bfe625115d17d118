/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Updates of page tables that must be refused, and those that must work. */
#include "selftest/selftest.h"

static long update(uint64_t ptr, uint64_t val, unsigned int *done)
{
    struct mmu_update u = { .ptr = ptr, .val = val };
    *done = 0;
    return hypercall4(__HYPERVISOR_mmu_update, PTR(&u), 1, PTR(done), DOMID_SELF);
}

static long extended(unsigned int cmd, uint64_t arg)
{
    struct mmuext_op op = { .cmd = cmd, .arg1.mfn = arg };
    return hypercall4(__HYPERVISOR_mmuext_op, PTR(&op), 1, 0, DOMID_SELF);
}

static void leaf_entries(void)
{
    uint64_t mfn = va_to_mfn(page_a);
    unsigned int done;

    check_rc("update of a leaf entry", 0, update(pte_maddr(page_a, 1), mfn << 12 | PTE_KERNEL_RW, &done));
    check("... is counted", 1, done);
    check_rc("two mappings of a page", 0, map_at(page_b, mfn, PTE_KERNEL_RW));
    *(volatile uint8_t *)&page_a[8] = 0x5a;
    check("... show the same", 0x5a, *(volatile uint8_t *)&page_b[8]);
    check_rc("mapping a page back", 0, map_at(page_b, pfn_to_mfn(va_to_pfn(page_b)), PTE_KERNEL_RW));
    check_true("a frame that is nobody's is refused", map_at(page_b, 0xfffffffffful, PTE_KERNEL_RW) < 0);
    check("... and nothing changes", pfn_to_mfn(va_to_pfn(page_b)), *pte_of(page_b, 1) >> 12 & 0xffffffffff);
    check_true("an address of the hypervisor is refused",
               hypercall3(__HYPERVISOR_update_va_mapping, HYPERVISOR_VIRT_START, mfn << 12 | PTE_KERNEL_RW, 0) < 0);
    check_true("a non-canonical address is refused",
               hypercall3(__HYPERVISOR_update_va_mapping, 0x0001000000000000ul, mfn << 12 | PTE_KERNEL_RW, 0) < 0);
}

/* No page table may become writable, at whatever level it is, under whatever address. */
static void writable_tables(void)
{
    static const char *const name[] = { "", "level 1 table writable: refused", "level 2 table writable: refused",
                                        "level 3 table writable: refused", "level 4 table writable: refused" };

    for (unsigned int level = 1; level <= 4; level++) {
        uint64_t table = va_to_mfn(pte_of(page_a, level));
        check_true(name[level], map_at(page_b, table, PTE_KERNEL_RW) < 0);
        check_rc("... read-only: accepted", 0, map_at(page_b, table, PTE_KERNEL_RO));
    }
    check_rc("restoring the mapping", 0, map_at(page_b, pfn_to_mfn(va_to_pfn(page_b)), PTE_KERNEL_RW));
}

static void upper_entries(void)
{
    uint64_t l4 = pte_maddr(page_a, 4) & ~0xffful;
    uint64_t mfn = va_to_mfn(page_a), l1 = *pte_of(page_a, 2);
    unsigned int done;

    check_true("the hypervisor's slot 256", update(l4 + 256 * 8, 0, &done) < 0 || done == 0);
    check_true("the hypervisor's slot 271", update(l4 + 271 * 8, mfn << 12 | PTE_KERNEL_RW, &done) < 0);
    check_true("a writable page as level 1 table", update(pte_maddr(page_a, 2) + 8 * 100, mfn << 12 | 0x67, &done) < 0);
    check_true("a large page in level 2",
               update(pte_maddr(page_a, 2) + 8 * 100, (mfn & ~511ul) << 12 | 0xe7, &done) < 0);
    check_true("a level 1 table in level 3", update(pte_maddr(page_a, 3), l1, &done) < 0);
    check_true("an entry that is not of a page table and no page of ours", update(0x1000, 0, &done) < 0);
    check_true("a misaligned entry", update(pte_maddr(page_a, 1) + 4, 0, &done) < 0);
}

static void pins(void)
{
    uint64_t mfn = va_to_mfn(page_c);

    memset(page_c, 0, PAGE_SIZE);
    check_true("pinning a page that is mapped writable", extended(MMUEXT_PIN_L1_TABLE, mfn) < 0);
    check_rc("mapping it read-only", 0, map_at(page_c, mfn, PTE_KERNEL_RO));
    check_rc("pinning it as level 1", 0, extended(MMUEXT_PIN_L1_TABLE, mfn));
    check_true("pinning it again", extended(MMUEXT_PIN_L1_TABLE, mfn) < 0);
    check_true("pinning it as level 2", extended(MMUEXT_PIN_L2_TABLE, mfn) < 0);
    check_true("mapping it writable while pinned", map_at(page_c, mfn, PTE_KERNEL_RW) < 0);
    check_rc("unpinning", 0, extended(MMUEXT_UNPIN_TABLE, mfn));
    check_true("unpinning again", extended(MMUEXT_UNPIN_TABLE, mfn) < 0);
    check_rc("mapping it writable", 0, map_at(page_c, mfn, PTE_KERNEL_RW));
    ((uint64_t *)page_c)[3] = 0xfffffffffful << 12 | PTE_KERNEL_RW;
    check_rc("mapping it read-only again", 0, map_at(page_c, mfn, PTE_KERNEL_RO));
    check_true("pinning a table with a frame that is nobody's", extended(MMUEXT_PIN_L1_TABLE, mfn) < 0);
    check_rc("mapping it writable again", 0, map_at(page_c, mfn, PTE_KERNEL_RW));
    check_true("a base pointer that is no level 4 table", extended(MMUEXT_NEW_BASEPTR, mfn) < 0);
    check_true("pinning the hypervisor's memory", extended(MMUEXT_PIN_L1_TABLE, start_info->shared_info >> 12) < 0);
}

/* Plain stores to a page table: the hypervisor performs them if they are allowed. */
static void stores(void)
{
    volatile uint64_t *pte = pte_of(page_b, 1);
    uint64_t good = *pte, mfn = va_to_mfn(page_b);

    TRY("movq %1, (%0)", : : "r"(pte), "r"(good & ~PTE_RW) : "memory");
    check_no_trap("a store to a level 1 table");
    check("... is seen", 0, *pte & PTE_RW);
    hypercall2(__HYPERVISOR_vm_assist, VMASST_CMD_enable, VMASST_TYPE_writable_pagetables);
    TRY("movq %1, (%0)", : : "r"(pte), "r"(good) : "memory");
    check_no_trap("restoring it");
    TRY("movq %1, (%0)", : : "r"(pte), "r"(va_to_mfn((void *)start_info->pt_base) << 12 | PTE_KERNEL_RW) : "memory");
    check_true("a store of a forbidden entry faults", trap_seen.vector != NO_TRAP);
    check("... and changes nothing", mfn, *pte >> 12 & 0xffffffffff);
    TRY("lock cmpxchgq %2, (%1)", : : "a"(*pte), "r"(pte), "r"(good) : "memory", "cc");
    check_no_trap("compare and exchange on a level 1 table");
}

/* Stores of other sizes and shapes: refused or done, but never a half of an entry and never two tables' entries. */
static void odd_stores(void)
{
    volatile uint64_t *pte = pte_of(page_b, 1);
    uint64_t good = *pte, mfn = va_to_mfn(page_b), *last = (uint64_t *)((PTR(pte) | 0xfff) - 3);
    uint64_t pair[2] __attribute__((aligned(16)));

    memcpy(pair, (const void *)(PTR(pte) & ~15ul), sizeof(pair));
    TRY("lock cmpxchg16b (%0)",
        :
        : "r"(PTR(pte) & ~15ul), "a"(pair[0]), "d"(pair[1]), "b"(~0ul), "c"(~0ul)
        : "memory", "cc");
    check_true("CMPXCHG16B of two entries", trap_seen.vector == 14 || trap_seen.vector == 13 || trap_seen.vector == 6);
    check("... changes neither", 0, (pair[0] ^ *(uint64_t *)(PTR(pte) & ~15ul)) & ~(uint64_t)(PTE_A | PTE_D));
    TRY("lock cmpxchg8b (%0)",
        :
        : "r"(pte), "a"((uint32_t)good), "d"((uint32_t)(good >> 32)), "b"(~0u), "c"(~0u)
        : "memory", "cc");
    check("CMPXCHG8B of a bad entry changes nothing (200)", mfn, *pte >> 12 & 0xffffffffff);
    TRY("movups %%xmm0, (%0)", : : "r"(PTR(pte) & ~15ul) : "memory");
    check_trap("an SSE store to two entries", 14, 3);
    TRY("movq $0, (%0)", : : "r"(last) : "memory");
    check_true("a store across the table's end", trap_seen.vector == 14);
    TRY("btsq %1, (%0)", : : "r"(pte), "r"(1ul << 40) : "memory", "cc");
    check_true("a bit far behind the table (195)", trap_seen.vector == 14 || trap_seen.vector == 13);
    TRY("btsq $1, (%0)", : : "r"(pte_of(page_a, 2)) : "memory", "cc");
    check_true("a bit of a level 2 entry", trap_seen.vector == 14 || trap_seen.vector == NO_TRAP);
    check("... the page is where it was", mfn, *pte >> 12 & 0xffffffffff);
}

void test_page_tables(void)
{
    leaf_entries();
    writable_tables();
    upper_entries();
    pins();
    stores();
    odd_stores();
}
