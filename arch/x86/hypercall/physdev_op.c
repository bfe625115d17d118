/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PHYSDEVOP_* (xen/physdev.h): what the hardware domain asks about interrupts and PCI; and I/O privilege, for every PV
 * guest.
 */
#include "hv/domain.h"
#include "hv/event.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "irq/ioapic.h"
#include "irq/msi.h"
#include "irq/pirq.h"
#include "pci/pci.h"

#include <hypercall_handlers.h>

typedef long (*physdev_fn)(struct domain *d, uint64_t arg);

static long op_eoi(struct domain *d, uint64_t arg)
{
    struct physdev_eoi eoi;

    if (copy_from_guest_va(&eoi, arg))
        return -EFAULT;
    if (!pirq_irq(d, eoi.irq))
        return -EINVAL;
    arch_pirq_eoi(d, eoi.irq);
    return 0;
}

static long op_irq_status(struct domain *d, uint64_t arg)
{
    struct physdev_irq_status_query q;

    if (copy_from_guest_va(&q, arg))
        return -EFAULT;
    const struct irq *irq = pirq_irq(d, q.irq);
    if (!irq)
        return -EINVAL;
    q.flags = (irq_needs_eoi(irq) ? XENIRQSTAT_needs_eoi : 0) | (irq->msi ? 0 : XENIRQSTAT_shared);
    return copy_to_guest_va(arg, &q);
}

static long op_set_iopl(struct domain *d, uint64_t arg)
{
    struct physdev_set_iopl set;

    if (copy_from_guest_va(&set, arg))
        return -EFAULT;
    if (set.iopl > 3)
        return -EINVAL;
    current_vcpu()->arch.pv.iopl = set.iopl;
    return 0;
}

static long op_set_iobitmap(struct domain *d, uint64_t arg)
{
    struct physdev_set_iobitmap set;
    struct pv_vcpu *pv = &current_vcpu()->arch.pv;

    if (copy_from_guest_va(&set, arg))
        return -EFAULT;
    if (set.nr_ports > 65536)
        return -EINVAL;
    pv->io_bitmap = (uint64_t)(uintptr_t)set.bitmap.p;
    pv->io_bitmap_ports = set.nr_ports;
    return 0;
}

static long op_apic_read(struct domain *d, uint64_t arg)
{
    struct physdev_apic apic;
    uint32_t value;

    if (copy_from_guest_va(&apic, arg))
        return -EFAULT;
    int rc = ioapic_read_for_guest(apic.apic_physbase, apic.reg, &value);
    if (rc)
        return rc;
    apic.value = value;
    return copy_to_guest_va(arg, &apic);
}

/* Old kernels ask for a vector before they bind; any number in range will do, since we choose vectors ourselves. */
static long op_alloc_irq_vector(struct domain *d, uint64_t arg)
{
    struct physdev_irq op;

    if (copy_from_guest_va(&op, arg))
        return -EFAULT;
    if (op.irq >= irq_gsi_count)
        return -EINVAL;
    op.vector = op.irq;
    return copy_to_guest_va(arg, &op);
}

static long op_setup_gsi(struct domain *d, uint64_t arg)
{
    struct physdev_setup_gsi gsi;

    if (copy_from_guest_va(&gsi, arg))
        return -EFAULT;
    if (gsi.gsi < 0 || (uint32_t)gsi.gsi >= irq_gsi_count || gsi.triggering > 1 || gsi.polarity > 1)
        return -EINVAL;
    return ioapic_set_trigger(irq_get((uint32_t)gsi.gsi), gsi.triggering, gsi.polarity);
}

static long map_one(struct domain *d, const struct physdev_map_pirq *map)
{
    switch (map->type) {
    case MAP_PIRQ_TYPE_GSI: return pirq_map_gsi(d, map->index, map->pirq);
    case MAP_PIRQ_TYPE_MSI:
        return pirq_map_msi(d, PCI_SBDF(0, map->bus, map->devfn), (uint16_t)map->entry_nr, map->table_base, map->pirq);
    case MAP_PIRQ_TYPE_MSI_SEG:
        return pirq_map_msi(d, PCI_SBDF(map->bus >> 16, map->bus, map->devfn), (uint16_t)map->entry_nr, map->table_base,
                            map->pirq);
    case MAP_PIRQ_TYPE_MULTI_MSI: /* several vectors of one function: drivers fall back to one */
        return map->entry_nr == 1 ? pirq_map_msi(d, PCI_SBDF(map->bus >> 16, map->bus, map->devfn), 0, 0, map->pirq)
                                  : -EOPNOTSUPP;
    default: return -EINVAL;
    }
}

static long op_map_pirq(struct domain *d, uint64_t arg)
{
    struct physdev_map_pirq map;

    if (copy_from_guest_va(&map, arg))
        return -EFAULT;
    struct domain *target = domain_get_by_any_id(map.domid);
    if (!target)
        return -ESRCH;
    long rc = map_one(target, &map);
    domain_put(target);
    if (rc < 0)
        return rc;
    map.pirq = (int)rc;
    return copy_to_guest_va(arg, &map);
}

static long op_unmap_pirq(struct domain *d, uint64_t arg)
{
    struct physdev_unmap_pirq unmap;

    if (copy_from_guest_va(&unmap, arg))
        return -EFAULT;
    struct domain *target = domain_get_by_any_id(unmap.domid);
    if (!target)
        return -ESRCH;
    long rc = pirq_unmap(target, unmap.pirq);
    domain_put(target);
    return rc;
}

static long op_get_free_pirq(struct domain *d, uint64_t arg)
{
    struct physdev_get_free_pirq get;

    if (copy_from_guest_va(&get, arg))
        return -EFAULT;
    int pirq = pirq_reserve(d);
    if (pirq < 0)
        return pirq;
    get.pirq = (uint32_t)pirq;
    return copy_to_guest_va(arg, &get);
}

static long op_mmcfg_reserved(struct domain *d, uint64_t arg)
{
    struct physdev_pci_mmcfg_reserved r;

    if (copy_from_guest_va(&r, arg))
        return -EFAULT;
    if (r.start_bus > r.end_bus)
        return -EINVAL;
    if (r.flags & XEN_PCI_MMCFG_RESERVED)
        pci_mmconfig_add(r.segment, r.start_bus, r.end_bus, r.address);
    return 0;
}

static long op_device_add(struct domain *d, uint64_t arg)
{
    struct physdev_pci_device_add add;

    if (copy_from_guest_va(&add, arg))
        return -EFAULT;
    return pci_present(PCI_SBDF(add.seg, add.bus, add.devfn)) ? 0 : -ENODEV;
}

static long op_device_remove(struct domain *d, uint64_t arg)
{
    struct physdev_pci_device dev;
    return copy_from_guest_va(&dev, arg) ? -EFAULT : 0;
}

static long op_restore_msi(struct domain *d, uint64_t arg)
{
    struct physdev_restore_msi r;

    if (copy_from_guest_va(&r, arg))
        return -EFAULT;
    pirq_restore_msi(d, PCI_SBDF(0, r.bus, r.devfn));
    return 0;
}

static long op_restore_msi_ext(struct domain *d, uint64_t arg)
{
    struct physdev_pci_device dev;

    if (copy_from_guest_va(&dev, arg))
        return -EFAULT;
    pirq_restore_msi(d, PCI_SBDF(dev.seg, dev.bus, dev.devfn));
    return 0;
}

/* MSI-X table and mask are ours in any case: nothing to prepare or release, but the device must be there. */
static long op_msix(struct domain *d, uint64_t arg)
{
    struct physdev_pci_device dev;

    if (copy_from_guest_va(&dev, arg))
        return -EFAULT;
    return pci_find_capability(PCI_SBDF(dev.seg, dev.bus, dev.devfn), PCI_CAP_MSIX) ? 0 : -ENODEV;
}

static const struct {
    physdev_fn fn;
    bool everyone;
} ops[] = {
    [PHYSDEVOP_irq_status_query] = {op_irq_status,       true },
    [PHYSDEVOP_set_iopl] = {op_set_iopl,         true },
    [PHYSDEVOP_set_iobitmap] = {op_set_iobitmap,     true },
    [PHYSDEVOP_apic_read] = {op_apic_read,        false},
    [PHYSDEVOP_alloc_irq_vector] = {op_alloc_irq_vector, false},
    [PHYSDEVOP_eoi] = {op_eoi,              true },
    [PHYSDEVOP_map_pirq] = {op_map_pirq,         false},
    [PHYSDEVOP_unmap_pirq] = {op_unmap_pirq,       false},
    [PHYSDEVOP_restore_msi] = {op_restore_msi,      false},
    [PHYSDEVOP_setup_gsi] = {op_setup_gsi,        false},
    [PHYSDEVOP_get_free_pirq] = {op_get_free_pirq,    true },
    [PHYSDEVOP_pci_mmcfg_reserved] = {op_mmcfg_reserved,   false},
    [PHYSDEVOP_pci_device_add] = {op_device_add,       false},
    [PHYSDEVOP_pci_device_remove] = {op_device_remove,    false},
    [PHYSDEVOP_restore_msi_ext] = {op_restore_msi_ext,  false},
    [PHYSDEVOP_prepare_msix] = {op_msix,             false},
    [PHYSDEVOP_release_msix] = {op_msix,             false},
};

long hypercall_physdev_op(struct hypercall *call)
{
    struct domain *d = current_vcpu()->domain;
    uint32_t cmd = (uint32_t)call->arg[0];

    if (cmd >= ARRAY_SIZE(ops) || !ops[cmd].fn)
        return -ENOSYS;
    if (!ops[cmd].everyone && !d->is_hardware)
        return -EPERM;
    return ops[cmd].fn(d, call->arg[1]);
}

/* The form of Xen 3.0: command and argument are one structure, and what came later isn't there. */
long hypercall_physdev_op_compat(struct hypercall *call)
{
    struct physdev_op op;
    uint64_t uop = call->arg[0];

    if (copy_from_guest_va(&op, uop))
        return -EFAULT;
    if (op.cmd > PHYSDEVOP_alloc_irq_vector)
        return -ENOSYS;
    struct hypercall now = *call;
    now.arg[0] = op.cmd;
    now.arg[1] = uop + offsetof(struct physdev_op, u);
    return hypercall_physdev_op(&now);
}
