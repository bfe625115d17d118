/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See pci/pci.h. MMCONFIG is mapped bus by bus when first used, so a big window costs nothing. */
#include "pci/pci.h"

#include "cpu/features.h"
#include "hv/lock.h"
#include "hv/log.h"
#include "hw/native/io.h"
#include "mm/machine_map.h"
#include "mm/map.h"
#include "pci/refusal.h"
#include "x86/boot/e820.h"
#include "x86/pci/config.h"

#define PCI_ADDRESS 0xcf8
#define PCI_DATA    0xcfc
#define WINDOWS_MAX 16u
#define BUS_SIZE    0x100000u
#define KEPT_MAX    4u

struct mmconfig {
    uint16_t segment;
    uint8_t first_bus, last_bus;
    paddr_t base;
    uint8_t *bus[256];
};
static struct mmconfig windows[WINDOWS_MAX];
static unsigned int window_count;
static pci_sbdf_t kept[KEPT_MAX];
static unsigned int kept_count;
static spinlock_t lock = SPINLOCK_INIT(LOCK_PCI);

/* RAM is no configuration space: a window over it would be a way to read and write it. */
static bool is_window(uint8_t first_bus, uint8_t last_bus, paddr_t base)
{
    const struct range r = { base + (uint64_t)first_bus * BUS_SIZE, base + (last_bus + 1ull) * BUS_SIZE };

    return !(base % BUS_SIZE) && base < r.end && r.end <= 1ull << cpu_paddr_bits &&
           !e820_touches(&machine_map, r, E820_RAM);
}

int pci_mmconfig_add(uint16_t segment, uint8_t first_bus, uint8_t last_bus, paddr_t base, struct refusal *why)
{
    int rc = 0;

    if (!is_window(first_bus, last_bus, base))
        return refuse(why, -ENODEV, "MMCONFIG of segment %u, buses %u to %u, at %#lx is not in a device's memory",
                      segment, first_bus, last_bus, (unsigned long)base);
    irqflags_t flags = spin_lock_irqsave(&lock);
    for (unsigned int i = 0; i < window_count; i++)
        if (windows[i].segment == segment && windows[i].first_bus == first_bus)
            goto unlock;
    if (window_count < WINDOWS_MAX)
        windows[window_count++] =
            (struct mmconfig){ .segment = segment, .first_bus = first_bus, .last_bus = last_bus, .base = base };
    else
        rc = refuse(why, -ENOSPC, "more than %u MMCONFIG windows, segment %u is not reached", WINDOWS_MAX, segment);
unlock:
    spin_unlock_irqrestore(&lock, flags);
    return rc;
}

/* The function's 4096 bytes, or NULL. Lock held. */
static uint8_t *mmconfig_of(pci_sbdf_t sbdf)
{
    uint8_t bus = (uint8_t)(sbdf >> 8);

    for (unsigned int i = 0; i < window_count; i++) {
        struct mmconfig *w = &windows[i];
        if (w->segment != sbdf >> 16 || bus < w->first_bus || bus > w->last_bus)
            continue;
        if (!w->bus[bus])
            w->bus[bus] = ioremap(w->base + (uint64_t)bus * BUS_SIZE, BUS_SIZE);
        return w->bus[bus] ? w->bus[bus] + (sbdf & 0xff) * 4096 : NULL;
    }
    return NULL;
}

static uint32_t io_read(uint16_t port, unsigned int size)
{
    return size == 1 ? inb(port) : size == 2 ? inw(port) : inl(port);
}

static void io_write(uint16_t port, unsigned int size, uint32_t v)
{
    if (size == 1)
        outb((uint8_t)v, port);
    else if (size == 2)
        outw((uint16_t)v, port);
    else
        outl(v, port);
}

static uint32_t mmio_read(const uint8_t *p, unsigned int size)
{
    return size == 1 ? mmio_read8(p) : size == 2 ? mmio_read16(p) : mmio_read32(p);
}

static void mmio_write(uint8_t *p, unsigned int size, uint32_t v)
{
    if (size == 1)
        mmio_write8(p, (uint8_t)v);
    else if (size == 2)
        mmio_write16(p, (uint16_t)v);
    else
        mmio_write32(p, v);
}

static bool by_ports(pci_sbdf_t sbdf, unsigned int reg)
{
    return reg < 256 && !(sbdf >> 16);
}

uint32_t pci_read(pci_sbdf_t sbdf, unsigned int reg, unsigned int size)
{
    uint32_t v = ~0u >> (32 - 8 * size);
    irqflags_t flags = spin_lock_irqsave(&lock);
    const uint8_t *p = by_ports(sbdf, reg) ? NULL : mmconfig_of(sbdf);

    if (p) {
        v = mmio_read(p + reg, size);
    } else if (by_ports(sbdf, reg)) {
        outl(0x80000000u | sbdf << 8 | (reg & 0xfc), PCI_ADDRESS);
        v = io_read((uint16_t)(PCI_DATA + (reg & 3)), size);
    }
    spin_unlock_irqrestore(&lock, flags);
    return v;
}

void pci_write(pci_sbdf_t sbdf, unsigned int reg, unsigned int size, uint32_t value)
{
    irqflags_t flags = spin_lock_irqsave(&lock);
    uint8_t *p = by_ports(sbdf, reg) ? NULL : mmconfig_of(sbdf);

    if (p) {
        mmio_write(p + reg, size, value);
    } else if (by_ports(sbdf, reg)) {
        outl(0x80000000u | sbdf << 8 | (reg & 0xfc), PCI_ADDRESS);
        io_write((uint16_t)(PCI_DATA + (reg & 3)), size, value);
    }
    spin_unlock_irqrestore(&lock, flags);
}

uint32_t pci_port_read(uint32_t cf8, unsigned int offset, unsigned int size)
{
    irqflags_t flags = spin_lock_irqsave(&lock);
    outl(cf8, PCI_ADDRESS);
    uint32_t v = io_read((uint16_t)(PCI_DATA + offset), size);
    spin_unlock_irqrestore(&lock, flags);
    return v;
}

__init void pci_keep(pci_sbdf_t sbdf)
{
    if (kept_count < KEPT_MAX)
        kept[kept_count++] = sbdf;
}

static bool is_kept(uint32_t cf8)
{
    for (unsigned int i = 0; i < kept_count; i++)
        if (kept[i] == (cf8 >> 8 & 0xffff))
            return true;
    return false;
}

void pci_port_write(uint32_t cf8, unsigned int offset, unsigned int size, uint32_t value)
{
    if (is_kept(cf8))
        return;
    irqflags_t flags = spin_lock_irqsave(&lock);
    outl(cf8, PCI_ADDRESS);
    io_write((uint16_t)(PCI_DATA + offset), size, value);
    spin_unlock_irqrestore(&lock, flags);
}

bool pci_present(pci_sbdf_t sbdf)
{
    return pci_read(sbdf, PCI_VENDOR_ID, 2) != 0xffff;
}
