/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which error an operation answers that cannot be done: kernels tell cases apart by it. */
#include "selftest/selftest.h"

#define ARG 0xa000000000000000ul /* stands for the address of a zeroed page */

static const struct {
    const char *name;
    uint64_t nr;
    uint64_t a, b, c;
    long expected;
} call[] = {
    {"an unknown memory_op",               __HYPERVISOR_memory_op,         0x3f,                  ARG,  0,   -ENOSYS},
    {"an unknown event_channel_op",        __HYPERVISOR_event_channel_op,  0x3f,                  ARG,  0,   -ENOSYS},
    {"an unknown sched_op",                __HYPERVISOR_sched_op,          0x3f,                  ARG,  0,   -ENOSYS},
    {"an unknown vcpu_op",                 __HYPERVISOR_vcpu_op,           0x3f,                  0,    ARG, -ENOSYS},
    {"an unknown xen_version",             __HYPERVISOR_xen_version,       0x3f,                  ARG,  0,   -ENOSYS},
    {"an unknown physdev_op",              __HYPERVISOR_physdev_op,        0x7f,                  ARG,  0,   -ENOSYS},
    {"an unknown callback_op",             __HYPERVISOR_callback_op,       0x3f,                  ARG,  0,   -ENOSYS},
    {"an unknown nmi_op",                  __HYPERVISOR_nmi_op,            0x3f,                  ARG,  0,   -ENOSYS},
    {"an unknown console_io",              __HYPERVISOR_console_io,        0x3f,                  0,    ARG, -ENOSYS},
    {"an unknown grant_table_op",          __HYPERVISOR_grant_table_op,    0x3f,                  ARG,  1,   -ENOSYS},
    {"a negative number of grants",        __HYPERVISOR_grant_table_op,    GNTTABOP_copy,         ARG,  ~0u, -EINVAL},
    {"an unknown vm_assist",               __HYPERVISOR_vm_assist,         VMASST_CMD_enable,     63,   0,   -EINVAL},
    {"an unknown vm_assist command",       __HYPERVISOR_vm_assist,         9,                     0,    0,   -ENOSYS},
    {"a vCPU that does not exist",         __HYPERVISOR_vcpu_op,           VCPUOP_is_up,          9999, 0,   -ENOENT},
    {"a page size for somebody",           __HYPERVISOR_xen_version,       XENVER_pagesize,       ARG,  0,   -EINVAL},
    {"a reservation of nobody's",          __HYPERVISOR_memory_op,         XENMEM_add_to_physmap, ARG,  0,   -EACCES},
    {"a debug register that is not there", __HYPERVISOR_set_debugreg,      8,                     0,    0,   -ENODEV},
    {"a segment base that is not there",   __HYPERVISOR_set_segment_base,  9,                     0,    0,   -EINVAL},
    {"too large a GDT",                    __HYPERVISOR_set_gdt,           ARG,                   7169, 0,   -EINVAL},
    {"a misaligned descriptor",            __HYPERVISOR_update_descriptor, 4,                     0,    0,   -EINVAL},
    {"hypercall 63",                       63,                             0,                     0,    0,   -ENOSYS},
    {"a number of which only the low half is one", 1ul << 32 | __HYPERVISOR_xen_version, XENVER_version, 0, 0, -ENOSYS},
    {"more text than there can be",        __HYPERVISOR_console_io,        CONSOLEIO_write, 0x80000000, ARG, -E2BIG},
    {"an NMI with an argument",            __HYPERVISOR_vcpu_op,           VCPUOP_send_nmi,       0,    ARG, -EINVAL},
};

static void table(void)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(call); i++) {
        memset(page_a, 0, PAGE_SIZE);
        uint64_t a = call[i].a == ARG ? PTR(page_a) : call[i].a, b = call[i].b == ARG ? PTR(page_a) : call[i].b;
        uint64_t c = call[i].c == ARG ? PTR(page_a) : call[i].c;
        /* What names domain 0 as the target is an other domain's to a domU. */
        long expected = call[i].expected == -EACCES && !is_dom0() ? -EPERM : call[i].expected;
        check_rc(call[i].name, expected, HYPERCALL_ASM(call[i].nr, a, b, c, 0, 0));
    }
}

static long ext(unsigned int cmd, uint64_t arg, unsigned int nr)
{
    struct mmuext_op op = { .cmd = cmd, .arg1.linear_addr = arg, .arg2.nr_ents = nr };
    return hypercall4(__HYPERVISOR_mmuext_op, PTR(&op), 1, 0, DOMID_SELF);
}

static long poll(unsigned int nr, uint32_t port)
{
    struct sched_poll p = { .nr_ports = nr, .timeout = 1 };

    set_xen_guest_handle_raw(p.ports, &port);
    return hypercall2(__HYPERVISOR_sched_op, SCHEDOP_poll, PTR(&p));
}

static void structured(void)
{
    struct mmu_update u = { .ptr = pte_maddr(page_a, 1) | 4, .val = 0 };
    struct xen_remove_from_physmap r = { .domid = DOMID_SELF };
    struct xen_feature_info f = { .submap_idx = 1 };
    struct physdev_set_iobitmap b = { .nr_ports = 8 };
    struct vcpu_register_vcpu_info v = { .mfn = va_to_mfn(page_a), .offset = PAGE_SIZE - 4 };

    set_xen_guest_handle_raw(b.bitmap, (void *)0xffff830000000000ul);
    check_rc("an unknown mmu_update", -ENOSYS, hypercall4(__HYPERVISOR_mmu_update, PTR(&u), 1, 0, DOMID_SELF));
    check_rc("page tables of a domain that is not there", -ESRCH,
             hypercall4(__HYPERVISOR_mmu_update, PTR(&u), 1, 0, 77));
    check_rc("an unknown mmuext_op", -ENOSYS, ext(99, 0, 0));
    check_rc("large pages", -EOPNOTSUPP, ext(MMUEXT_MARK_SUPER, 0, 0));
    check_rc("an LDT at the hypervisor's address", -EINVAL, ext(MMUEXT_SET_LDT, 0xffff830000000000ul, 16));
    check_rc("an LDT at an address that is not canonical", -EINVAL, ext(MMUEXT_SET_LDT, 1ul << 47, 16));
    check_rc("no LDT, wherever it is", 0, ext(MMUEXT_SET_LDT, 0xffff830000000001ul, 0));
    check_rc("an I/O bitmap of the hypervisor's", -EINVAL, hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iobitmap,
                                                                      PTR(&b)));
    check_rc("polling port 0", -EINVAL, poll(1, 0));
    check_rc("polling a port that cannot be", -EINVAL, poll(1, 99999));
    check_rc("polling 129 ports", -EINVAL, poll(129, 1));
    check_rc("taking from the physmap of a PV guest", -EACCES,
             hypercall2(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap, PTR(&r)));
    check_rc("features beyond the last", -EINVAL, hypercall2(__HYPERVISOR_xen_version, XENVER_get_features, PTR(&f)));
    check_rc("a vcpu_info across a page's end", -ENXIO,
             hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 0, PTR(&v)));
    v.offset = 0;
    v.mfn = 0xf0;
    check_rc("a vcpu_info that is not ours", -EINVAL,
             hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 0, PTR(&v)));
}

/* What is not written by the answer is the guest's still; what is, holds nothing else (122). */
static void padding(void)
{
    static uint8_t buf[2048];
    unsigned int dirty = 0;

    memset(buf, 0xa5, sizeof(buf));
    check_rc("the version's text (122)", 0, hypercall2(__HYPERVISOR_xen_version, XENVER_extraversion, PTR(buf)));
    for (unsigned int i = (unsigned int)strlen((char *)buf); i < sizeof(xen_extraversion_t); i++)
        dirty += buf[i] != 0;
    check("... is filled up with zeros (122)", 0, dirty);
    check("... and ends where it must", 0xa5, buf[sizeof(xen_extraversion_t)]);
    memset(buf, 0xa5, sizeof(buf));
    check_rc("the build's text (122)", 0, hypercall2(__HYPERVISOR_xen_version, XENVER_changeset, PTR(buf)));
    dirty = 0;
    for (unsigned int i = (unsigned int)strlen((char *)buf); i < sizeof(xen_changeset_info_t); i++)
        dirty += buf[i] != 0;
    check("... is filled up with zeros (122)", 0, dirty);
}

void test_errors(void)
{
    table();
    structured();
    padding();
}
