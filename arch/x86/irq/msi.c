/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See irq/msi.h. */
#include "irq/msi.h"

#include "hv/heap.h"
#include "hv/log.h"
#include "hw/native/io.h"
#include "irq/lapic.h"
#include "mm/machine_map.h"
#include "mm/map.h"
#include "pci/function.h"

#include <arch/page.h>

#define MSI_CONTROL      0x02
#define MSI_ADDRESS      0x04
#define MSI_ENABLE       0x0001
#define MSI_MULTI_MASK   0x0070
#define MSI_64BIT        0x0080
#define MSI_MASKABLE     0x0100
#define MSIX_TABLE       0x04
#define MSIX_SIZE_MASK   0x07ff
#define MSIX_ENABLE      0x8000
#define MSIX_MASK_ALL    0x4000
#define MSIX_ENTRY_SIZE  16u
#define MSIX_ENTRY_CTRL  12
#define MSI_ADDRESS_BASE 0xfee00000u

static uint16_t control(const struct msi_desc *m)
{
    return (uint16_t)pci_read(m->sbdf, m->cap + MSI_CONTROL, 2);
}
static void set_control(const struct msi_desc *m, uint16_t v)
{
    pci_write(m->sbdf, m->cap + MSI_CONTROL, 2, v);
}

static void write_mask(struct irq *irq, bool masked)
{
    struct msi_desc *m = irq->msi;

    m->masked = masked;
    if (m->msix) {
        mmio_write32(m->table + MSIX_ENTRY_CTRL, masked);
        (void)mmio_read32(m->table + MSIX_ENTRY_CTRL);
        return;
    }
    uint16_t c = control(m);
    if (c & MSI_MASKABLE) {
        unsigned int reg = m->cap + (c & MSI_64BIT ? 0x10 : 0x0c);
        pci_write(m->sbdf, reg, 4, (pci_read(m->sbdf, reg, 4) & ~1u) | masked);
    }
}

static void mask(struct irq *irq)
{
    write_mask(irq, true);
}
static void unmask(struct irq *irq)
{
    write_mask(irq, false);
}

static void set_target(struct irq *irq, uint8_t vector, uint32_t apic_id)
{
    struct msi_desc *m = irq->msi;
    uint32_t address = MSI_ADDRESS_BASE | (apic_id & 0xff) << 12;

    m->vector = vector;
    m->apic_id = apic_id;
    if (m->msix) {
        mmio_write32(m->table + MSIX_ENTRY_CTRL, 1);
        mmio_write32(m->table, address);
        mmio_write32(m->table + 4, 0);
        mmio_write32(m->table + 8, vector);
        mmio_write32(m->table + MSIX_ENTRY_CTRL, m->masked);
        return;
    }
    bool wide = control(m) & MSI_64BIT;
    pci_write(m->sbdf, m->cap + MSI_ADDRESS, 4, address);
    if (wide)
        pci_write(m->sbdf, m->cap + MSI_ADDRESS + 4, 4, 0);
    pci_write(m->sbdf, m->cap + MSI_ADDRESS + (wide ? 8 : 4), 2, vector);
}

static const struct irq_source msi_source = { "MSI", mask, unmask, set_target };

/*
 * Pages with MSI-X tables. They stay mapped, each once, so that functions that come and go do not use up addresses.
 */
struct table_page {
    struct table_page *next;
    paddr_t paddr;
    uint8_t *va;
};
static struct table_page *table_pages;
static spinlock_t table_lock = SPINLOCK_INIT(LOCK_MSI_TABLES);

static uint8_t *table_map(paddr_t paddr)
{
    paddr_t page = paddr & PAGE_MASK;

    spin_lock(&table_lock);
    struct table_page *t = table_pages;
    while (t && t->paddr != page)
        t = t->next;
    if (!t && (t = hv_zalloc(sizeof(*t)))) {
        t->paddr = page;
        t->va = ioremap(page, PAGE_SIZE);
        if (t->va) {
            t->next = table_pages;
            table_pages = t;
        } else {
            hv_free(t);
            t = NULL;
        }
    }
    spin_unlock(&table_lock);
    return t ? t->va + (paddr - page) : NULL;
}

static bool is_ram(paddr_t paddr)
{
    const struct e820_entry *e = e820_lookup(&machine_map, paddr);
    return e && e->type == E820_RAM;
}

static int map_entry(struct msi_desc *m, struct refusal *why)
{
    uint32_t where = pci_read(m->sbdf, m->cap + MSIX_TABLE, 4), last = control(m) & MSIX_SIZE_MASK;
    paddr_t table;

    if (m->entry > last)
        return refuse(why, -EINVAL, "entry %u is beyond the last one of its table, %u", m->entry, last);
    int rc = pci_memory_bar(m->sbdf, where & 7, &table, why);
    if (rc)
        return rc;
    table += (where & ~7u) + m->entry * MSIX_ENTRY_SIZE;
    if (table >= E820_TOP || is_ram(table))
        return refuse(why, -EINVAL, "its table would be at %#lx, which is no place for a device", (unsigned long)table);
    m->table = table_map(table);
    return m->table ? 0 : refuse(why, -ENOMEM, "no memory or address space to map its table");
}

static void enable(struct msi_desc *m)
{
    uint16_t c = control(m);

    pci_write(m->sbdf, PCI_COMMAND, 2, pci_read(m->sbdf, PCI_COMMAND, 2) | PCI_COMMAND_INTX_DISABLE);
    set_control(m, m->msix ? c | MSIX_ENABLE : (uint16_t)((c & ~MSI_MULTI_MASK) | MSI_ENABLE));
}

/* A vector for what is described, and the device switched over to it. */
static int connect(struct msi_desc *m, struct irq **out, struct refusal *why)
{
    struct irq *irq = irq_alloc_msi(&msi_source);

    if (!irq)
        return refuse(why, -ENOSPC, "all interrupts for MSIs are in use");
    irq->msi = m;
    irqflags_t flags = spin_lock_irqsave(&irq->lock);
    write_mask(irq, true);
    int rc = irq_assign_vector(irq, &cpu_online);
    if (!rc)
        enable(m);
    spin_unlock_irqrestore(&irq->lock, flags);
    if (rc) {
        irq_free_msi(irq);
        return refuse(why, rc, "no vector is free on the CPU chosen for it");
    }
    *out = irq;
    return 0;
}

int msi_setup(pci_sbdf_t sbdf, uint16_t entry, uint64_t table_base, struct irq **out, struct refusal *why)
{
    bool msix = table_base != 0;

    if (!pci_function_exists(sbdf))
        return refuse(why, -ENODEV, "no function answers there, and no known physical function has it switched on");
    unsigned int cap = pci_find_capability(sbdf, msix ? PCI_CAP_MSIX : PCI_CAP_MSI);
    if (!cap)
        return refuse(why, -ENODEV, "the function has no %s capability", msix ? "MSI-X" : "MSI");
    struct msi_desc *m = hv_zalloc(sizeof(*m));
    if (!m)
        return refuse(why, -ENOMEM, "no memory to describe it");
    *m = (struct msi_desc){ .sbdf = sbdf, .cap = (uint16_t)cap, .msix = msix, .entry = entry, .masked = true };
    int rc = msix ? map_entry(m, why) : 0;
    if (!rc)
        rc = connect(m, out, why);
    if (rc)
        hv_free(m);
    return rc;
}

void msi_teardown(struct irq *irq)
{
    struct msi_desc *m = irq->msi;
    irqflags_t flags = spin_lock_irqsave(&irq->lock);

    write_mask(irq, true);
    if (!m->msix)
        set_control(m, control(m) & ~MSI_ENABLE);
    irq_release_vector(irq);
    spin_unlock_irqrestore(&irq->lock, flags);
    irq_free_msi(irq);
    hv_free(m);
}

void msi_restore(struct irq *irq)
{
    struct msi_desc *m = irq->msi;
    irqflags_t flags = spin_lock_irqsave(&irq->lock);

    set_target(irq, m->vector, m->apic_id);
    write_mask(irq, m->masked);
    enable(m);
    spin_unlock_irqrestore(&irq->lock, flags);
}
