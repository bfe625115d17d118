/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two vCPUs that would make two CPUs of the hypervisor wait for each other, if it waited where it must not: for other
 * CPUs with interrupts off, or for the lock of a page table while it holds one of the same level. What is checked is
 * that both come to an end. Best on more vCPUs than the host has processors: then each is stopped anywhere.
 */
#include "selftest/selftest.h"

#define ROUNDS   200u
#define LDT_PAGE page_b

static long extended(unsigned int cmd, uint64_t mfn, uint64_t entries)
{
    struct mmuext_op op = { .cmd = cmd, .arg1.mfn = mfn, .arg2.nr_ents = (unsigned int)entries };
    return hypercall4(__HYPERVISOR_mmuext_op, PTR(&op), 1, 0, DOMID_SELF);
}

static long map(const void *va, uint64_t mfn, uint64_t flags)
{
    return hypercall3(__HYPERVISOR_update_va_mapping, PTR(va), flags ? mfn << 12 | flags : 0,
                      UVMF_TLB_FLUSH | UVMF_ALL);
}

static long reservation(unsigned int cmd, uint64_t *frame)
{
    struct xen_memory_reservation r = { .nr_extents = 1, .domid = DOMID_SELF };

    set_xen_guest_handle_raw(r.extent_start, (xen_pfn_t *)frame);
    return hypercall2(__HYPERVISOR_memory_op, cmd, PTR(&r));
}

/* Selector 7 is the LDT's first descriptor: the processor faults on the LDT's page inside the hypervisor. */
static void ldt_user(void)
{
    for (unsigned int i = 0; i < 2 * ROUNDS; i++) {
        extended(MMUEXT_SET_LDT, PTR(LDT_PAGE), 8);
        hypercall2(__HYPERVISOR_set_segment_base, SEGBASE_GS_USER_SEL, 7);
    }
    extended(MMUEXT_SET_LDT, 0, 0);
    hypercall2(__HYPERVISOR_set_segment_base, SEGBASE_GS_USER_SEL, 0);
}

/* The page that the LDT is in is given up first, then its mapping, which was its last reference. */
static void ldt_pages(void)
{
    unsigned int made = 0;

    for (unsigned int i = 0; i < ROUNDS; i++) {
        uint64_t frame = va_to_pfn(LDT_PAGE);

        if (reservation(XENMEM_populate_physmap, &frame) != 1)
            continue;
        map(LDT_PAGE, frame, i & 1 ? PTE_KERNEL_RO : PTE_KERNEL_RW);
        made += reservation(XENMEM_decrease_reservation, &frame) == 1;
        map(LDT_PAGE, 0, 0);
    }
    check("pages came and went under an LDT that another vCPU loads", ROUNDS, made);
}

static void ldt(void)
{
    uint64_t frame = va_to_mfn(LDT_PAGE);

    map(LDT_PAGE, 0, 0);
    check_rc("a page is given up", 1, reservation(XENMEM_decrease_reservation, &frame));
    second_run(ldt_user);
    ldt_pages();
    second_wait();
    frame = va_to_pfn(LDT_PAGE);
    check_rc("... and the vCPU that loaded it goes on", 1, reservation(XENMEM_populate_physmap, &frame));
    ((uint64_t *)start_info->mfn_list)[va_to_pfn(LDT_PAGE)] = frame;
    check_rc("... with a page in its place", 0, map(LDT_PAGE, frame, PTE_KERNEL_RW));
}

static long entry(const void *table, unsigned int index, uint64_t mfn)
{
    struct mmu_update u = { .ptr = (va_to_mfn(table) << 12) + index * sizeof(uint64_t),
                            .val = mfn ? mfn << 12 | PTE_P | PTE_US : 0 };
    return hypercall4(__HYPERVISOR_mmu_update, PTR(&u), 1, 0, DOMID_SELF);
}

/* @a and @b, level 2: each vCPU has its own name the other's, lets go of the pins, and takes the name back. */
static void linear(const void *a, unsigned int slot, const void *b)
{
    uint64_t ma = va_to_mfn(a), mb = va_to_mfn(b);

    for (unsigned int i = 0; i < ROUNDS; i++) {
        extended(MMUEXT_PIN_L2_TABLE, ma, 0);
        extended(MMUEXT_PIN_L2_TABLE, mb, 0);
        entry(a, slot, mb);
        extended(MMUEXT_UNPIN_TABLE, mb, 0);
        entry(a, slot, 0);
        if (i % 8 == 0)
            extended(MMUEXT_UNPIN_TABLE, ma, 0);
    }
}

static void linear_there(void)
{
    linear(page_c, 5, page_b);
}

static void linear_tables(void)
{
    uint64_t b = va_to_mfn(page_b), c = va_to_mfn(page_c);

    memset(page_b, 0, PAGE_SIZE);
    memset(page_c, 0, PAGE_SIZE);
    map(page_b, b, PTE_KERNEL_RO);
    map(page_c, c, PTE_KERNEL_RO);
    second_run(linear_there);
    linear(page_b, 3, page_c);
    second_wait();
    extended(MMUEXT_UNPIN_TABLE, b, 0);
    extended(MMUEXT_UNPIN_TABLE, c, 0);
    entry(page_b, 3, 0);
    entry(page_c, 5, 0);
    extended(MMUEXT_UNPIN_TABLE, b, 0);
    extended(MMUEXT_UNPIN_TABLE, c, 0);
    check_rc("two tables that named each other in turn are pages", 0,
             map(page_b, b, PTE_KERNEL_RW) | map(page_c, c, PTE_KERNEL_RW));
}

void test_races_for_locks(void)
{
    ldt();
    linear_tables();
}
