/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts and devices that cannot be had. What is refused here is looked for in the hypervisor's log by
 * test/boot/test_selftest.py: each line names the rule.
 */
#include "selftest/selftest.h"

#define BUS_UNUSED 0xe0

static long map(int type, int index, int pirq, uint64_t bus, unsigned int devfn, uint64_t table)
{
    struct physdev_map_pirq m = { .domid = DOMID_SELF,
                                  .type = type,
                                  .index = index,
                                  .pirq = pirq,
                                  .bus = (int)bus,
                                  .devfn = (int)devfn,
                                  .table_base = table };
    return hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_map_pirq, PTR(&m));
}

static long unmap(int pirq)
{
    struct physdev_unmap_pirq u = { .domid = DOMID_SELF, .pirq = pirq };
    return hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_unmap_pirq, PTR(&u));
}

static long add_device(unsigned int bus, unsigned int flags, unsigned int physical_bus)
{
    struct physdev_pci_device_add a = { .bus = (uint8_t)bus, .flags = flags, .physfn.bus = (uint8_t)physical_bus };
    return hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_pci_device_add, PTR(&a));
}

static long msix(unsigned int cmd, unsigned int devfn)
{
    struct physdev_pci_device d = { .devfn = (uint8_t)devfn };
    return hypercall2(__HYPERVISOR_physdev_op, cmd, PTR(&d));
}

static long gsi(int nr, unsigned int triggering)
{
    struct physdev_setup_gsi s = { .gsi = nr, .triggering = (uint8_t)triggering };
    return hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_setup_gsi, PTR(&s));
}

static long mmconfig(uint64_t address)
{
    struct physdev_pci_mmcfg_reserved r = {
        .address = address, .segment = 5, .end_bus = 1, .flags = XEN_PCI_MMCFG_RESERVED };
    return hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_pci_mmcfg_reserved, PTR(&r));
}

void test_refusals(void)
{
    long no = is_dom0() ? 0 : -EPERM;
    const struct {
        const char *name;
        long wanted, got;
    } row[] = {
        {"an interrupt of no kind", -EINVAL, map(77, 0, -1, 0, 0, 0)},
        {"a GSI that no machine has", -EINVAL, map(MAP_PIRQ_TYPE_GSI, 100000, -1, 0, 0, 0)},
        {"a pirq beyond the last", -EINVAL, map(MAP_PIRQ_TYPE_GSI, 1, 1 << 20, 0, 0, 0)},
        {"an MSI of an empty slot", -ENODEV, map(MAP_PIRQ_TYPE_MSI_SEG, 0, -1, BUS_UNUSED, 8, 0)},
        {"an MSI of the host bridge", -ENODEV, map(MAP_PIRQ_TYPE_MSI_SEG, 0, -1, 0, 0, 0)},
        {"MSI-X of the host bridge", -ENODEV, map(MAP_PIRQ_TYPE_MSI_SEG, 0, -1, 0, 0, 0xfeb00000)},
        {"no number of MSIs", -EOPNOTSUPP, map(MAP_PIRQ_TYPE_MULTI_MSI, 0, -1, 0, 0xfa, 0)},
        {"unmapping what is not mapped", -EINVAL, unmap(40)},
        {"a device in an empty slot", -ENODEV, add_device(BUS_UNUSED, 0, 0)},
        {"a virtual function of nobody", -ENODEV, add_device(BUS_UNUSED, XEN_PCI_DEV_VIRTFN, BUS_UNUSED)},
        {"preparing MSI-X where there is none", -ENODEV, msix(PHYSDEVOP_prepare_msix, 0)},
        {"releasing MSI-X where there is none", -ENODEV, msix(PHYSDEVOP_release_msix, 0)},
        {"setting up a GSI that no machine has", -EINVAL, gsi(100000, 0)},
        {"a trigger of no kind", -EINVAL, gsi(5, 7)},
        {"RAM as configuration space", -ENODEV, mmconfig(0x1000000)},
        {"configuration space that goes round", -ENODEV, mmconfig(0xffffffffffe00000)},
        {"configuration space that is not aligned", -ENODEV, mmconfig(0xe0001000)},
        {"an argument at no address", -EFAULT,
         hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_map_pirq, 0x700000001000ul)},
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(row); i++)
        check_rc(row[i].name, no ? no : row[i].wanted, row[i].got);
    printk("refusals: %u", is_dom0() ? (unsigned int)ARRAY_SIZE(row) : 0);
}
