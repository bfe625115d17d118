/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operations that newer kernels and toolstacks know (gen/layouts.tbl), as dom0; to others they are dom0's. Structures
 * that headers of 4.17 lack are words here.
 */
#include "selftest/selftest.h"

static long platform(unsigned int cmd, uint32_t word[4])
{
    struct xen_platform_op op = { .cmd = cmd, .interface_version = XENPF_INTERFACE_VERSION };

    memcpy(&op.u, word, 16);
    long rc = hypercall1(__HYPERVISOR_platform_op, PTR(&op));
    memcpy(word, &op.u, 16);
    return rc;
}

static void microcode(void)
{
    uint32_t r[4] = { 0 }, eax = 1, ebx, ecx = 0, edx;

    __asm__ volatile(".byte 0x0f, 0x0b, 0x78, 0x65, 0x6e; cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    check_rc("the microcode of CPU 0", 0, platform(XENPF_get_ucode_revision, r));
    check("... is that CPU's", eax, r[1]);
    check_rc("the microcode of a CPU that is not there", -ENOENT,
             platform(XENPF_get_ucode_revision, (uint32_t[4]){ 100000 }));
    check_rc("new microcode", -ENOSYS, platform(XENPF_microcode_update2, (uint32_t[4]){ 1 }));
    check_rc("... with flags of no kind", -EINVAL, platform(XENPF_microcode_update2, (uint32_t[4]){ 2 }));
    check_rc("the console's screen", -ENODEV, platform(XENPF_get_dom0_console, (uint32_t[4]){ 0 }));
}

static long reset(unsigned int bus, unsigned int flags)
{
    uint32_t word[2] = { bus << 16, flags };
    return hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_pci_device_reset, PTR(word));
}

static long permit(uint32_t gsi, uint32_t flags)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_gsi_permission, .interface_version = XEN_DOMCTL_INTERFACE_VERSION,
                             .domain = own_id() };
    uint32_t word[2] = { gsi, flags };

    memcpy(&op.u, word, sizeof(word));
    return hypercall1(__HYPERVISOR_domctl, PTR(&op));
}

static long map_gsi(int gsi)
{
    struct physdev_map_pirq m = { .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = gsi, .pirq = gsi };
    return hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_map_pirq, PTR(&m));
}

static long unmap(int pirq)
{
    struct physdev_unmap_pirq u = { .domid = DOMID_SELF, .pirq = pirq };
    return hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_unmap_pirq, PTR(&u));
}

static long bind(uint32_t pirq)
{
    struct evtchn_bind_pirq b = { .pirq = pirq };
    return hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq, PTR(&b));
}

static void devices(void)
{
    check_rc("the host bridge was reset", 0, reset(0, 0));
    check_rc("... in a way that nobody knows", -EINVAL, reset(0, 4));
    check_rc("a device that is not there was reset", -ENODEV, reset(0xe0, 0));
    check_rc("a GSI is mapped", 0, map_gsi(5));
    check_rc("... taken away", 0, permit(5, 0));
    check_rc("... and not to be bound any more", -EPERM, bind(5));
    check_rc("... and unmapped", 0, unmap(5));
    check_rc("... is not theirs to give back who have it not", -EPERM, permit(5, 1));
    check_rc("... nor to map", -EPERM, map_gsi(5));
    check_rc("the timer's GSI is the hypervisor's", -EPERM, map_gsi(0));
    check_rc("a GSI that is dom0's was mapped", 0, map_gsi(11));
    check_rc("... and unmapped", 0, unmap(11));
    check_rc("a GSI that no machine has", -EINVAL, permit(100000, 1));
    check_rc("a permission of no kind", -EINVAL, permit(5, 2));
}

void test_newer(void)
{
    if (is_dom0()) {
        microcode();
        devices();
        return;
    }
    check_rc("the microcode is not for guests", -EPERM, platform(XENPF_get_ucode_revision, (uint32_t[4]){ 0 }));
    check_rc("a device's reset is not theirs to tell", -EPERM, reset(0, 0));
    check_rc("a GSI is not theirs to give", -EPERM, permit(5, 1));
}
