/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of a function's addresses is a 16550's. See x86/pci/config.h. */
#include "x86/pci/config.h"

#define TYPE_MASK  0x7fu
#define BAR_IO     0x1u
#define BAR_TYPE   0x6u
#define BAR_64     0x4u
#define IO_BITS    0xfffcu /* ports have 16 bits */
#define UART_BYTES 8u

/* The lowest bit that an address register keeps is its size; PCI 3.0, 6.2.5.1. */
static uint64_t size_of(const struct pci_config *c, unsigned int reg, uint32_t address_bits)
{
    uint32_t before = c->read(c->opaque, reg, 4), mask;

    c->write(c->opaque, reg, 4, ~0u);
    mask = c->read(c->opaque, reg, 4) & address_bits;
    c->write(c->opaque, reg, 4, before);
    return mask & -mask;
}

/* One BAR, and how many registers it takes. */
static struct pci_bar read_bar(const struct pci_config *c, unsigned int i, unsigned int *width)
{
    unsigned int reg = PCI_BAR0 + 4 * i;
    uint32_t low = c->read(c->opaque, reg, 4);
    bool io = low & BAR_IO, wide = !io && (low & BAR_TYPE) == BAR_64 && i + 1 < PCI_BARS_MAX;
    uint32_t address_bits = io ? IO_BITS : ~0xfu;
    struct pci_bar bar = { .io = io, .address = low & address_bits, .size = size_of(c, reg, address_bits) };

    if (wide)
        bar.address |= (uint64_t)c->read(c->opaque, reg + 4, 4) << 32;
    *width = wide ? 2 : 1;
    return bar;
}

static bool find(const struct pci_config *c, struct pci_bar *out)
{
    bool found = false;

    for (unsigned int i = 0, width; i < PCI_BARS_MAX; i += width) {
        struct pci_bar bar = read_bar(c, i, &width);

        if (bar.size < UART_BYTES || !bar.address || (found && !bar.io))
            continue;
        *out = bar;
        found = true;
        if (bar.io)
            break;
    }
    return found;
}

bool pci_config_uart_bar(const struct pci_config *c, struct pci_bar *out)
{
    uint32_t command = c->read(c->opaque, PCI_COMMAND, 2);

    if (c->read(c->opaque, PCI_HEADER_TYPE, 1) & TYPE_MASK)
        return false; /* a bridge has other registers there */
    c->write(c->opaque, PCI_COMMAND, 2, command & ~(uint32_t)(PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
    bool found = find(c, out);
    c->write(c->opaque, PCI_COMMAND, 2, command);
    return found;
}
