/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypercalls that take sizes, numbers and addresses which they once believed: memory_op, physdev_op, flushes, areas
 * that the hypervisor writes later. The numbers are those of the Xen project's public advisories.
 */
#include "selftest/selftest.h"

#define HYPERVISOR_END 0xffff880000000000ul /* the first address behind it that is the guest's */

static long memory_op(unsigned int cmd, const void *arg)
{
    return hypercall2(__HYPERVISOR_memory_op, cmd, PTR(arg));
}

static long physdev(unsigned int cmd, const void *arg)
{
    return hypercall2(__HYPERVISOR_physdev_op, cmd, PTR(arg));
}

static const struct {
    const char *name;
    unsigned int order, flags;
    uint64_t nr;
} reservation[] = {
    {"extents of 2^31 frames (31)",          31,  0,                          1        },
    {"extents of 2^32 frames (31)",          32,  0,                          1        },
    {"extents of 2^64 frames (31)",          64,  0,                          1        },
    {"an order of 32 bits (31)",             ~0u, 0,                          1        },
    {"frames that are there on demand (14)", 0,   XENMEMF_populate_on_demand, 1        },
    {"addresses of 12 bits",                 0,   XENMEMF_address_bits(12),   1        },
    {"2^56 extents of 512 frames",           9,   0,                          1ul << 56},
};

/* Reservations count what was done: none of these does anything, in neither direction. */
static void reservations(void)
{
    xen_pfn_t frame;

    for (unsigned int i = 0; i < ARRAY_SIZE(reservation); i++) {
        struct xen_memory_reservation r = { .nr_extents = reservation[i].nr,
                                            .extent_order = reservation[i].order,
                                            .mem_flags = reservation[i].flags,
                                            .domid = DOMID_SELF };
        long before = memory_op(XENMEM_current_reservation, &r.domid);

        set_xen_guest_handle_raw(r.extent_start, &frame);
        frame = va_to_pfn(page_c);
        check_rc(reservation[i].name, 0, memory_op(XENMEM_populate_physmap, &r));
        frame = ~0ul >> 1;
        check_rc("... given back", 0, memory_op(XENMEM_decrease_reservation, &r));
        check("... and nothing was taken or given", (uint64_t)before,
              (uint64_t)memory_op(XENMEM_current_reservation, &r.domid));
    }
}

static long exchange(const xen_pfn_t *in, uint64_t nr_in, unsigned int order_in, uint64_t out, uint64_t nr_out,
                     unsigned int order_out, uint64_t done)
{
    struct xen_memory_exchange x = {
        .in = { .nr_extents = nr_in,  .extent_order = order_in,  .domid = DOMID_SELF },
        .out = { .nr_extents = nr_out, .extent_order = order_out, .domid = DOMID_SELF },
        .nr_exchanged = done
    };

    set_xen_guest_handle_raw(x.in.extent_start, (xen_pfn_t *)in);
    set_xen_guest_handle_raw(x.out.extent_start, (xen_pfn_t *)out);
    return memory_op(XENMEM_exchange, &x);
}

/*
 * The array of the answer may be good at its beginning, or only where the last call is said to have stopped (29, 212).
 */
static void exchanges(void)
{
    static xen_pfn_t in[8];
    uint64_t m2p = *(volatile uint64_t *)MACH2PHYS_VIRT_START, mfn = va_to_mfn(page_a);

    for (unsigned int i = 0; i < ARRAY_SIZE(in); i++)
        in[i] = mfn;
    check_true("memory_exchange: an answer that reaches the hypervisor by its index (212)",
               exchange(in, 512, 0, HYPERVISOR_VIRT_START - 256 * 8, 512, 0, 300) < 0);
    check_true("... by an index beyond all sense (212)",
               exchange(in, 1ul << 40, 0, 0xffff700000000000ul, 1ul << 40, 0, 1ul << 36) < 0);
    check_rc("... that begins before it (29)", -EFAULT, exchange(in, 512, 0, HYPERVISOR_VIRT_START - 8, 512, 0, 0));
    check_true("... that wraps round (29)", exchange(in, 1ul << 62, 0, PTR(in), 1ul << 62, 0, 1ul << 61) < 0);
    check_rc("... frames read from the hypervisor (29)", -EFAULT,
             exchange((xen_pfn_t *)0xffff830000000000ul, 1, 0, PTR(in), 1, 0, 0));
    check_true("... of other sizes in and out (159)", exchange(in, 4, 0, PTR(in), 2, 0, 0) < 0);
    check_true("... of orders that add up to nothing (31)", exchange(in, 1, 64, PTR(in), 1, 64, 0) < 0);
    check_true("... of a frame that does not exist (32)",
               exchange((const xen_pfn_t[]){ ~0ul >> 1 }, 1, 0, PTR(in), 1, 0, 0) < 0);
    check_true("... of one frame twice (159)", exchange(in, 2, 0, PTR(in), 2, 0, 0) < 0);
    check("... the page is still ours", 0, (uint64_t)map_at(page_a, mfn, PTE_KERNEL_RW));
    check("... and the M2P as it was", m2p, *(volatile uint64_t *)MACH2PHYS_VIRT_START);
}

/* Frames behind something of another domain: whatever fails, no lock and no count stays (334). */
static void resources(void)
{
    static const struct {
        const char *name;
        struct xen_mem_acquire_resource op;
    } bad[] = {
        {"acquire_resource of ourselves (334)", {.domid = DOMID_SELF, .nr_frames = 1}                },
        {"... of nobody (334)",                 {.domid = 0x7000, .nr_frames = 1}                    },
        {"... with padding (334)",              {.domid = DOMID_SELF, .pad = 1}                      },
        {"... of what does not exist (334)",    {.domid = DOMID_IO, .type = 99, .nr_frames = 1}      },
        {"... of frames without end (334)",     {.domid = DOMID_XEN, .frame = ~0ul, .nr_frames = ~0u}},
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
        unsigned int accepted = 0;
        for (unsigned int j = 0; j < 3; j++) {
            struct xen_mem_acquire_resource op = bad[i].op;
            accepted += memory_op(XENMEM_acquire_resource, &op) >= 0;
        }
        check(bad[i].name, 0, accepted);
    }
}

static long extended(unsigned int cmd, uint64_t va, const void *mask)
{
    struct mmuext_op op = { .cmd = cmd, .arg1.linear_addr = va, .arg2.src_mfn = PTR(mask) };
    return hypercall4(__HYPERVISOR_mmuext_op, PTR(&op), 1, 0, DOMID_SELF);
}

/* Addresses that INVPCID refuses and INVLPG does not (279). */
static void flushes(void)
{
    static const uint64_t va[] = { 1ul << 47, 0x8000000000000000ul, 0xffff7ffffffff000ul, HYPERVISOR_VIRT_START, ~0ul };
    static uint64_t mask[2] = { 1 };
    unsigned int refused = 0;

    for (unsigned int i = 0; i < ARRAY_SIZE(va); i++) {
        refused += extended(MMUEXT_INVLPG_LOCAL, va[i], NULL) != 0;
        refused += extended(MMUEXT_INVLPG_ALL, va[i], NULL) != 0;
        refused += extended(MMUEXT_INVLPG_MULTI, va[i], mask) != 0;
        hypercall3(__HYPERVISOR_update_va_mapping, va[i], 0, UVMF_INVLPG | UVMF_ALL);
    }
    check("flushes of addresses that are not canonical do nothing (279)", 0, refused);
    check_true("a mask of vCPUs at the hypervisor's address",
               extended(MMUEXT_INVLPG_MULTI, PTR(page_a), (void *)0xffff830000000000ul) < 0);
}

static unsigned int free_pirqs(long *end)
{
    struct physdev_get_free_pirq f = { .type = MAP_PIRQ_TYPE_MSI };
    unsigned int n = 0;

    while (!(*end = physdev(PHYSDEVOP_get_free_pirq, &f)) && n < 100000)
        n++;
    return n;
}

/* Interrupts of the machine, by numbers that none has; and functions of devices that are not the guest's. */
static void interrupts(void)
{
    static const uint32_t bad[] = { 0x7fffffff, 0x80000000, 0xffffffff, 0xffffff00, 65536, 9999 };
    struct physdev_pci_device device = { .seg = 0xffff, .bus = 0xff, .devfn = 0xff };
    unsigned int accepted = 0;
    long end;

    for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
        accepted += physdev(PHYSDEVOP_eoi, &(struct physdev_eoi){ bad[i] }) >= 0;
        accepted += physdev(PHYSDEVOP_irq_status_query, &(struct physdev_irq_status_query){ .irq = bad[i] }) >= 0;
        accepted += physdev(PHYSDEVOP_unmap_pirq, &(struct physdev_unmap_pirq){ DOMID_SELF, (int)bad[i] }) >= 0;
        accepted += physdev(PHYSDEVOP_map_pirq,
                            &(struct physdev_map_pirq){
                                .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = (int)bad[i],
                                .pirq = -1 }) >= 0;
        accepted += physdev(PHYSDEVOP_map_pirq,
                            &(struct physdev_map_pirq){
                                .domid = DOMID_SELF, .type = (int)bad[i], .index = 1, .pirq = (int)bad[i] }) >= 0;
        accepted += physdev(PHYSDEVOP_setup_gsi, &(struct physdev_setup_gsi){ .gsi = (int)bad[i] }) >= 0;
    }
    check("interrupts that do not exist: accepted (16, 21)", 0, accepted);
    check_rc("MSI-X of a device that is not there (87)", is_dom0() ? -ENODEV : -EPERM,
             physdev(PHYSDEVOP_prepare_msix, &device));
    check_rc("... given back (87)", is_dom0() ? -ENODEV : -EPERM, physdev(PHYSDEVOP_release_msix, &device));
    if (!is_dom0()) { /* for dom0 they would be gone */
        check_in("PIRQs come to an end (13)", 0, 99999, free_pirqs(&end));
        check_true("... with an error (13)", end < 0);
    }
}

/* What is registered now is written at any later time: the address need not be good then, nor in one page. */
static void areas(void)
{
    static const uint64_t where[] = { HYPERVISOR_VIRT_START - 8, HYPERVISOR_VIRT_START, HYPERVISOR_END - 8, 1ul << 47,
                                      ~0ul - 7 };
    struct vcpu_register_runstate_memory_area a;
    uint64_t *edge = (uint64_t *)(page_a + PAGE_SIZE - 16), b = va_to_mfn(page_b);
    uint64_t m2p = *(volatile uint64_t *)MACH2PHYS_VIRT_START;

    for (unsigned int i = 0; i < ARRAY_SIZE(where); i++) {
        a.addr.p = where[i];
        hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_register_runstate_memory_area, 0, PTR(&a));
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
    }
    check("run states to addresses of the hypervisor: it is as it was", m2p,
          *(volatile uint64_t *)MACH2PHYS_VIRT_START);
    a.addr.p = PTR(edge);
    memset(page_a, 0, PAGE_SIZE);
    check_rc("a run state across two pages", 0,
             hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_register_runstate_memory_area, 0, PTR(&a)));
    check_rc("... the second one read-only", 0, map_at(page_b, b, PTE_KERNEL_RO));
    memset(page_a, 0, PAGE_SIZE);
    hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
    check_rc("... gone", 0, map_at(page_b, 0, 0));
    hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
    a.addr.p = 0;
    hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_register_runstate_memory_area, 0, PTR(&a));
    check_rc("... and back", 0, map_at(page_b, b, PTE_KERNEL_RW));
}

void test_advisories_calls(void)
{
    reservations();
    exchanges();
    resources();
    flushes();
    interrupts();
    areas();
}
