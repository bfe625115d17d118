/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that is a device's, and how it and ordinary memory are cached; where memory may come from; pages that the
 * hypervisor lends. The numbers are those of the Xen project's public advisories.
 */
#include "selftest/selftest.h"

#define PTE_PWT       0x8ul
#define PTE_PCD       0x10ul
#define PTE_PAT       0x80ul
#define PTE_CACHE     (PTE_PWT | PTE_PCD | PTE_PAT)
#define VGA_TEXT      0xb8ul /* machine frames: under 1 MiB, and of no device at all */
#define EMPTY_ADDRESS 0xfeb00ul

static long extended(unsigned int cmd, uint64_t mfn)
{
    struct mmuext_op op = { .cmd = cmd, .arg1.mfn = mfn };
    return hypercall4(__HYPERVISOR_mmuext_op, PTR(&op), 1, 0, DOMID_SELF);
}

/* What is asked for, and what it becomes: uncached, unless it is that or write-combining already. */
static const struct {
    const char *name;
    uint64_t wanted, got;
} cache[] = {
    {"write-back",      0,                 PTE_PCD | PTE_PWT},
    {"write-through",   PTE_PWT,           PTE_PCD | PTE_PWT},
    {"uncached-",       PTE_PCD,           PTE_PCD          },
    {"uncached",        PTE_PCD | PTE_PWT, PTE_PCD | PTE_PWT},
    {"write-combining", PTE_PAT,           PTE_PAT          },
    {"write-protected", PTE_PAT | PTE_PWT, PTE_PCD | PTE_PWT},
};

static long update(uint64_t ptr, uint64_t val)
{
    struct mmu_update u = { .ptr = ptr, .val = val };
    return hypercall4(__HYPERVISOR_mmu_update, PTR(&u), 1, 0, DOMID_SELF);
}

static uint64_t cached_how(void)
{
    return *pte_of(page_b, 1) & PTE_CACHE;
}

/* One page of a device may not be cached here and uncached there (154): by whichever way its entry is made. */
static void of_devices(void)
{
    static const uint64_t frame[] = { VGA_TEXT, EMPTY_ADDRESS };
    unsigned int wrong = 0;

    for (unsigned int i = 0; i < ARRAY_SIZE(cache) * ARRAY_SIZE(frame); i++) {
        uint64_t wanted = cache[i / 2].wanted, got = cache[i / 2].got, mfn = frame[i % 2];
        printk("a device's page, %s", cache[i / 2].name);
        check_rc("... by update_va_mapping", 0, map_at(page_b, mfn, PTE_KERNEL_RW | wanted));
        check("... is cached so (154)", got, cached_how());
        wrong += update(pte_maddr(page_b, 1), 0) != 0;
        wrong += update(pte_maddr(page_b, 1), mfn * PAGE_SIZE | PTE_KERNEL_RW | wanted) != 0 || cached_how() != got;
        wrong += map_at(page_b, 0, 0) != 0;
        TRY("movq %1, (%0)", : : "r"(pte_of(page_b, 1)), "r"(mfn * PAGE_SIZE | PTE_KERNEL_RW | wanted) : "memory");
        wrong += trap_seen.vector != NO_TRAP || cached_how() != got;
    }
    check("... by mmu_update and by a store: otherwise (154)", 0, wrong);
    map_at(page_b, va_to_mfn(page_b), PTE_KERNEL_RW);
}

/* The same when it is in a table before that is one. */
static void in_a_new_table(void)
{
    uint64_t *table = (uint64_t *)page_a, mfn = va_to_mfn(page_a);
    unsigned int wrong = 0;

    memset(page_a, 0, PAGE_SIZE);
    for (unsigned int i = 0; i < ARRAY_SIZE(cache); i++)
        table[i] = VGA_TEXT * PAGE_SIZE | PTE_KERNEL_RW | cache[i].wanted;
    check_rc("a table full of a device's page", 0,
             map_at(page_a, mfn, PTE_KERNEL_RO) | extended(MMUEXT_PIN_L1_TABLE, mfn));
    for (unsigned int i = 0; i < ARRAY_SIZE(cache); i++)
        wrong += (table[i] & PTE_CACHE) != cache[i].got;
    check("... entries cached otherwise (154)", 0, wrong);
    check_rc("... is a page again", 0, extended(MMUEXT_UNPIN_TABLE, mfn) | map_at(page_a, mfn, PTE_KERNEL_RW));
    memset(page_a, 0, PAGE_SIZE);
}

/* RAM, uncached: what is written so and then taken for a page table is read as it was written (402). */
static void uncached_tables(void)
{
    uint64_t mfn = va_to_mfn(page_a);
    volatile uint64_t *entry = (volatile uint64_t *)page_b;

    for (unsigned int i = 1; i < ARRAY_SIZE(cache); i++) {
        long rc = map_at(page_b, mfn, PTE_KERNEL_RW | cache[i].wanted);
        if (!is_dom0()) { /* without devices there is no use for it */
            check_rc("RAM mapped uncached by a guest without devices (402)", -EINVAL, rc);
            continue;
        }
        check_rc("RAM mapped uncached (402)", 0, rc);
        entry[7] = 0xfffffffffful << 12 | PTE_KERNEL_RW;
        map_at(page_a, mfn, PTE_KERNEL_RO);
        map_at(page_b, mfn, PTE_KERNEL_RO | cache[i].wanted);
        check_true("... a table with what it may not hold (402)", extended(MMUEXT_PIN_L1_TABLE, mfn) < 0);
        map_at(page_b, mfn, PTE_KERNEL_RW | cache[i].wanted);
        entry[7] = 0;
        map_at(page_b, va_to_mfn(page_b), PTE_KERNEL_RW);
        check_rc("... without it", 0, extended(MMUEXT_PIN_L1_TABLE, mfn) | extended(MMUEXT_UNPIN_TABLE, mfn));
        map_at(page_a, mfn, PTE_KERNEL_RW);
    }
    map_at(page_b, va_to_mfn(page_b), PTE_KERNEL_RW);
}

static void not_ours(void)
{
    static const uint64_t frame[] = { VGA_TEXT, EMPTY_ADDRESS, 0xfee00, 0xfec00, 0xfed00, 0 };
    unsigned int accepted = 0;

    for (unsigned int i = 0; i < ARRAY_SIZE(frame); i++)
        for (uint64_t flags = PTE_KERNEL_RO; flags <= PTE_KERNEL_RW; flags += PTE_RW)
            accepted += map_at(page_b, frame[i], flags) >= 0;
    check("pages of devices that are not the guest's: accepted", 0, accepted);
}

static long reserve(unsigned int cmd, unsigned int order, unsigned int flags, xen_pfn_t *frame)
{
    struct xen_memory_reservation r = { .nr_extents = 1, .extent_order = order, .mem_flags = flags,
                                        .domid = DOMID_SELF };

    set_xen_guest_handle_raw(r.extent_start, frame);
    return hypercall2(__HYPERVISOR_memory_op, cmd, PTR(&r));
}

/* Gives a frame back that a reservation gave; without one there is nothing to do. */
static long give_back(long got, xen_pfn_t frame)
{
    return got == 1 ? reserve(XENMEM_decrease_reservation, 0, 0, &frame) - 1 : 0;
}

/*
 * NUMA nodes (231). A control domain that names one that cannot be gets nothing; anybody else has no say, and gets
 * nothing if he insists.
 */
static void nodes(void)
{
    static const struct {
        const char *name;
        unsigned int flags;
        bool dom0, domu;
    } node[] = {
        {"any node",                         0,                                             true,  true },
        {"node 0",                           XENMEMF_node(0),                               true,  true },
        {"node 64 (231)",                    XENMEMF_node(64),                              false, true },
        {"node 200 (231)",                   XENMEMF_node(200),                             false, true },
        {"node 254 (231)",                   XENMEMF_node(254),                             false, true },
        {"node 64 and no other (231)",       XENMEMF_node(64) | XENMEMF_exact_node_request, false, false},
        {"node 254 and no other (231)",      XENMEMF_exact_node(254),                       false, false},
        {"node 63, not there, or another",   XENMEMF_node(63),                              true,  true },
        {"node 63, not there, and no other", XENMEMF_exact_node(63),                        false, false},
    };
    struct xen_memory_exchange x = {
        .in = { .nr_extents = 1,                       .domid = DOMID_SELF },
        .out = { .nr_extents = 1, .mem_flags = XENMEMF_exact_node(200), .domid = DOMID_SELF }
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(node); i++) {
        xen_pfn_t frame = 0x70000;
        long expected = is_dom0() ? node[i].dom0 : node[i].domu;
        long got = reserve(XENMEM_increase_reservation, 0, node[i].flags, &frame);

        check_rc(node[i].name, expected, got);
        check_rc("... given back", 0, give_back(got, frame));
        frame = va_to_pfn(page_b);
        got = reserve(XENMEM_populate_physmap, 0, node[i].flags, &frame);
        check_rc("... for a frame with a number", expected, got);
        check_rc("... given back", 0, give_back(got, frame));
    }
    uint64_t in = va_to_mfn(page_a), out = va_to_pfn(page_a);
    set_xen_guest_handle_raw(x.in.extent_start, (xen_pfn_t *)&in);
    set_xen_guest_handle_raw(x.out.extent_start, (xen_pfn_t *)&out);
    check_rc("memory_exchange for a page of node 200 and no other (231)", -EINVAL,
             hypercall2(__HYPERVISOR_memory_op, XENMEM_exchange, PTR(&x)));
}

/* More than the toolstack allows, whatever the extents (385). */
static void beyond_the_limit(void)
{
    static xen_pfn_t frame[512]; /* libxl allows 1 MiB more than it is told */
    domid_t self = DOMID_SELF;
    long max = hypercall2(__HYPERVISOR_memory_op, XENMEM_maximum_reservation, PTR(&self)), got = 1, now;
    unsigned int n = 0;

    if (is_dom0())
        return; /* its limit is the machine */
    while (n < ARRAY_SIZE(frame) && got == 1)
        got = reserve(XENMEM_increase_reservation, 0, 0, &frame[n++]);
    n -= got != 1;
    check_rc("one page more than allowed (385)", 0, got);
    for (unsigned int order = 1; order < 10; order++) {
        xen_pfn_t large;
        check_rc("... an extent more (385)", 0, reserve(XENMEM_increase_reservation, order, 0, &large));
        if (n) { /* and where a part of it would fit */
            n--;
            reserve(XENMEM_decrease_reservation, 0, 0, &frame[n]);
        }
    }
    now = hypercall2(__HYPERVISOR_memory_op, XENMEM_current_reservation, PTR(&self));
    check_true("... there is never more than the maximum (385)", now <= max);
    while (n--)
        reserve(XENMEM_decrease_reservation, 0, 0, &frame[n]);
}

/* What the hypervisor shares with the guest is not the guest's to make a table of (64, 248, 379). */
static void lent(void)
{
    xen_pfn_t frame[2] = { start_info->shared_info / PAGE_SIZE };
    struct gnttab_setup_table s = { .dom = DOMID_SELF, .nr_frames = 1 };
    unsigned int accepted = 0;

    set_xen_guest_handle_raw(s.frame_list, &frame[1]);
    hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, PTR(&s), 1);
    for (unsigned int i = 0; i < ARRAY_SIZE(frame); i++) {
        xen_pfn_t f = frame[i];
        for (unsigned int level = 0; level < 4; level++)
            accepted += extended(MMUEXT_PIN_L1_TABLE + level, f) >= 0;
        accepted += extended(MMUEXT_NEW_BASEPTR, f) >= 0;
        accepted += extended(MMUEXT_NEW_USER_BASEPTR, f) >= 0;
        accepted += hypercall2(__HYPERVISOR_set_gdt, PTR(&f), 8) >= 0;
    }
    check("shared_info and the grant table as tables: accepted (64, 248)", 0, accepted);
}

void test_advisories_devices(void)
{
    if (is_dom0()) {
        of_devices();
        in_a_new_table();
    } else {
        not_ours();
    }
    uncached_tables();
    nodes();
    beyond_the_limit();
    lent();
}
