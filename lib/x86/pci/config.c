/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See x86/pci/config.h. */
#include "x86/pci/config.h"

#define STATUS_CAPS    0x0010
#define CAPS_START     0x40u
#define CAPS_MAX       48u  /* of 4 bytes, between 0x40 and 0x100 */
#define EXT_CAPS_START 0x100u
#define EXT_CAPS_MAX   480u /* of 8 bytes, between 0x100 and 0x1000 */
#define TYPE_MASK      0x7f
#define BAR_IO         0x1u
#define BAR_TYPE       0x6u
#define BAR_64         0x4u
#define BAR_ATTRIBUTES 0xfu

#define SRIOV_CONTROL      0x08
#define SRIOV_NUM_VFS      0x10
#define SRIOV_FIRST_OFFSET 0x14
#define SRIOV_STRIDE       0x16
#define SRIOV_BAR0         0x24

static uint32_t get(const struct pci_config *c, unsigned int reg, unsigned int size)
{
    return c->read(c->opaque, reg, size);
}
static void put(const struct pci_config *c, unsigned int reg, uint32_t value)
{
    c->write(c->opaque, reg, 4, value);
}

unsigned int pci_config_cap(const struct pci_config *c, uint8_t id)
{
    if (!(get(c, PCI_STATUS, 2) & STATUS_CAPS))
        return 0;
    unsigned int pos = get(c, PCI_CAP_POINTER, 1) & 0xfc;

    for (unsigned int i = 0; pos >= CAPS_START && i < CAPS_MAX; i++) {
        uint8_t found = (uint8_t)get(c, pos, 1);
        if (found == 0xff) /* the function has gone */
            return 0;
        if (found == id)
            return pos;
        pos = get(c, pos + 1, 1) & 0xfc;
    }
    return 0;
}

/* Header: id in bits 0 to 15, version to 19, the next offset to 31. All zero or all ones: nothing is there. */
unsigned int pci_config_ext_cap(const struct pci_config *c, uint16_t id)
{
    unsigned int pos = EXT_CAPS_START;

    for (unsigned int i = 0; pos >= EXT_CAPS_START && i < EXT_CAPS_MAX; i++) {
        uint32_t header = get(c, pos, 4);
        if (!header || header == ~0u)
            return 0;
        if ((header & 0xffff) == id)
            return pos;
        pos = (header >> 20) & 0xffc;
    }
    return 0;
}

/* Is BAR @bar of the @count at @first the upper half of the one before it? Each 64-bit BAR takes two. */
static bool is_upper_half(const struct pci_config *c, unsigned int first, unsigned int bar)
{
    unsigned int i = 0;

    while (i < bar) {
        uint32_t low = get(c, first + 4 * i, 4);
        i += !(low & BAR_IO) && (low & BAR_TYPE) == BAR_64 ? 2 : 1;
    }
    return i != bar;
}

static uint64_t read_bar(const struct pci_config *c, unsigned int first, unsigned int count, unsigned int bar,
                         const char **why)
{
    *why = "there is no such BAR in a header of this type";
    if (bar >= count)
        return 0;
    *why = "the BAR is the upper half of the one before it";
    if (is_upper_half(c, first, bar))
        return 0;
    uint32_t low = get(c, first + 4 * bar, 4);
    *why = "the BAR is one of I/O ports";
    if (low & BAR_IO)
        return 0;
    uint64_t high = (low & BAR_TYPE) == BAR_64 && bar + 1 < count ? get(c, first + 4 * bar + 4, 4) : 0;
    *why = "the BAR has no address";
    return high << 32 | (low & ~BAR_ATTRIBUTES);
}

/* Ordinary functions have six BARs, bridges two. */
uint64_t pci_config_bar(const struct pci_config *c, unsigned int bar, const char **why)
{
    uint8_t type = get(c, PCI_HEADER_TYPE, 1) & TYPE_MASK;

    return read_bar(c, PCI_BAR0, type == 0 ? PCI_BARS_MAX : type == 1 ? 2 : 0, bar, why);
}

bool pci_sriov_read(const struct pci_config *c, struct pci_sriov *out)
{
    unsigned int cap = pci_config_ext_cap(c, PCI_EXT_CAP_SRIOV);

    if (!cap || cap + SRIOV_BAR0 + 4 * PCI_BARS_MAX > 0x1000)
        return false;
    *out = (struct pci_sriov){
        .cap = cap,
        .control = (uint16_t)get(c, cap + SRIOV_CONTROL, 2),
        .num_vfs = (uint16_t)get(c, cap + SRIOV_NUM_VFS, 2),
        .first_offset = (uint16_t)get(c, cap + SRIOV_FIRST_OFFSET, 2),
        .stride = (uint16_t)get(c, cap + SRIOV_STRIDE, 2),
    };
    return out->control != 0xffff;
}

int pci_sriov_index(const struct pci_sriov *s, uint16_t pf, uint16_t vf)
{
    int distance = (int)vf - (int)pf - (int)s->first_offset;
    int index = s->stride ? distance / s->stride : distance;

    if (!(s->control & PCI_SRIOV_VF_ENABLE) || !s->first_offset || distance < 0 || (!s->stride && distance) ||
        index * (int)s->stride != distance || index >= s->num_vfs)
        return -1;
    return index;
}

/* What stays zero of all ones is the size; PCI 3.0, 6.2.5.1. */
static uint64_t size_of(const struct pci_config *c, unsigned int reg, bool wide)
{
    uint32_t low = get(c, reg, 4), high = wide ? get(c, reg + 4, 4) : 0;

    put(c, reg, ~0u);
    if (wide)
        put(c, reg + 4, ~0u);
    uint64_t mask = get(c, reg, 4) & ~BAR_ATTRIBUTES;
    mask |= (uint64_t)(wide ? get(c, reg + 4, 4) : mask ? ~0u : 0) << 32;
    put(c, reg, low);
    if (wide)
        put(c, reg + 4, high);
    return mask ? ~mask + 1 : 0;
}

bool pci_sriov_sizes(const struct pci_config *c, const struct pci_sriov *s, uint64_t size[PCI_BARS_MAX])
{
    if (s->control & (PCI_SRIOV_VF_ENABLE | PCI_SRIOV_VF_MEMORY))
        return false;
    for (unsigned int i = 0; i < PCI_BARS_MAX; i++)
        size[i] = 0;
    for (unsigned int i = 0; i < PCI_BARS_MAX; i++) {
        unsigned int reg = s->cap + SRIOV_BAR0 + 4 * i;
        uint32_t low = get(c, reg, 4);
        bool wide = !(low & BAR_IO) && (low & BAR_TYPE) == BAR_64 && i + 1 < PCI_BARS_MAX;

        if (!(low & BAR_IO))
            size[i] = size_of(c, reg, wide);
        i += wide;
    }
    return true;
}

uint64_t pci_sriov_bar(const struct pci_config *c, const struct pci_sriov *s, const uint64_t size[PCI_BARS_MAX],
                       unsigned int index, unsigned int bar, const char **why)
{
    uint64_t base = read_bar(c, s->cap + SRIOV_BAR0, PCI_BARS_MAX, bar, why), offset;

    if (!base)
        return 0;
    *why = "the size of the physical function's VF BAR is not known";
    if (!size[bar] || __builtin_mul_overflow(size[bar], (uint64_t)index, &offset) ||
        __builtin_add_overflow(base, offset, &base))
        return 0;
    return base;
}
