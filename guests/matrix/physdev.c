/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "matrix/matrix.h"

#define PHYSDEV(title, name_, type, ...)                                                                             \
    {                                                                                                                \
        .name = "physdev_op." title, .nr = __HYPERVISOR_physdev_op, .size = sizeof(struct type),                     \
        .after = after_iopl, .field = {                                                                              \
            IN_REGISTER(0, "cmd", FIXED, PHYSDEVOP_##name_), IN_REGISTER(1, "arg", STRUCT, 0), __VA_ARGS__           \
        }                                                                                                            \
    }
#define F(type, member, kind, base) IN_STRUCT(struct physdev_##type, member, kind, base)
#define M(member, kind, base)       F(map_pirq, member, kind, base)
#define MAP(title, kind_)                                                                                            \
    PHYSDEV("map_pirq." title, map_pirq, physdev_map_pirq, M(domid, DOMAIN, DOMID_SELF), M(type, FIXED, kind_),      \
            M(index, CPU, 0x7ffffff), M(pirq, CPU, -1u), M(bus, ANY, 0xff), M(devfn, ANY, 0xff), M(entry_nr, ANY, 0), \
            M(table_base, ANY, 0))
/* A function that isn't there. */
#define FUNCTION(name)                                                                                               \
    PHYSDEV(#name, name, physdev_pci_device, F(pci_device, seg, FIXED, 0), F(pci_device, bus, FIXED, 0xff),            \
            F(pci_device, devfn, FIXED, 0xff))
#define OLD(title, cmd_) \
    { .name = "physdev_op_compat." title, .nr = __HYPERVISOR_physdev_op_compat, .size = sizeof(struct physdev_op), \
      .after = after_iopl, .field = { IN_REGISTER(0, "op", STRUCT, 0), IN_STRUCT(struct physdev_op, cmd, FIXED, cmd_), \
                                      IN_STRUCT(struct physdev_op, u.irq_op.irq, CPU, 300) } }

const struct op physdev_ops[] = {
    {.name = "physdev_op", .nr = __HYPERVISOR_physdev_op, .size = 64, .field = {
        IN_REGISTER(0, "cmd", SUB, 34), IN_REGISTER(1, "arg", STRUCT, 0) }},
    OLD("irq_status_query", 5), OLD("set_iopl", 6), OLD("set_iobitmap", 7), OLD("apic_read", 8), OLD("assign_vector",
        10),
    OLD("free_vector", 11), OLD("unmask_notify", 4), OLD("unknown", 99),
    PHYSDEV("unmask_notify", IRQ_UNMASK_NOTIFY, physdev_eoi, {}),
    PHYSDEV("eoi", eoi, physdev_eoi, F(eoi, irq, CPU, 200)),
    PHYSDEV("pirq_eoi_gmfn_v1", pirq_eoi_gmfn_v1, physdev_pirq_eoi_gmfn, F(pirq_eoi_gmfn, gmfn, FRAME, 0x7ffffff)),
    PHYSDEV("pirq_eoi_gmfn_v2", pirq_eoi_gmfn_v2, physdev_pirq_eoi_gmfn, F(pirq_eoi_gmfn, gmfn, FRAME, 0x7ffffff)),
    PHYSDEV("irq_status_query", irq_status_query, physdev_irq_status_query, F(irq_status_query, irq, CPU, 200),
            F(irq_status_query, flags, SHOWN, 0)),
    PHYSDEV("set_iopl", set_iopl, physdev_set_iopl, F(set_iopl, iopl, ANY, 1)),
    PHYSDEV("set_iobitmap", set_iobitmap, physdev_set_iobitmap, HANDLE(struct physdev_set_iobitmap, bitmap, 0),
            F(set_iobitmap, nr_ports, COUNT, 0)),
    PHYSDEV("apic_read", apic_read, physdev_apic, F(apic, apic_physbase, ANY, 0xfec00000), F(apic, reg, ANY, 1)),
    PHYSDEV("apic_write", apic_write, physdev_apic, F(apic, apic_physbase, ANY, 0x1000), F(apic, reg, ANY, 1)),
    PHYSDEV("alloc_irq_vector", alloc_irq_vector, physdev_irq, F(irq, irq, CPU, 300)),
    PHYSDEV("free_irq_vector", free_irq_vector, physdev_irq, F(irq, irq, CPU, 300)),
    MAP("msi", MAP_PIRQ_TYPE_MSI), MAP("gsi", MAP_PIRQ_TYPE_GSI), MAP("unknown", MAP_PIRQ_TYPE_UNKNOWN),
    MAP("msi_seg", MAP_PIRQ_TYPE_MSI_SEG), MAP("multi_msi", MAP_PIRQ_TYPE_MULTI_MSI), MAP("5", 5),
    PHYSDEV("unmap_pirq", unmap_pirq, physdev_unmap_pirq, F(unmap_pirq, domid, DOMAIN, DOMID_SELF), F(unmap_pirq, pirq,
        CPU, 200)),
    PHYSDEV("unmap_pirq.other", unmap_pirq, physdev_unmap_pirq, F(unmap_pirq, domid, FIXED, T_OTHER), F(unmap_pirq,
        pirq, CPU, 200)),
    PHYSDEV("manage_pci_add", manage_pci_add, physdev_manage_pci, F(manage_pci, bus, FIXED, 0xff), F(manage_pci, devfn,
        FIXED, 0xff)),
    PHYSDEV("manage_pci_remove", manage_pci_remove, physdev_manage_pci, F(manage_pci, bus, FIXED, 0xfe),
            F(manage_pci, devfn, FIXED, 0xff)),
    PHYSDEV("restore_msi", restore_msi, physdev_restore_msi, F(restore_msi, bus, FIXED, 0xfe), F(restore_msi, devfn,
        FIXED, 0xff)),
    PHYSDEV("manage_pci_add_ext", manage_pci_add_ext, physdev_manage_pci_ext, F(manage_pci_ext, bus, FIXED, 0xff),
            F(manage_pci_ext, devfn, FIXED, 0xff), F(manage_pci_ext, is_extfn, ANY, 0), F(manage_pci_ext, is_virtfn,
                ANY, 0)),
    PHYSDEV("setup_gsi", setup_gsi, physdev_setup_gsi, F(setup_gsi, gsi, CPU, 0x7ffffff), F(setup_gsi, triggering,
        FIXED, 1)),
    PHYSDEV("get_free_pirq", get_free_pirq, physdev_get_free_pirq, F(get_free_pirq, type, ANY, MAP_PIRQ_TYPE_GSI)),
    PHYSDEV("pci_mmcfg_reserved", pci_mmcfg_reserved, physdev_pci_mmcfg_reserved, F(pci_mmcfg_reserved, address, ANY,
        0x1000),
            F(pci_mmcfg_reserved, segment, ANY, 0), F(pci_mmcfg_reserved, flags, BITS, 0)),
    PHYSDEV("pci_device_add", pci_device_add, physdev_pci_device_add, F(pci_device_add, seg, ANY, 0), F(pci_device_add,
        bus, FIXED, 0xff),
            F(pci_device_add, devfn, FIXED, 0xff), F(pci_device_add, flags, BITS, 0)),
    FUNCTION(restore_msi_ext), FUNCTION(prepare_msix), FUNCTION(release_msix),
    PHYSDEV("pci_device_remove", pci_device_remove, physdev_pci_device, F(pci_device, seg, FIXED, 7), F(pci_device, bus,
        FIXED, 0xff),
            F(pci_device, devfn, FIXED, 0xff)),
    PHYSDEV("dbgp_op", dbgp_op, physdev_dbgp_op, F(dbgp_op, op, ANY, 1), F(dbgp_op, bus, ANY, 0)),
    {0}
};
