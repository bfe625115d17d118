/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is behind an I/O port for a guest. Configuration space and the RTC are reached by an index port and a data port:
 * the index is the domain's own, so that two users cannot disturb each other. The timer and interrupt controllers are
 * the hypervisor's: they are not among a domain's ports (d->arch.io), and what is not reads as all ones and ignores
 * writes. Where dom0 has no ACPI its mask registers of the interrupt controllers keep what is written, which masks
 * nothing: by that a kernel finds that there are legacy lines.
 */
#include "hv/lock.h"
#include "hw/native/io.h"
#include "pci/pci.h"
#include "platform/io_caps.h"
#include "platform/tables.h"
#include "pv/emulate.h"

#define PORT_PIC1_MASK  0x21u
#define PORT_PIC2_MASK  0xa1u
#define PORT_CMOS_INDEX 0x70u
#define PORT_CMOS_DATA  0x71u
#define PORT_SYSTEM_B   0x61u
#define PORT_PCI_INDEX  0xcf8u
#define PORT_PCI_DATA   0xcfcu

static spinlock_t cmos_lock = SPINLOCK_INIT(LOCK_LEAF);

static uint32_t ones(unsigned int size) { return size == 4 ? ~0u : (1u << 8 * size) - 1; }

static uint32_t machine_read(unsigned int port, unsigned int size)
{
    switch (size) {
    case 1: return inb((uint16_t)port);
    case 2: return inw((uint16_t)port);
    default: return inl((uint16_t)port);
    }
}

static void machine_write(unsigned int port, unsigned int size, uint32_t value)
{
    switch (size) {
    case 1: outb((uint8_t)value, (uint16_t)port); break;
    case 2: outw((uint16_t)value, (uint16_t)port); break;
    default: outl(value, (uint16_t)port); break;
    }
}

static uint8_t cmos_read(const struct domain *d)
{
    irqflags_t flags = spin_lock_irqsave(&cmos_lock);
    outb(d->arch.pv.rtc_index, PORT_CMOS_INDEX);
    uint8_t value = inb(PORT_CMOS_DATA);
    spin_unlock_irqrestore(&cmos_lock, flags);
    return value;
}

static void cmos_write(const struct domain *d, uint8_t value)
{
    irqflags_t flags = spin_lock_irqsave(&cmos_lock);
    outb(d->arch.pv.rtc_index, PORT_CMOS_INDEX);
    outb(value, PORT_CMOS_DATA);
    spin_unlock_irqrestore(&cmos_lock, flags);
}

static bool is_pci_data(unsigned int port, unsigned int size)
{
    return port >= PORT_PCI_DATA && port + size <= PORT_PCI_DATA + 4 && port % size == 0;
}

/* The legacy controllers' mask register at @port, or NULL. */
static uint8_t *pic_mask(struct domain *d, unsigned int port, unsigned int size)
{
    if ((port != PORT_PIC1_MASK && port != PORT_PIC2_MASK) || size != 1 || !tables_legacy_lines())
        return NULL;
    return &d->arch.pv.pic_mask[port == PORT_PIC2_MASK];
}

/* Ports that the hardware domain gets in a form of our own. */
static bool special_read(struct domain *d, unsigned int port, unsigned int size, uint32_t *value)
{
    const uint8_t *mask = pic_mask(d, port, size);

    if (mask)
        *value = *mask;
    else if (port == PORT_PCI_INDEX && size == 4)
        *value = d->arch.pv.pci_cf8;
    else if (is_pci_data(port, size))
        *value = pci_port_read(d->arch.pv.pci_cf8, port - PORT_PCI_DATA, size);
    else if (port == PORT_CMOS_INDEX && size == 1)
        *value = d->arch.pv.rtc_index;
    else if (port == PORT_CMOS_DATA && size == 1)
        *value = cmos_read(d);
    else if (port == PORT_SYSTEM_B && size == 1)
        *value = inb(PORT_SYSTEM_B); /* reasons of NMIs, refresh and timer outputs: reading changes nothing */
    else
        return false;
    return true;
}

static bool special_write(struct domain *d, unsigned int port, unsigned int size, uint32_t value)
{
    uint8_t *mask = pic_mask(d, port, size);

    if (mask)
        *mask = (uint8_t)value;
    else if (port == PORT_PCI_INDEX && size == 4)
        d->arch.pv.pci_cf8 = value;
    else if (is_pci_data(port, size))
        pci_port_write(d->arch.pv.pci_cf8, port - PORT_PCI_DATA, size, value);
    else if (port == PORT_CMOS_INDEX && size == 1)
        d->arch.pv.rtc_index = value & 0x7f; /* bit 7 would mask the machine's NMIs */
    else if (port == PORT_CMOS_DATA && size == 1)
        cmos_write(d, (uint8_t)value);
    else
        return false;
    return true;
}

uint32_t emul_port_read(struct domain *d, unsigned int port, unsigned int size)
{
    uint32_t value;

    if (d->is_hardware && special_read(d, port, size, &value))
        return value & ones(size);
    if (io_caps_allowed(d, IO_CAP_PORT, port, port + size - 1))
        return machine_read(port, size);
    return ones(size);
}

void emul_port_write(struct domain *d, unsigned int port, unsigned int size, uint32_t value)
{
    if (d->is_hardware && special_write(d, port, size, value))
        return;
    if (io_caps_allowed(d, IO_CAP_PORT, port, port + size - 1))
        machine_write(port, size, value);
}
