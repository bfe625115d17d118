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
#include "hv/string.h"
#include "irq/ioapic.h"
#include "irq/msi.h"
#include "irq/pirq.h"
#include "pci/function.h"
#include "platform/tables.h"

#include <hypercall_handlers.h>
#include <layout_codec.h>

typedef long (*physdev_fn)(struct domain *d, uint64_t arg, struct refusal *why);

static long op_eoi(struct domain *d, uint64_t arg, struct refusal *why)
{
    struct physdev_eoi eoi;

    if (copy_from_guest_va(&eoi, arg))
        return -EFAULT;
    if (!pirq_irq(d, eoi.irq))
        return -EINVAL;
    arch_pirq_eoi(d, eoi.irq);
    return 0;
}

static long op_irq_status(struct domain *d, uint64_t arg, struct refusal *why)
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

static long op_set_iopl(struct domain *d, uint64_t arg, struct refusal *why)
{
    struct physdev_set_iopl set;

    if (copy_from_guest_va(&set, arg))
        return -EFAULT;
    if (set.iopl > 3)
        return -EINVAL;
    current_vcpu()->arch.pv.iopl = set.iopl;
    return 0;
}

static long op_set_iobitmap(struct domain *d, uint64_t arg, struct refusal *why)
{
    struct physdev_set_iobitmap set;
    struct pv_vcpu *pv = &current_vcpu()->arch.pv;

    if (copy_from_guest_va(&set, arg))
        return -EFAULT;
    if (set.nr_ports > 65536 || !arch_guest_range_ok((uint64_t)(uintptr_t)set.bitmap.p, (set.nr_ports + 7) / 8))
        return -EINVAL;
    pv->io_bitmap = (uint64_t)(uintptr_t)set.bitmap.p;
    pv->io_bitmap_ports = set.nr_ports;
    return 0;
}

static long op_apic_read(struct domain *d, uint64_t arg, struct refusal *why)
{
    struct physdev_apic apic;
    uint32_t value;

    if (copy_from_guest_va(&apic, arg))
        return -EFAULT;
    int rc = ioapic_read_for_guest(apic.apic_physbase, apic.reg, &value);
    if (rc)
        return refuse(why, rc, "there is no IO-APIC at %#lx with a register %u", apic.apic_physbase, apic.reg);
    apic.value = value;
    return copy_to_guest_va(arg, &apic);
}

/*
 * Old kernels ask for a vector before they bind; any number in range will do, since we choose vectors ourselves. Where
 * there is no ACPI it is all that a kernel asks for a legacy line, so then this maps it.
 */
static long op_alloc_irq_vector(struct domain *d, uint64_t arg, struct refusal *why)
{
    struct physdev_irq op;

    if (copy_from_guest_va(&op, arg))
        return -EFAULT;
    if (op.irq >= irq_gsi_count)
        return refuse(why, -EINVAL, "GSI %u is beyond the last one, %u", op.irq, irq_gsi_count - 1);
    if (tables_legacy_lines() && op.irq < 16 && !pirq_irq(d, op.irq)) {
        int rc = pirq_map_gsi(d, (int)ioapic_isa_to_gsi(op.irq), (int)op.irq, why);
        if (rc < 0)
            return rc;
    }
    op.vector = op.irq;
    return copy_to_guest_va(arg, &op);
}

static long op_setup_gsi(struct domain *d, uint64_t arg, struct refusal *why)
{
    struct physdev_setup_gsi gsi;

    if (copy_from_guest_va(&gsi, arg))
        return -EFAULT;
    if (gsi.gsi < 0 || (uint32_t)gsi.gsi >= irq_gsi_count)
        return refuse(why, -EINVAL, "GSI %d is beyond the last one, %u", gsi.gsi, irq_gsi_count - 1);
    if (gsi.triggering > 1 || gsi.polarity > 1)
        return refuse(why, -EINVAL, "trigger %u and polarity %u of GSI %d must be 0 or 1", gsi.triggering, gsi.polarity,
                      gsi.gsi);
    int rc = ioapic_set_trigger(irq_get((uint32_t)gsi.gsi), gsi.triggering, gsi.polarity);
    return rc ? refuse(why, rc, "no IO-APIC has an input for GSI %d", gsi.gsi) : 0;
}

static long map_one(struct domain *d, const struct physdev_map_pirq *map, struct refusal *why)
{
    bool by_segment = map->type == MAP_PIRQ_TYPE_MSI_SEG || map->type == MAP_PIRQ_TYPE_MULTI_MSI;
    pci_sbdf_t sbdf = PCI_SBDF(by_segment ? map->bus >> 16 & 0xffff : 0, map->bus, map->devfn);

    switch (map->type) {
    case MAP_PIRQ_TYPE_GSI: return pirq_map_gsi(d, map->index, map->pirq, why);
    case MAP_PIRQ_TYPE_MSI:
    case MAP_PIRQ_TYPE_MSI_SEG:
        return pirq_map_msi(d, sbdf, (uint16_t)map->entry_nr, map->table_base, map->pirq, why);
    case MAP_PIRQ_TYPE_MULTI_MSI: /* drivers fall back to one */
        return map->entry_nr == 1 ? pirq_map_msi(d, sbdf, 0, 0, map->pirq, why)
                                  : refuse(why, -EOPNOTSUPP, "%d MSIs of one function: one can be had", map->entry_nr);
    default: return refuse(why, -EINVAL, "%d is no kind of interrupt", map->type);
    }
}

/* What was asked for, in front of the rule that forbids it. */
static void name_request(const struct physdev_map_pirq *map, struct refusal *why)
{
    struct refusal rule = *why;
    bool msi = map->type == MAP_PIRQ_TYPE_MSI || map->type == MAP_PIRQ_TYPE_MSI_SEG ||
               map->type == MAP_PIRQ_TYPE_MULTI_MSI;

    if (msi)
        refuse(why, 0, "%s of %s: %s", map->table_base ? "MSI-X" : "MSI",
               pci_name(PCI_SBDF(map->type == MAP_PIRQ_TYPE_MSI ? 0 : map->bus >> 16, map->bus, map->devfn)).text,
               rule.rule);
}

static long op_map_pirq(struct domain *d, uint64_t arg, struct refusal *why)
{
    struct physdev_map_pirq map;

    if (copy_from_guest_va(&map, arg))
        return -EFAULT;
    struct domain *target = domain_get_by_any_id(map.domid);
    if (!target)
        return refuse(why, -ESRCH, "there is no domain %u", map.domid);
    long rc = map_one(target, &map, why);
    domain_put(target);
    if (rc < 0) {
        name_request(&map, why);
        return rc;
    }
    map.pirq = (int)rc;
    return copy_to_guest_va(arg, &map);
}

static long op_unmap_pirq(struct domain *d, uint64_t arg, struct refusal *why)
{
    struct physdev_unmap_pirq unmap;

    if (copy_from_guest_va(&unmap, arg))
        return -EFAULT;
    struct domain *target = domain_get_by_any_id(unmap.domid);
    if (!target)
        return refuse(why, -ESRCH, "there is no domain %u", unmap.domid);
    long rc = pirq_unmap(target, unmap.pirq, why);
    domain_put(target);
    return rc;
}

static long op_get_free_pirq(struct domain *d, uint64_t arg, struct refusal *why)
{
    struct physdev_get_free_pirq get;

    if (copy_from_guest_va(&get, arg))
        return -EFAULT;
    int pirq = pirq_reserve(d);
    if (pirq < 0)
        return refuse(why, pirq, "the domain has no physical interrupts, or all that are not GSIs are in use");
    get.pirq = (uint32_t)pirq;
    return copy_to_guest_va(arg, &get);
}

static long op_mmcfg_reserved(struct domain *d, uint64_t arg, struct refusal *why)
{
    struct physdev_pci_mmcfg_reserved r;

    if (copy_from_guest_va(&r, arg))
        return -EFAULT;
    if (r.start_bus > r.end_bus)
        return refuse(why, -EINVAL, "MMCONFIG of segment %u from bus %u to %u", r.segment, r.start_bus, r.end_bus);
    return r.flags & XEN_PCI_MMCFG_RESERVED ? pci_mmconfig_add(r.segment, r.start_bus, r.end_bus, r.address, why) : 0;
}

static long op_device_add(struct domain *d, uint64_t arg, struct refusal *why)
{
    struct physdev_pci_device_add add;

    if (copy_from_guest_va(&add, arg))
        return -EFAULT;
    pci_sbdf_t sbdf = PCI_SBDF(add.seg, add.bus, add.devfn);
    struct refusal rule = { "" };
    int rc = add.flags & XEN_PCI_DEV_VIRTFN
                 ? pci_virtual_function_add(sbdf, PCI_SBDF(add.seg, add.physfn.bus, add.physfn.devfn), &rule)
                 : pci_function_add(sbdf, &rule);
    return rc ? refuse(why, rc, "%s: %s", pci_name(sbdf).text, rule.rule) : 0;
}

static long op_device_remove(struct domain *d, uint64_t arg, struct refusal *why)
{
    struct physdev_pci_device dev;
    return copy_from_guest_va(&dev, arg) ? -EFAULT : 0;
}

static long op_restore_msi(struct domain *d, uint64_t arg, struct refusal *why)
{
    struct physdev_restore_msi r;

    if (copy_from_guest_va(&r, arg))
        return -EFAULT;
    pirq_restore_msi(d, PCI_SBDF(0, r.bus, r.devfn));
    return 0;
}

static long op_restore_msi_ext(struct domain *d, uint64_t arg, struct refusal *why)
{
    struct physdev_pci_device dev;

    if (copy_from_guest_va(&dev, arg))
        return -EFAULT;
    pirq_restore_msi(d, PCI_SBDF(dev.seg, dev.bus, dev.devfn));
    return 0;
}

/* MSI-X table and mask are ours in any case: nothing to prepare or release, but the device must be there. */
static long op_msix(struct domain *d, uint64_t arg, struct refusal *why)
{
    struct physdev_pci_device dev;

    if (copy_from_guest_va(&dev, arg))
        return -EFAULT;
    pci_sbdf_t sbdf = PCI_SBDF(dev.seg, dev.bus, dev.devfn);
    if (!pci_find_capability(sbdf, PCI_CAP_MSIX))
        return refuse(why, -ENODEV, "%s has no MSI-X capability", pci_name(sbdf).text);
    return 0;
}

/* dom0 has reset a function. Nothing kept here is made wrong by it, and restore_msi comes by itself. */
static long op_device_reset(struct domain *d, uint64_t arg, struct refusal *why)
{
    uint8_t raw[LAYOUT_PCI_DEVICE_RESET_SIZE];
    struct layout_pci_device_reset reset;

    if (copy_from_guest_va(&raw, arg))
        return -EFAULT;
    pci_device_reset_decode(raw, &reset);
    if (reset.flags > 3)
        return refuse(why, -EINVAL, "flags %#x, no kind of reset beyond 3 is known", reset.flags);
    pci_sbdf_t sbdf = PCI_SBDF(reset.seg, reset.bus, reset.devfn);
    return pci_present(sbdf) ? 0 : refuse(why, -ENODEV, "there is no %s", pci_name(sbdf).text);
}

/* Operations on devices say in the log what they refuse; those that are for everyone concern the caller's vCPU. */
#define DEVICE(name, fn)   [PHYSDEVOP_##name] = { fn, #name, false, true }
#define EVERYONE(name, fn) [PHYSDEVOP_##name] = { fn, #name, true, false }
static const struct {
    physdev_fn fn;
    const char *name;
    bool everyone, told;
} ops[] = {
    EVERYONE(irq_status_query, op_irq_status),
    EVERYONE(set_iopl, op_set_iopl),
    EVERYONE(set_iobitmap, op_set_iobitmap),
    EVERYONE(eoi, op_eoi),
    [PHYSDEVOP_get_free_pirq] = { op_get_free_pirq, "get_free_pirq", true, true },
    DEVICE(apic_read, op_apic_read),
    DEVICE(alloc_irq_vector, op_alloc_irq_vector),
    DEVICE(map_pirq, op_map_pirq),
    DEVICE(unmap_pirq, op_unmap_pirq),
    DEVICE(restore_msi, op_restore_msi),
    DEVICE(setup_gsi, op_setup_gsi),
    DEVICE(pci_mmcfg_reserved, op_mmcfg_reserved),
    DEVICE(pci_device_add, op_device_add),
    DEVICE(pci_device_remove, op_device_remove),
    DEVICE(restore_msi_ext, op_restore_msi_ext),
    DEVICE(prepare_msix, op_msix),
    DEVICE(release_msix, op_msix),
    DEVICE(pci_device_reset, op_device_reset),
};

long hypercall_physdev_op(struct hypercall *call)
{
    struct domain *d = current_vcpu()->domain;
    uint32_t cmd = (uint32_t)call->arg[0];
    struct refusal why;

    why.rule[0] = 0; /* the rest need not be cleared: interrupts end through here */
    if (cmd >= ARRAY_SIZE(ops) || !ops[cmd].fn)
        return -ENOSYS;
    if (!ops[cmd].everyone && !d->is_hardware)
        return -EPERM;
    long rc = ops[cmd].fn(d, call->arg[1], &why);
    if (rc < 0 && ops[cmd].told)
        guest_log(current_vcpu(), LOG_WARNING, "%s refused (%ld): %s", ops[cmd].name, rc,
                  why.rule[0] ? why.rule : "its argument cannot be read or written");
    return rc;
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
