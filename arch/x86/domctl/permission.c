/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Giving domains a part of the machine's I/O, out of what the caller has itself, and taking it away. */
#include "cpu/features.h"
#include "hv/percpu.h"
#include "hv/physmap.h"
#include "hv/toolstack.h"
#include "irq/pirq.h"
#include "platform/io_caps.h"

#include <toolstack_handlers.h>

#define PORTS 0x10000u

static long permission_set(struct domctl_call *c, enum io_cap kind, uint64_t first, uint64_t last, bool allow)
{
    if (!io_caps_allowed(current_vcpu()->domain, kind, first, last))
        return -EPERM;
    return allow ? io_caps_grant(c->d, kind, first, last) : io_caps_revoke(c->d, kind, first, last);
}

long domctl_ioport_permission(struct domctl_call *c)
{
    const struct xen_domctl_ioport_permission *op = &c->op.u.ioport_permission;

    if (op->first_port >= PORTS || !op->nr_ports || op->nr_ports > PORTS - op->first_port)
        return -EINVAL;
    return permission_set(c, IO_CAP_PORT, op->first_port, op->first_port + op->nr_ports - 1, op->allow_access);
}

/* None, or more than there are numbers. Of those that the processor cannot address nobody has any. */
static bool frames_wrap(uint64_t first, uint64_t nr) { return first + nr - 1 < first; }

long domctl_iomem_permission(struct domctl_call *c)
{
    const struct xen_domctl_iomem_permission *op = &c->op.u.iomem_permission;

    if (frames_wrap(op->first_mfn, op->nr_mfns))
        return -EINVAL;
    return permission_set(c, IO_CAP_MMIO, op->first_mfn, op->first_mfn + op->nr_mfns - 1, op->allow_access);
}

/* The number is the caller's pirq where it has mapped one, else a GSI. */
long domctl_irq_permission(struct domctl_call *c)
{
    const struct xen_domctl_irq_permission *op = &c->op.u.irq_permission;
    struct irq *irq = pirq_irq(current_vcpu()->domain, op->pirq);

    if (!irq && op->pirq >= irq_gsi_count)
        return -EINVAL;
    uint32_t nr = irq ? irq->nr : op->pirq;
    return permission_set(c, IO_CAP_IRQ, nr, nr, op->allow_access);
}

/* The same by GSI alone, whatever numbers the caller has given to its interrupts. */
long domctl_gsi_permission(struct domctl_call *c)
{
    struct layout_gsi_permission op;

    gsi_permission_decode(&c->op.u, &op);
    if (op.flags > 1 || op.gsi >= irq_gsi_count)
        return -EINVAL;
    return permission_set(c, IO_CAP_IRQ, op.gsi, op.gsi, op.flags);
}

/*
 * A PV guest's page tables name machine frames: there is no map to change, and what it may map is iomem_permission's
 * matter. Device memory in a container's map is not there yet.
 */
long domctl_memory_mapping(struct domctl_call *c)
{
    const struct xen_domctl_memory_mapping *op = &c->op.u.memory_mapping;
    uint64_t last = op->first_mfn + op->nr_mfns - 1;

    if (frames_wrap(op->first_mfn, op->nr_mfns) || frames_wrap(op->first_gfn, op->nr_mfns) ||
        last >> (cpu_paddr_bits - PAGE_SHIFT))
        return -EINVAL;
    return domain_is_translated(c->d) ? -EOPNOTSUPP : 0;
}
