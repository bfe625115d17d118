/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration spaces that are well formed, and some that are not: x86/pci/config.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "x86/pci/config.h"

static uint8_t space[4096], writable[4096];
static unsigned int reads, writes;

static uint32_t space_read(void *opaque, unsigned int reg, unsigned int size)
{
    uint32_t v = 0;

    assert_true(reg % size == 0 && reg + size <= sizeof(space));
    assert_true(++reads < 4000);
    memcpy(&v, space + reg, size);
    return v;
}

static void space_write(void *opaque, unsigned int reg, unsigned int size, uint32_t value)
{
    writes++;
    for (unsigned int i = 0; i < size; i++)
        space[reg + i] =
            (uint8_t)((space[reg + i] & ~writable[reg + i]) | ((value >> (8 * i)) & writable[reg + i]));
}

static const struct pci_config config = { space_read, space_write, NULL };

static void put(unsigned int reg, unsigned int size, uint32_t value)
{
    memcpy(space + reg, &value, size);
}

static int clean(void **state)
{
    memset(space, 0, sizeof(space));
    memset(writable, 0, sizeof(writable));
    reads = writes = 0;
    put(PCI_VENDOR_ID, 4, 0x10c98086);
    return 0;
}

static void capability(unsigned int at, uint8_t id, unsigned int next)
{
    put(PCI_STATUS, 2, 0x10);
    put(at, 1, id);
    put(at + 1, 1, next);
}

static void capabilities(void **state)
{
    put(PCI_CAP_POINTER, 1, 0x40);
    assert_int_equal(pci_config_cap(&config, PCI_CAP_MSI), 0); /* the status bit is not set */
    capability(0x40, 1, 0x53);                                 /* the two low bits are reserved */
    capability(0x50, PCI_CAP_MSI, 0xfc);
    capability(0xfc, PCI_CAP_MSIX, 0);
    assert_int_equal(pci_config_cap(&config, PCI_CAP_MSI), 0x50);
    assert_int_equal(pci_config_cap(&config, PCI_CAP_MSIX), 0xfc);
    assert_int_equal(pci_config_cap(&config, 9), 0);
}

static void lists_that_do_not_end(void **state)
{
    put(PCI_CAP_POINTER, 1, 0x40);
    capability(0x40, 1, 0x50);
    capability(0x50, 2, 0x40);
    assert_int_equal(pci_config_cap(&config, PCI_CAP_MSI), 0);
    capability(0x50, 2, 0x20); /* into the header */
    assert_int_equal(pci_config_cap(&config, PCI_CAP_MSI), 0);
    put(0x100, 4, 0x14010001u);
    put(0x140, 4, 0x10010002u);
    assert_int_equal(pci_config_ext_cap(&config, PCI_EXT_CAP_SRIOV), 0);
    put(0x140, 4, 0x14010002u);
    assert_int_equal(pci_config_ext_cap(&config, PCI_EXT_CAP_SRIOV), 0);
    put(0x140, 4, 0x04010002u); /* out of the extended space */
    assert_int_equal(pci_config_ext_cap(&config, PCI_EXT_CAP_SRIOV), 0);
    put(0x140, 4, 0xffc10002u); /* its last four bytes: an SR-IOV capability does not fit there */
    put(0xffc, 4, 0x00010010u);
    assert_int_equal(pci_config_ext_cap(&config, PCI_EXT_CAP_SRIOV), 0xffc);
    struct pci_sriov s;
    assert_false(pci_sriov_read(&config, &s));
}

static void nothing_there(void **state)
{
    struct pci_sriov s;

    memset(space, 0xff, sizeof(space));
    assert_int_equal(pci_config_cap(&config, PCI_CAP_MSI), 0);
    assert_int_equal(pci_config_ext_cap(&config, 0xffff), 0);
    assert_false(pci_sriov_read(&config, &s));
}

static void bars(void **state)
{
    static const struct {
        const char *name;
        uint8_t type;
        uint32_t bar[6];
        uint64_t address[7]; /* one more than there are */
    } cases[] = {
        {"32 bits, ports, 64 bits", 0x80, {0xfeb00000, 0xc001, 0x8000000c, 0x12, 0, 0xfea00000},
         {0xfeb00000, 0, 0x1280000000, 0, 0, 0xfea00000, 0}},
        {"a last one that claims 64 bits", 0, {0, 0, 0, 0, 0, 0x80000004}, {0, 0, 0, 0, 0, 0x80000000, 0}},
        {"a bridge has two", 1, {0xfeb00000, 0xfeb10000, 0x00ff0100, 0xf0f0f0f0, 0, 0},
         {0xfeb00000, 0xfeb10000, 0, 0, 0, 0, 0}},
        {"a bridge with one of 64 bits", 0x81, {0x8000000c, 0x1, 0x00ff0100, 0, 0, 0},
         {0x180000000, 0, 0, 0, 0, 0, 0}},
        {"a bridge's second one that claims 64 bits", 1, {0, 0x80000004, 0xffffffff}, {0, 0x80000000, 0, 0, 0, 0, 0}},
        {"CardBus has none here", 2, {0xfeb00000}, {0}},
        {"nobody", 0x7f, {0xffffffff}, {0}},
    };

    for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        put(PCI_HEADER_TYPE, 1, cases[i].type);
        for (unsigned int bar = 0; bar < 6; bar++)
            put(PCI_BAR0 + 4 * bar, 4, cases[i].bar[bar]);
        for (unsigned int bar = 0; bar < 7; bar++) {
            const char *why = NULL;
            uint64_t got = pci_config_bar(&config, bar, &why);
            if (got != cases[i].address[bar])
                fail_msg("%s: BAR %u: 0x%lx, should be 0x%lx", cases[i].name, bar, (unsigned long)got,
                         (unsigned long)cases[i].address[bar]);
            assert_true(got || why);
        }
    }
}

#define CAP 0x160u

static void make_sriov(uint16_t control, uint16_t num, uint16_t offset, uint16_t stride)
{
    put(0x100, 4, 0x16010001u);
    put(CAP, 4, 0x00010010u);
    put(CAP + 0x08, 2, control);
    put(CAP + 0x10, 2, num);
    put(CAP + 0x14, 2, offset);
    put(CAP + 0x16, 2, stride);
}

static void which_virtual_function(void **state)
{
    static const struct {
        uint16_t control, num, offset, stride, pf, vf;
        int index;
    } cases[] = {
        {9, 2, 0x80, 2, 0x100, 0x180, 0},     {9, 2, 0x80, 2, 0x100, 0x182, 1},   {9, 2, 0x80, 2, 0x100, 0x184, -1},
        {9, 2, 0x80, 2, 0x100, 0x181, -1},    {9, 2, 0x80, 2, 0x100, 0x17e, -1},  {8, 2, 0x80, 2, 0x100, 0x180, -1},
        {9, 0, 0x80, 2, 0x100, 0x180, -1},    {9, 1, 0x80, 0, 0x100, 0x180, 0},   {9, 2, 0x80, 0, 0x100, 0x181, -1},
        {9, 2, 0, 0, 0x100, 0x100, -1},       {9, 64, 0x180, 4, 0x100, 0x37c, 63}, {9, 2, 0x80, 2, 0xff80, 0x0000, -1},
        {9, 0xffff, 1, 0xffff, 0, 0xffff, -1}, {9, 0xffff, 1, 1, 0, 0xffff, 65534},
    };

    for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pci_sriov s;

        make_sriov(cases[i].control, cases[i].num, cases[i].offset, cases[i].stride);
        assert_true(pci_sriov_read(&config, &s));
        assert_int_equal(s.cap, CAP);
        if (pci_sriov_index(&s, cases[i].pf, cases[i].vf) != cases[i].index)
            fail_msg("row %u", i);
    }
}

/* BAR 0: 16 KiB in 64 bits; BAR 3: 64 KiB in 32 bits; the others are not there. */
static void sizes_and_addresses(void **state)
{
    uint64_t size[PCI_BARS_MAX];
    struct pci_sriov s;
    const char *why;
    uint8_t before[sizeof(space)];

    make_sriov(0, 0, 0x80, 2);
    put(CAP + 0x24, 4, 0x8000000c);
    put(CAP + 0x28, 4, 0x1);
    memset(writable + CAP + 0x24, 0xff, 8);
    put(CAP + 0x30, 4, 0xfe000000);
    memset(writable + CAP + 0x30, 0xff, 4);
    writable[CAP + 0x24] = writable[CAP + 0x30] = writable[CAP + 0x31] = 0;
    writable[CAP + 0x25] = 0xc0;
    memcpy(before, space, sizeof(space));

    assert_true(pci_sriov_read(&config, &s) && pci_sriov_sizes(&config, &s, size));
    assert_memory_equal(before, space, sizeof(space));
    static const uint64_t wanted[PCI_BARS_MAX] = { 0x4000, 0, 0, 0x10000, 0, 0 };
    assert_memory_equal(size, wanted, sizeof(wanted));
    assert_int_equal(pci_sriov_bar(&config, &s, size, 0, 0, &why), 0x180000000);
    assert_int_equal(pci_sriov_bar(&config, &s, size, 5, 0, &why), 0x180014000);
    assert_int_equal(pci_sriov_bar(&config, &s, size, 7, 3, &why), 0xfe070000);
    for (unsigned int bar = 1; bar < 8; bar++)
        if (bar != 3)
            assert_int_equal(pci_sriov_bar(&config, &s, size, 1, bar, &why), 0);
    size[0] = 1ull << 62;
    assert_int_equal(pci_sriov_bar(&config, &s, size, 16, 0, &why), 0);

    writes = 0;
    put(CAP + 0x08, 2, PCI_SRIOV_VF_ENABLE | PCI_SRIOV_VF_MEMORY); /* now others would see the BARs move */
    assert_true(pci_sriov_read(&config, &s));
    assert_false(pci_sriov_sizes(&config, &s, size));
    assert_int_equal(writes, 0);
}

/* A BAR: its bits of kind, its address, and how many bytes it decodes. */
static void bar(unsigned int i, uint32_t kind, uint64_t address, uint64_t size)
{
    uint64_t mask = ~(size - 1) & ~0xfull;

    put(PCI_BAR0 + 4 * i, 4, (uint32_t)address | kind);
    if (kind & 1)
        mask = ~(size - 1) & 0xfffc;
    memcpy(writable + PCI_BAR0 + 4 * i, &mask, kind == 4 ? 8 : 4);
    if (kind == 4)
        put(PCI_BAR0 + 4 * i + 4, 4, (uint32_t)(address >> 32));
}

static void uart_bars(void **state)
{
    struct pci_bar found;
    uint8_t before[sizeof(space)];

    memset(writable + PCI_COMMAND, 0xff, 2);
    put(PCI_COMMAND, 2, 7);
    assert_false(pci_config_uart_bar(&config, &found)); /* nothing but empty BARs */
    bar(0, 4, 0x4000000000, 0x1000);
    bar(2, 0, 0xfeb00000, 4); /* too small */
    assert_true(pci_config_uart_bar(&config, &found));
    assert_false(found.io);
    assert_true(found.address == 0x4000000000 && found.size == 0x1000);
    bar(3, 0, 0xfeb01000, 0x100); /* not the first of memory */
    bar(4, 1, 0, 8);              /* of ports, but without an address */
    bar(5, 1, 0xc0a0, 32);
    memcpy(before, space, sizeof(space));
    assert_true(pci_config_uart_bar(&config, &found));
    assert_true(found.io && found.address == 0xc0a0 && found.size == 32);
    assert_memory_equal(space, before, sizeof(space));
    writes = 0;
    put(PCI_HEADER_TYPE, 1, 0x81); /* a bridge: its bus numbers are where BARs would be */
    assert_false(pci_config_uart_bar(&config, &found));
    assert_int_equal(writes, 0);
}

static unsigned int decoded;

static void watched_write(void *opaque, unsigned int reg, unsigned int size, uint32_t value)
{
    if (reg >= PCI_BAR0)
        decoded |= space[PCI_COMMAND] & (PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
    space_write(opaque, reg, size, value);
}

/* Others would see the addresses move. */
static void nothing_decodes_while_it_is_sized(void **state)
{
    const struct pci_config watched = { space_read, watched_write, NULL };
    struct pci_bar found;

    memset(writable + PCI_COMMAND, 0xff, 2);
    put(PCI_COMMAND, 2, 7);
    bar(0, 1, 0xc0a0, 8);
    assert_true(pci_config_uart_bar(&watched, &found));
    assert_int_equal(decoded, 0);
    assert_int_equal(space[PCI_COMMAND], 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(capabilities, clean),
        cmocka_unit_test_setup(lists_that_do_not_end, clean),
        cmocka_unit_test_setup(nothing_there, clean),
        cmocka_unit_test_setup(bars, clean),
        cmocka_unit_test_setup(which_virtual_function, clean),
        cmocka_unit_test_setup(sizes_and_addresses, clean),
        cmocka_unit_test_setup(uart_bars, clean),
        cmocka_unit_test_setup(nothing_decodes_while_it_is_sized, clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
