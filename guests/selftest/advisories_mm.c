/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What guests once did to page tables and memory operations of PV hypervisors to reach more than their own. The numbers
 * are those of the Xen project's public advisories; each check is the rule that was broken.
 */
#include "selftest/selftest.h"

#define ENTRY_FLAGS (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)
#define FREE_SLOT   300ul /* of the level 4 table: nobody uses it */
#define BAD_ENTRY   (0xfffffffffful << 12 | PTE_KERNEL_RW)

static long update(uint64_t ptr, uint64_t val, unsigned int owner)
{
    struct mmu_update u = { .ptr = ptr, .val = val };
    return hypercall4(__HYPERVISOR_mmu_update, PTR(&u), 1, 0, owner);
}

static long extended(unsigned int cmd, uint64_t mfn, uint64_t src, unsigned int owner)
{
    struct mmuext_op op = { .cmd = cmd, .arg1.mfn = mfn, .arg2.src_mfn = src };
    return hypercall4(__HYPERVISOR_mmuext_op, PTR(&op), 1, 0, owner);
}

static uint64_t entry_in(const uint64_t *entry, unsigned int slot)
{
    return (va_to_mfn(entry) << 12) + slot * sizeof(uint64_t);
}

static bool is_changed(const char *table, unsigned int slot)
{
    return ((const uint64_t *)(PTR(table) & ~(PAGE_SIZE - 1)))[slot] != 0;
}

/* A table that maps itself may never be writable through that (182, 185, 240). */
static void recursive_tables(void)
{
    static const char *const name[] = { "", "", "level 2 table in its own slot, writable (185)",
                                        "level 3 table in its own slot, writable (185)",
                                        "level 4 table in its own slot, writable (182)" };

    for (unsigned int level = 2; level <= 4; level++) {
        uint64_t *table = pte_of(page_a, level), slot = entry_in(table, FREE_SLOT), mfn = va_to_mfn(table);

        check_rc("a table in its own slot, read-only", 0,
                 update(slot, mfn << 12 | (ENTRY_FLAGS & ~PTE_RW), DOMID_SELF));
        check_rc(name[level], -EINVAL, update(slot, mfn << 12 | ENTRY_FLAGS, DOMID_SELF));
        check_rc("... and again, elsewhere, at once", -EINVAL, update(slot + 8, mfn << 12 | ENTRY_FLAGS, DOMID_SELF));
        update(slot, 0, DOMID_SELF);
        check("... and the slot is empty again", 0, is_changed((char *)table, FREE_SLOT));
    }
}

/* Page tables seen through the level 4 table's own slot: read, never written. */
static void linear_view(void)
{
    uint64_t *l4 = (uint64_t *)start_info->pt_base, slot = entry_in(l4, FREE_SLOT), got = 0;
    uint64_t va = ~0ul << 48 | FREE_SLOT << 39 | FREE_SLOT << 30 | FREE_SLOT << 21 | FREE_SLOT << 12;

    check_rc("the level 4 table in its own slot", 0,
             update(slot, va_to_mfn(l4) << 12 | (ENTRY_FLAGS & ~PTE_RW), DOMID_SELF));
    TRY("mov (%1), %0", : "=r"(got) : "r"(va + 511 * 8) : "memory");
    check("... is seen in memory", l4[511] >> 12, got >> 12);
    TRY("movq $0, (%0)", : : "r"(va + FREE_SLOT * 8) : "memory");
    check_trap("... and not written (182)", 14, 3);
    check_rc("... and gone", 0, update(slot, 0, DOMID_SELF));
}

/* Chains and rings of tables that take each other for tables of the level below (240). */
static void chains(void)
{
    uint64_t a = va_to_mfn(page_a), b = va_to_mfn(page_b), c = va_to_mfn(page_c), ro = ENTRY_FLAGS & ~PTE_RW;

    memset(guest_pages, 0, sizeof(guest_pages));
    map_at(page_a, a, PTE_KERNEL_RO);
    map_at(page_b, b, PTE_KERNEL_RO);
    map_at(page_c, c, PTE_KERNEL_RO);
    check_rc("three level 4 tables", 0,
             extended(MMUEXT_PIN_L4_TABLE, a, 0, DOMID_SELF) | extended(MMUEXT_PIN_L4_TABLE, b, 0, DOMID_SELF) |
                 extended(MMUEXT_PIN_L4_TABLE, c, 0, DOMID_SELF));
    check_rc("one names the next", 0, update(a << 12, b << 12 | ro, DOMID_SELF));
    check_rc("... that one a third (240)", -EINVAL, update(b << 12, c << 12 | ro, DOMID_SELF));
    check_rc("... or the first (240)", -EINVAL, update(b << 12, a << 12 | ro, DOMID_SELF));
    check_rc("... the third the first (240)", -EINVAL, update(c << 12, a << 12 | ro, DOMID_SELF));
    check_rc("released in that order", 0,
             extended(MMUEXT_UNPIN_TABLE, b, 0, DOMID_SELF) | extended(MMUEXT_UNPIN_TABLE, a, 0, DOMID_SELF) |
                 extended(MMUEXT_UNPIN_TABLE, c, 0, DOMID_SELF));
    check_rc("all three are pages again", 0,
             map_at(page_a, a, PTE_KERNEL_RW) | map_at(page_b, b, PTE_KERNEL_RW) | map_at(page_c, c, PTE_KERNEL_RW));
}

/* Large pages would be writable views of everything within (148, 176). */
static void large_pages(void)
{
    for (unsigned int level = 2; level <= 4; level++) {
        uint64_t *e = pte_of(page_a, level), old = *e;

        check_true("making a table's entry a large page (148, 176)",
                   update(pte_maddr(page_a, level), old | PTE_PS, DOMID_SELF) < 0);
        check("... leaves it", old & ~(PTE_A | PTE_D), *pte_of(page_a, level) & ~(PTE_A | PTE_D));
    }
}

/* Nobody may write through the hypervisor what he could not write himself (212, and owners that are no guests). */
static void writing_by_proxy(void)
{
    uint64_t in = va_to_mfn(page_a), out = va_to_pfn(page_a), m2p = *(volatile uint64_t *)MACH2PHYS_VIRT_START;
    struct xen_memory_exchange x = {
        .in = { .nr_extents = 1, .domid = DOMID_SELF },
          .out = { .nr_extents = 1, .domid = DOMID_SELF }
    };

    set_xen_guest_handle_raw(x.in.extent_start, (xen_pfn_t *)&in);
    set_xen_guest_handle_raw(x.out.extent_start, (xen_pfn_t *)MACH2PHYS_VIRT_START);
    check_rc("memory_exchange with its answer to the M2P (212)", -EFAULT,
             hypercall2(__HYPERVISOR_memory_op, XENMEM_exchange, PTR(&x)));
    set_xen_guest_handle_raw(x.out.extent_start, (xen_pfn_t *)0xffff830000000000ul);
    check_rc("memory_exchange with its answer to the direct map (212)", -EFAULT,
             hypercall2(__HYPERVISOR_memory_op, XENMEM_exchange, PTR(&x)));
    check("... the M2P is as it was", m2p, *(volatile uint64_t *)MACH2PHYS_VIRT_START);
    set_xen_guest_handle_raw(x.out.extent_start, (xen_pfn_t *)&out);
    check_true("memory_exchange of a page that is mapped",
               hypercall2(__HYPERVISOR_memory_op, XENMEM_exchange, PTR(&x)) < 0);
    x.nr_exchanged = 1ul << 61;
    check_true("memory_exchange that is past its end (212)",
               hypercall2(__HYPERVISOR_memory_op, XENMEM_exchange, PTR(&x)) < 0);
    check_true("clearing a page of firmware", extended(MMUEXT_CLEAR_PAGE, 0xf0, 0, DOMID_IO) < 0);
    check_true("clearing a page of the hypervisor",
               extended(MMUEXT_CLEAR_PAGE, start_info->shared_info >> 12, 0, DOMID_XEN) < 0);
    check_true("clearing a page table",
               extended(MMUEXT_CLEAR_PAGE, va_to_mfn((void *)start_info->pt_base), 0, DOMID_SELF) < 0);
    check_true("copying over a page table",
               extended(MMUEXT_COPY_PAGE, va_to_mfn((void *)start_info->pt_base), va_to_mfn(page_a), DOMID_SELF) < 0);
    check_true("copying from a frame that is not ours",
               extended(MMUEXT_COPY_PAGE, va_to_mfn(page_a), 0xf0, DOMID_SELF) < 0);
    check_true("page tables of nobody's domain", update(0xf0000, 0, (DOMID_IO + 1u) << 16 | DOMID_SELF) < 0);
    check_true("an M2P entry of a frame that is not ours", update(0xf0000 | MMU_MACHPHYS_UPDATE, 1, DOMID_SELF) < 0);
}

/* A translation that the guest did not flush must not survive the page's change of type (241, 286, 401). */
static void stale_translations(void)
{
    uint64_t mfn = va_to_mfn(page_a);
    volatile uint64_t *p = (volatile uint64_t *)page_a;

    memset(page_a, 0, PAGE_SIZE);
    check_rc("a page that was written, now read-only, not flushed", 0,
             hypercall3(__HYPERVISOR_update_va_mapping, PTR(page_a), mfn << 12 | PTE_KERNEL_RO, 0));
    check_rc("... is pinned as a table", 0, extended(MMUEXT_PIN_L1_TABLE, mfn, 0, DOMID_SELF));
    TRY("mov %1, (%0)", : : "r"(p + 5), "r"(BAD_ENTRY) : "memory");
    check_trap("... and refuses what no table may have (286, 401)", 14, 3);
    check("... nothing is written", 0, p[5]);
    check_rc("... is unpinned", 0, extended(MMUEXT_UNPIN_TABLE, mfn, 0, DOMID_SELF));
    check_rc("... and writable again", 0, map_at(page_a, mfn, PTE_KERNEL_RW));
}

/* A table refused half-way, again and again, leaves no count behind (296, 299, 310). */
static void refused_tables(void)
{
    uint64_t mfn = va_to_mfn(page_a), l1 = *pte_of(page_b, 2) & 0xffffffffff000ul, *p = (uint64_t *)page_a;
    unsigned int accepted = 0;

    for (unsigned int i = 0; i < 400; i++)
        p[i] = l1 | ENTRY_FLAGS;
    p[400] = BAD_ENTRY;
    check_rc("a table with one bad entry", 0, map_at(page_a, mfn, PTE_KERNEL_RO));
    for (unsigned int i = 0; i < 200; i++)
        accepted += extended(MMUEXT_PIN_L2_TABLE + i % 3, mfn, 0, DOMID_SELF) >= 0;
    check("... pinned at several levels, times accepted (299, 310)", 0, accepted);
    check_rc("... becomes an ordinary page again", 0, map_at(page_a, mfn, PTE_KERNEL_RW));
    memset(page_a, 0, PAGE_SIZE);
    check_rc("... and, empty, read-only", 0, map_at(page_a, mfn, PTE_KERNEL_RO));
    check_rc("... a level 3 table", 0, extended(MMUEXT_PIN_L3_TABLE, mfn, 0, DOMID_SELF));
    check_rc("... unpinned", 0, extended(MMUEXT_UNPIN_TABLE, mfn, 0, DOMID_SELF));
    check_rc("... and ordinary", 0, map_at(page_a, mfn, PTE_KERNEL_RW));
}

/* A list within a list would have no end. */
static void lists(void)
{
    static struct multicall_entry list[2];

    list[0] = (struct multicall_entry){
        .op = __HYPERVISOR_multicall, .args = { PTR(list), 2 }
    };
    list[1] = (struct multicall_entry){ .op = __HYPERVISOR_xen_version, .args = { XENVER_version } };
    check_rc("a multicall", 0, hypercall2(__HYPERVISOR_multicall, PTR(list), 2));
    check_true("... with itself in it", (long)list[0].result < 0);
    check("... and what stands behind is done", 0x40011, list[1].result);
}

/* A balloon gives up only what is the guest's own, and never a page in use as a table. */
static void giving_up(void)
{
    xen_pfn_t frame = 0xf0;
    struct xen_memory_reservation r = { .nr_extents = 1, .domid = DOMID_SELF };

    set_xen_guest_handle_raw(r.extent_start, &frame);
    check_rc("giving up firmware's page", 0, hypercall2(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, PTR(&r)));
    frame = ~0ul;
    check_rc("giving up a frame that does not exist", 0,
             hypercall2(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, PTR(&r)));
    r.extent_order = 63;
    check_rc("giving up 2^63 frames", 0, hypercall2(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, PTR(&r)));
    r = (struct xen_memory_reservation){ .nr_extents = ~0ul, .domid = DOMID_SELF };
    check_rc("more extents than can be counted", 0,
             hypercall2(__HYPERVISOR_memory_op, XENMEM_populate_physmap, PTR(&r)));
}

void test_advisories_mm(void)
{
    recursive_tables();
    linear_view();
    chains();
    large_pages();
    writing_by_proxy();
    stale_translations();
    refused_tables();
    lists();
    giving_up();
}
