/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ACPI tables built as a PC's firmware would, then damaged one at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "x86/acpi/acpi.h"

#define RAM_SIZE 0x110000
#include "firmware.h"

static struct acpi_info info;
static void table(uint32_t at, const char *signature, uint32_t length, uint8_t revision)
{
    memcpy(ram + at, signature, 4);
    put(at + 4, length, 4);
    ram[at + 8] = revision;
    seal(at, length, 9);
}

enum { RSDP = 0xf0040, RSDT = 0x20000, XSDT = 0x21000, MADT = 0x22000, FADT = 0x23000, HPET = 0x24000, MCFG = 0x25000,
       DSDT = 0x26000, IOMMU = 0x27000 };

static const uint8_t madt_entries[] = {
    0, 8, 0, 0, 1, 0, 0, 0,             /* CPU uid 0 apic 0, enabled */
    0, 8, 1, 2, 2, 0, 0, 0,             /* CPU uid 1 apic 2, online capable */
    0, 8, 2, 4, 0, 0, 0, 0,             /* an empty socket */
    9, 16, 0, 0, 44, 1, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, /* x2APIC 300, uid 7 */
    1, 12, 0, 0, 0, 0, 0xc0, 0xfe, 0, 0, 0, 0,
    2, 10, 0, 0, 2, 0, 0, 0, 0, 0,      /* IRQ 0 -> GSI 2 */
    2, 10, 0, 9, 9, 0, 0, 0, 0x0d, 0,   /* IRQ 9 level high */
    4, 6, 0xff, 5, 0, 1,                /* NMI on LINT1 of all */
    3, 8, 5, 0, 20, 0, 0, 0,            /* NMI on GSI 20 */
    5, 12, 0, 0, 0, 0, 0xe0, 0xfe, 0, 0, 0, 0,
    0x7f, 4, 0, 0,                      /* a type of the future */
};

/* Name (\_S5, Package (4) { 5, 1, 0, 0 }) after some bytes that nearly look like it */
static const uint8_t aml[] = {
    0x08, '_', 'S', '5', '_', 0x11, 0x08, '_', 'S', '4', '_', 0x12, 6, 4, 1, 1, 0, 0,
    0x08, '\\', '_', 'S', '5', '_', 0x12, 8, 4, 0x0a, 5, 1, 0, 0,
};

static void build(void)
{
    memset(ram, 0, sizeof(ram));
    memcpy(ram + RSDP, "RSD PTR ", 8);
    ram[RSDP + 15] = 2;
    put(RSDP + 16, RSDT, 4);
    put(RSDP + 20, 36, 4);
    put(RSDP + 24, XSDT, 8);
    seal(RSDP, 20, 8);
    seal(RSDP, 36, 32);

    put(RSDT + 36, MADT, 4);
    table(RSDT, "RSDT", 40, 1);
    put(XSDT + 36, FADT, 8);
    put(XSDT + 44, MADT, 8);
    put(XSDT + 52, HPET, 8);
    put(XSDT + 60, MCFG, 8);
    table(XSDT, "XSDT", 68, 1);

    put(MADT + 36, 0xfee01000, 4);
    put(MADT + 40, 1, 4);
    memcpy(ram + MADT + 44, madt_entries, sizeof(madt_entries));
    table(MADT, "APIC", 44 + sizeof(madt_entries), 3);

    put(FADT + 40, DSDT, 4);
    put(FADT + 46, 9, 2);
    put(FADT + 48, 0xb2, 4);
    ram[FADT + 52] = 2;
    put(FADT + 56, 0x600, 4);
    put(FADT + 64, 0x604, 4);
    put(FADT + 76, 0x608, 4);
    ram[FADT + 88] = 4;
    ram[FADT + 89] = 2;
    ram[FADT + 91] = 4;
    ram[FADT + 108] = 0x32;
    put(FADT + 109, 2, 2);
    put(FADT + 112, 1 << 10 | 1 << 8, 4);
    ram[FADT + 116] = 1;
    ram[FADT + 117] = 8;
    put(FADT + 120, 0xcf9, 8);
    ram[FADT + 128] = 0xf;
    table(FADT, "FACP", 244, 3);

    put(HPET + 44, 0xfed00000, 8);
    table(HPET, "HPET", 56, 1);
    put(MCFG + 44, 0xb0000000, 8);
    ram[MCFG + 55] = 0xff;
    table(MCFG, "MCFG", 60, 1);
    memcpy(ram + DSDT + 36 + 250, aml, sizeof(aml)); /* across the boundary of two pieces */
    table(DSDT, "DSDT", 36 + 600, 2);
}

static int read_all(void)
{
    lines = 0;
    last_line[0] = 0;
    return acpi_read(&info, &mem, NULL, 0, 0, &keep_log);
}

static void test_good(void **state)
{
    struct acpi_override o;

    build();
    assert_int_equal(read_all(), 0);
    assert_int_equal(lines, 0);
    assert_int_equal(info.rsdp_paddr, RSDP);
    assert_int_equal(info.table_count, 4);
    assert_int_equal(info.madt.cpu_count, 3);
    assert_true(info.madt.cpu[0].enabled && !info.madt.cpu[1].enabled && info.madt.cpu[1].online_capable);
    assert_int_equal(info.madt.cpu[2].apic_id, 300);
    assert_int_equal(info.madt.cpu[2].uid, 7);
    assert_true(info.madt.cpu[2].x2apic);
    assert_true(info.madt.has_8259);
    assert_int_equal(info.madt.lapic_paddr, 0xfee00000);
    assert_int_equal(info.madt.ioapic_count, 1);
    assert_int_equal(info.madt.ioapic[0].paddr, 0xfec00000);
    assert_int_equal(info.madt.nmi_count, 2);
    assert_true(info.madt.nmi[0].is_lint && info.madt.nmi[0].cpu_uid == ACPI_ALL_CPUS && info.madt.nmi[0].lint == 1);
    assert_int_equal(info.madt.nmi[1].gsi, 20);
    acpi_isa_irq(&info.madt, 0, &o);
    assert_true(o.gsi == 2 && o.polarity == 1 && o.trigger == 1);
    acpi_isa_irq(&info.madt, 9, &o);
    assert_true(o.gsi == 9 && o.polarity == 1 && o.trigger == 3);
    acpi_isa_irq(&info.madt, 4, &o);
    assert_int_equal(o.gsi, 4);

    assert_int_equal(info.fadt.sci_gsi, 9);
    assert_int_equal(info.fadt.pm1a_control.address, 0x604);
    assert_int_equal(info.fadt.pm1a_control.bit_width, 16);
    assert_int_equal(info.fadt.pm1b_control.bit_width, 0);
    assert_int_equal(info.fadt.pm_timer.address, 0x608);
    assert_true(info.fadt.pm_timer_32bit && info.fadt.has_reset && info.fadt.has_8042);
    assert_int_equal(info.fadt.reset.address, 0xcf9);
    assert_int_equal(info.fadt.reset_value, 0xf);
    assert_int_equal(info.fadt.century, 0x32);
    assert_int_equal(info.hpet.paddr, 0xfed00000);
    assert_int_equal(info.mcfg.count, 1);
    assert_int_equal(info.mcfg.segment[0].end_bus, 255);
    assert_true(info.s5.present);
    assert_int_equal(info.s5.type_a, 5);
    assert_int_equal(info.s5.type_b, 1);
    acpi_report(&info, &keep_log);
    assert_string_equal(last_line, "ACPI: 3 CPUs (2 enabled), 1 IO-APICs, 2 overrides, power-off known, reset known");
}

static void test_given_rsdp(void **state)
{
    uint8_t copy[36];

    build();
    memcpy(copy, ram + RSDP, 36);
    memset(ram + RSDP, 0, 36);
    assert_int_equal(acpi_read(&info, &mem, copy, 36, 0, &keep_log), 0);
    assert_int_equal(info.table_count, 4);
    assert_int_equal(acpi_read(&info, &mem, copy, 20, 0, &keep_log), 0); /* only the first part: by the RSDT */
    assert_int_equal(info.table_count, 1);
    assert_int_equal(acpi_read(&info, &mem, copy, 19, 0, &keep_log), -EINVAL);
    copy[8]++;
    assert_int_equal(acpi_read(&info, &mem, copy, 36, 0, &keep_log), -EINVAL);
}

/* One byte of a good set is changed: what remains, and what is said. */
static const struct {
    const char *name;
    uint32_t at;
    uint8_t value;
    const char *line;
    int rc;
    unsigned int tables;
} damages[] = {
    { "checksum", MADT + 50, 0x77,
      "ACPI table APIC at 0x22000: checksum is 0x77, should be 0: CPUs and IO-APICs by the MP table, if there "
      "is one", 0, 3 },
    { "too long", MADT + 7, 0x70,
      "ACPI table APIC at 0x22000 has length 1879048338, should be 36 to 16777216: CPUs and IO-APICs by the MP "
      "table, if there is one", 0, 3 },
    { "past the end of memory", HPET + 6, 0xf0,
      "ACPI table HPET at 0x24000: its 15728696 bytes reach beyond readable memory: another clock is used", 0, 3 },
    { "too short", MCFG + 4, 35,
      "ACPI table MCFG at 0x25000 has length 35, should be 36 to 16777216: PCI configuration by ports only", 0, 3 },
    { "DSDT", DSDT + 100, 1, "ACPI table DSDT at 0x26000: checksum is 0x1, should be 0: no power-off", 0, 4 },
    { "XSDT", XSDT + 1, 'X', "ACPI table at 0x21000 is XXDT, should be XSDT: the RSDT is used if there is one", 0, 1 },
    { "XSDT checksum", XSDT + 20, 1,
      "ACPI table XSDT at 0x21000: checksum is 0x1, should be 0: the RSDT is used if there is one", 0, 1 },
    { "root pointer", RSDP + 10, 1, "ACPI root pointer: none found below 1 MiB, and the loader gave none", -ENOENT, 0 },
    { "root pointer, second part", RSDP + 33, 1, "ACPI root pointer: its second part is damaged, the RSDT is used", 0,
      1 },
};

static void test_damaged(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
        int rc;

        build();
        ram[damages[i].at] = damages[i].value;
        rc = read_all();
        if (rc != damages[i].rc || lines != 1 || info.table_count != damages[i].tables ||
            strcmp(last_line, damages[i].line))
            fail_msg("%s: rc %d, %u lines, %u tables, '%s'", damages[i].name, rc, lines, info.table_count, last_line);
    }
}

static void test_madt_entries(void **state)
{
    static const struct {
        const char *name;
        uint8_t type, length;
    } cases[] = {
        { "no length", 0, 0 }, { "length 1", 0x7f, 1 }, { "past the end", 0x7f, 200 }, { "CPU too short", 0, 7 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        build();
        ram[MADT + 52] = cases[i].type;
        ram[MADT + 53] = cases[i].length;
        seal(MADT, 44 + sizeof(madt_entries), 9);
        assert_int_equal(read_all(), 0);
        assert_int_equal(lines, 1);
        assert_int_equal(info.madt.cpu_count, 1);
    }
    build();
    ram[MADT + 55] = 0; /* the second CPU has the first one's APIC id */
    seal(MADT, 44 + sizeof(madt_entries), 9);
    assert_int_equal(read_all(), 0);
    assert_string_equal(last_line, "ACPI MADT: APIC id 0 is listed twice, the first entry is used");
    assert_int_equal(info.madt.cpu_count, 2);
}

/* A DMAR or IVRS whose structures, @list, take @size bytes. */
static void build_iommu(const char *signature, uint8_t flags, const uint8_t *list, uint32_t size)
{
    build();
    ram[IOMMU + 37] = flags;
    memcpy(ram + IOMMU + 48, list, size);
    table(IOMMU, signature, 48 + size, 1);
    put(XSDT + 68, IOMMU, 8);
    table(XSDT, "XSDT", 76, 1);
}

static void test_dmar(void **state)
{
    uint8_t list[] = {
        0, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0xd9, 0xfe, 0, 0, 0, 0, 1, 8, 0, 0, 0, 0, 1, 1, /* a unit for some devices */
        1, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, /* reserved memory */
        0, 0, 16, 0, 1, 0, 0, 0, 0, 0x10, 0xd9, 0xfe, 1, 0, 0, 0,                      /* a unit for the others */
    };

    for (uint8_t flags = 0; flags < 4; flags++) {
        build_iommu("DMAR", flags, list, sizeof(list));
        assert_int_equal(read_all(), 0);
        assert_int_equal(lines, 0);
        assert_int_equal(info.iommus.kind, ACPI_IOMMU_INTEL);
        assert_int_equal(info.iommus.x2apic_opt_out, flags >> 1);
        assert_int_equal(info.iommus.count, 2);
        assert_int_equal(info.iommus.registers[0], 0xfed90000);
        assert_int_equal(info.iommus.registers[1], 0x1fed91000);
    }
    list[9] = 1; /* no page */
    build_iommu("DMAR", 0, list, sizeof(list));
    assert_int_equal(read_all(), 0);
    assert_string_equal(last_line, "ACPI table DMAR places an IOMMU at 0xfed90100, which is no page: not looked at");
    assert_int_equal(info.iommus.count, 1);
}

static void test_ivrs(void **state)
{
    uint8_t list[] = {
        0x10, 0xd1, 28, 0, 0x10, 0, 0x40, 0, 0, 0, 0xd8, 0xfe, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0,
        0x20, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0,                    /* memory */
        0x11, 0x11, 16, 0, 0x10, 0, 0x40, 0, 0, 0, 0xd8, 0xfe, 0, 0, 0, 0,        /* the first again */
        0x40, 0x11, 16, 0, 0x12, 0, 0x40, 0, 0, 0, 0xd4, 0xfe, 0, 0, 0, 0,
    };

    build_iommu("IVRS", 2, list, sizeof(list));
    assert_int_equal(read_all(), 0);
    assert_int_equal(lines, 0);
    assert_int_equal(info.iommus.kind, ACPI_IOMMU_AMD);
    assert_false(info.iommus.x2apic_opt_out); /* that byte means something else here */
    assert_int_equal(info.iommus.count, 2);
    assert_int_equal(info.iommus.registers[0], 0xfed80000);
    assert_int_equal(info.iommus.registers[1], 0xfed40000);
}

/* Lengths that lead nowhere or out of the table. */
static void test_iommu_lengths(void **state)
{
    static const uint8_t lengths[] = { 0, 3, 25, 255 };
    uint8_t list[24] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xd9, 0xfe };

    for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
        char line[128];

        list[2] = lengths[i];
        build_iommu("DMAR", 0, list, sizeof(list));
        assert_int_equal(read_all(), 0);
        snprintf(line, sizeof(line), "ACPI table DMAR: the structure at 48 has length %u, should be 4 to 24: the rest "
                 "is not read", lengths[i]);
        assert_string_equal(last_line, line);
        assert_int_equal(info.iommus.count, 0);
    }
    list[2] = 8; /* too short for a unit's address, which is left out; then rubbish that is no structure */
    build_iommu("DMAR", 0, list, 8 + 3);
    assert_int_equal(read_all(), 0);
    assert_int_equal(lines, 0);
    assert_int_equal(info.iommus.count, 0);
}

/* The states that a kernel would offer are found, in the DSDT and behind it, and go without a trace in the sums. */
static void test_sleeping_states(void **state)
{
    static const uint8_t more[] = {
        0x08, '\\', '_', 'S', '3', '_', 0x12, 6, 4, 1, 1, 0, 0, 0x08, '_', 'S', '4', '_', 0x12, 6, 4, 2, 2, 0, 0,
        0x08, '_', 'S', '3', '_', 0x0a, 3, /* a number, no state */
        0x08, '_', 'S', '0', '_', 0x12, 6, 4, 0, 0, 0, 0, 0x08, '_', 'S', 'B', '_', 0x12, 6, 4, 0, 0, 0, 0,
    };

    build();
    memcpy(ram + DSDT + 36, more, sizeof(more));
    table(DSDT, "DSDT", 36 + 600, 2);
    assert_int_equal(read_all(), 0);
    assert_true(info.s5.present);
    assert_int_equal(info.sleeps.count, 3); /* and \_S4 of the other pattern */
    for (uint32_t i = 0; i < info.sleeps.count; i++) {
        uint8_t letter, checksum;

        assert_true(acpi_hide_sleep(&info.sleeps, i, &mem, &letter, &checksum));
        ram[info.sleeps.at[i].name] = letter;
        ram[info.sleeps.at[i].table + ACPI_CHECKSUM] = checksum;
        assert_false(acpi_hide_sleep(&info.sleeps, i, &mem, &letter, &checksum));
    }
    assert_int_equal(checksum_sum8(ram + DSDT, 36 + 600), 0);
    assert_int_equal(read_all(), 0);
    assert_int_equal(lines, 0);
    assert_int_equal(info.sleeps.count, 0);
    assert_true(info.s5.present && info.s5.type_a == 5);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),    cmocka_unit_test(test_given_rsdp),
        cmocka_unit_test(test_damaged), cmocka_unit_test(test_madt_entries),
        cmocka_unit_test(test_dmar),    cmocka_unit_test(test_ivrs),
        cmocka_unit_test(test_iommu_lengths), cmocka_unit_test(test_sleeping_states),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
