/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function's configuration space that says anything: the input's first half is its registers, the second which bits
 * of them can be written. Laws: every access is aligned and inside the space, there is an end of them, and afterwards
 * all registers are as before; a virtual function that is one lies where its number says; an address that is found has
 * room behind it.
 */
#include "x86/pci/config.h"

#include "law.h"

#define SPACE 4096u

static uint8_t space[SPACE], writable[SPACE];
static unsigned int accesses;

static void check(unsigned int reg, unsigned int size)
{
    require((size == 1 || size == 2 || size == 4) && reg % size == 0 && reg + size <= SPACE);
    require(++accesses < 10000);
}

static uint32_t space_read(void *opaque, unsigned int reg, unsigned int size)
{
    uint32_t v = 0;

    check(reg, size);
    memcpy(&v, space + reg, size);
    return v;
}

static void space_write(void *opaque, unsigned int reg, unsigned int size, uint32_t value)
{
    check(reg, size);
    for (unsigned int i = reg; i < reg + size; i++, value >>= 8)
        space[i] = (uint8_t)((space[i] & ~writable[i]) | (value & writable[i]));
}

static const struct pci_config config = { space_read, space_write, NULL };

static void virtual_functions(uint16_t pf, uint16_t vf, unsigned int bar)
{
    uint64_t size[PCI_BARS_MAX];
    struct pci_sriov s;
    const char *why;

    if (!pci_sriov_read(&config, &s))
        return;
    int index = pci_sriov_index(&s, pf, vf);
    require(index < s.num_vfs);
    require(index < 0 || pf + (uint32_t)s.first_offset + (uint32_t)index * s.stride == vf);
    if (!pci_sriov_sizes(&config, &s, size))
        return;
    uint64_t first = pci_sriov_bar(&config, &s, size, 0, bar, &why);
    uint64_t later = pci_sriov_bar(&config, &s, size, 3, bar, &why);
    require(!later || later > first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t before[SPACE];
    struct pci_bar bar;
    const char *why;
    size_t half = MIN(size / 2, (size_t)SPACE);

    memset(space, 0, SPACE);
    memset(writable, 0, SPACE);
    memcpy(space, data, half);
    memcpy(writable, data + half, half);
    memcpy(before, space, SPACE);
    accesses = 0;
    for (unsigned int id = 0; id < 256; id += 5) {
        unsigned int at = pci_config_cap(&config, (uint8_t)id), ext = pci_config_ext_cap(&config, (uint16_t)id);
        require(!at || (at >= 0x40 && at < 0x100 && space[at] == id));
        require(!ext || (ext >= 0x100 && ext < SPACE));
        accesses = 0;
    }
    for (unsigned int i = 0; i <= 7; i++)
        require(pci_config_bar(&config, i, &why) || why);
    if (pci_config_uart_bar(&config, &bar))
        require(bar.address && bar.size >= 8 && !(bar.size & (bar.size - 1)) && (!bar.io || bar.address < 0x10000));
    virtual_functions((uint16_t)(space[8] << 8 | space[9]), (uint16_t)(space[10] << 8 | space[11]), space[12] % 8u);
    require(!memcmp(before, space, SPACE));
    return 0;
}
