/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercall arguments that point where they must not. Nothing may happen but an error. */
#include "selftest/selftest.h"

static uint64_t bad_pointer[] = {
    8,                    /* never mapped */
    0x0000700000000000ul, /* user half, not mapped */
    0x0001000000000000ul, /* not canonical */
    0xffff7ffffffffff8ul, /* not canonical, last before the hypervisor */
    0xffff800000000000ul, /* machine-to-physical table */
    0xffff810000000000ul, /* the hypervisor's own */
    0xffff830000000000ul,
    0xffff87fffffffff8ul,
};

/* @done: the result is a number of things that were done, not an error. */
static const struct {
    const char *name;
    unsigned int nr;
    uint64_t a, b;
    unsigned int pointer;
    bool done;
} call[] = {
    {"set_trap_table", __HYPERVISOR_set_trap_table, 0, 0, 0},
    {"callback_op register", __HYPERVISOR_callback_op, CALLBACKOP_register, 0, 1},
    {"xen_version extraversion", __HYPERVISOR_xen_version, XENVER_extraversion, 0, 1},
    {"xen_version features", __HYPERVISOR_xen_version, XENVER_get_features, 0, 1},
    {"memory_op machphys_mapping", __HYPERVISOR_memory_op, XENMEM_machphys_mapping, 0, 1},
    {"memory_op populate", __HYPERVISOR_memory_op, XENMEM_populate_physmap, 0, 1, true},
    {"memory_op decrease", __HYPERVISOR_memory_op, XENMEM_decrease_reservation, 0, 1, true},
    {"multicall", __HYPERVISOR_multicall, 0, 1, 0},
    {"sched_op shutdown", __HYPERVISOR_sched_op, SCHEDOP_shutdown, 0, 1},
    {"sched_op poll", __HYPERVISOR_sched_op, SCHEDOP_poll, 0, 1},
    {"event_channel_op send", __HYPERVISOR_event_channel_op, EVTCHNOP_send, 0, 1},
    {"event_channel_op bind_virq", __HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, 0, 1},
    {"event_channel_op alloc_unbound", __HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, 0, 1},
    {"physdev_op set_iopl", __HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, 0, 1},
    {"nmi_op register", __HYPERVISOR_nmi_op, XENNMI_register_callback, 0, 1},
    {"set_gdt", __HYPERVISOR_set_gdt, 0, 16, 0},
    {"mmu_update", __HYPERVISOR_mmu_update, 0, 1, 0},
    {"mmuext_op", __HYPERVISOR_mmuext_op, 0, 1, 0},
};

static void one(unsigned int i)
{
    unsigned int accepted = 0;

    for (unsigned int j = 0; j < ARRAY_SIZE(bad_pointer); j++) {
        uint64_t a = call[i].pointer == 0 ? bad_pointer[j] : call[i].a;
        uint64_t b = call[i].pointer == 1 ? bad_pointer[j] : call[i].b;
        accepted += hypercall4(call[i].nr, a, b, 0, DOMID_SELF) >= call[i].done;
    }
    check(call[i].name, 0, accepted);
}

/* A structure that begins in a good page and ends in a bad one, and one that cannot be written. */
static void edges(void)
{
    uint64_t mfn = va_to_mfn(page_b);
    uint64_t *last = (uint64_t *)(page_a + PAGE_SIZE - 8);

    check_true("page_b follows page_a", page_a + PAGE_SIZE == page_b);
    *last = 0;
    check_rc("unmapping the second page", 0, map_at(page_b, 0, 0));
    check_rc("a structure across the edge: copied in", -EFAULT,
             hypercall2(__HYPERVISOR_callback_op, CALLBACKOP_register, PTR(last)));
    check_rc("a structure across the edge: copied out", -EFAULT,
             hypercall2(__HYPERVISOR_xen_version, XENVER_extraversion, PTR(last)));
    check_rc("mapping it read-only", 0, map_at(page_b, mfn, PTE_KERNEL_RO));
    check_rc("a result to a read-only page", -EFAULT,
             hypercall2(__HYPERVISOR_xen_version, XENVER_extraversion, PTR(page_b)));
    check_rc("a result over a page table", -EFAULT,
             hypercall2(__HYPERVISOR_xen_version, XENVER_extraversion, start_info->pt_base));
    check_rc("mapping it back", 0, map_at(page_b, mfn, PTE_KERNEL_RW));
    check_rc("the end of the address space", -EFAULT,
             hypercall2(__HYPERVISOR_xen_version, XENVER_extraversion, 0xfffffffffffffff8ul));
    check_rc("a console length that wraps", -EFAULT,
             hypercall3(__HYPERVISOR_console_io, CONSOLEIO_write, 16, 0xffff87fffffffff8ul));
    check_rc("a hypercall that does not exist", -ENOSYS, hypercall1(63, 0));
    check_rc("a hypercall number of 32 bits", -ENOSYS, hypercall1(0xffffffff, 0));
}

void test_pointers(void)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(call); i++)
        one(i);
    edges();
}
