/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Message signalled interrupts, MSI and MSI-X (PCI 3.0, 6.8). The hypervisor alone writes address, data and mask. */
#ifndef IRQ_MSI_H
#define IRQ_MSI_H

#include "hv/types.h"
#include "irq/irq.h"
#include "pci/pci.h"
#include "pci/refusal.h"

struct msi_desc {
    pci_sbdf_t sbdf;
    uint16_t cap; /* offset of the capability */
    bool msix;
    uint16_t entry; /* of the MSI-X table */
    uint8_t *table; /* MSI-X: the mapped entry, 16 bytes */
    bool masked;
    uint8_t vector;
    uint32_t apic_id;
};

/**
 * Allocates an irq for MSI (@table_base 0) or entry @entry of MSI-X, and switches the device over to it; still masked.
 * @out. 0, or with the rule in @why -ENODEV (no such function, capability or BAR), -ENXIO (its memory is off), -EINVAL
 * (entry; a table in RAM), -ENOSPC, -ENOMEM.
 */
int msi_setup(pci_sbdf_t sbdf, uint16_t entry, uint64_t table_base, struct irq **out, struct refusal *why);
/** Switches the device back and frees the irq, which no guest may be bound to. */
void msi_teardown(struct irq *irq);
/** Writes everything again after the device lost it. */
void msi_restore(struct irq *irq);

#endif
