/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain's physical interrupts: numbers of the domain's own choosing (pirq), each mapped to an irq of the machine,
 * then perhaps bound to an event channel. For dom0 the pirq of a GSI is the GSI.
 */
#ifndef IRQ_PIRQ_H
#define IRQ_PIRQ_H

#include "hv/types.h"
#include "irq/irq.h"
#include "pci/pci.h"
#include "pci/refusal.h"

int pirq_map_create(struct domain *d);
/** Unmaps everything; the event channels must be closed. */
void pirq_map_destroy(struct domain *d);

/**
 * Maps GSI @gsi, which the caller of the hypercall must be allowed, to @d's @pirq (-1: any; the GSI if free). Returns
 * the pirq, or with the rule in @why -EINVAL, -EPERM, -EEXIST.
 */
int pirq_map_gsi(struct domain *d, int gsi, int pirq, struct refusal *why);
/** Maps an MSI or MSI-X entry. Returns the pirq, -errno of msi_setup(), -ENOSPC or -EEXIST. */
int pirq_map_msi(struct domain *d, pci_sbdf_t sbdf, uint16_t entry, uint64_t table_base, int pirq,
                 struct refusal *why);
/** 0, or with the rule in @why -EINVAL, -EBUSY while bound. */
int pirq_unmap(struct domain *d, int pirq, struct refusal *why);
/**
 * A free pirq that no GSI has, or -ENOSPC. It is the caller's, and found by nobody again, until it has been mapped and
 * unmapped.
 */
int pirq_reserve(struct domain *d);
/** The irq of a mapped pirq, or NULL. */
struct irq *pirq_irq(struct domain *d, uint32_t pirq);
/** PHYSDEVOP_restore_msi: all MSIs of a function. */
void pirq_restore_msi(struct domain *d, pci_sbdf_t sbdf);

/**
 * Whether irq_permission and gsi_permission let @d use @gsi: asked when it is mapped, and of the domain that binds it.
 * An MSI needs no permission: it is its function's, and all functions are the hardware domain's. (platform/io_caps.c)
 */
bool arch_gsi_allowed(const struct domain *d, uint32_t gsi);

#endif
