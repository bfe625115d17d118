/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An MP table as firmware of a PC would make it, in each place where its pointer may be, then damaged one at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "x86/mptable/mptable.h"

#define RAM_SIZE 0x110000
#include "firmware.h"

enum { EBDA = 0x9fc00, FLOATING = 0xf5ba0, TABLE = 0xf5bb0, HEAD = 44 };

static struct mp_table table;
static const uint8_t entries[] = {
    0, 0, 0x14, 3, 1, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* CPU 0, boots */
    0, 2, 0x14, 1, 1, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* CPU 2 */
    0, 4, 0x14, 0, 1, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* CPU 4, disabled */
    1, 0, 'P', 'C', 'I', ' ', ' ', ' ',
    1, 1, 'I', 'S', 'A', ' ', ' ', ' ',
    1, 2, 'E', 'I', 'S', 'A', ' ', ' ',
    1, 3, 'M', 'C', 'A', ' ', ' ', ' ',
    2, 8, 0x11, 1, 0, 0, 0xc0, 0xfe,      /* IO-APIC 8 */
    2, 9, 0x20, 1, 0, 0x10, 0xc0, 0xfe,   /* IO-APIC 9 */
    2, 10, 0x20, 0, 0, 0x20, 0xc0, 0xfe,  /* IO-APIC 10, not usable */
    3, 0, 1, 0, 0, 0x7c, 8, 10,           /* 0:31 INTA#, active high, level as the bus has it */
    3, 0, 0, 0, 0, 0x0d, 9, 5,            /* 0:3 INTB#, as the bus has it */
    3, 0, 0, 0, 1, 0, 8, 2,               /* IRQ 0 to input 2 */
    3, 0, 0x0f, 0, 1, 9, 8, 9,            /* IRQ 9, level, low */
    3, 0, 0x05, 0, 2, 5, 8, 5,            /* EISA 5, edge, high */
    3, 0, 0, 0, 2, 11, 255, 11,           /* EISA 11, as the bus has it, to all IO-APICs */
    3, 0, 0, 0, 3, 6, 8, 6,               /* MCA */
    3, 3, 0, 0, 1, 0, 8, 0,               /* the legacy controller */
    4, 3, 0, 0, 1, 0, 255, 0,
    4, 1, 0, 0, 1, 0, 255, 1,
};
enum { ENTRIES = 20, LENGTH = HEAD + sizeof(entries), AT_BUS = HEAD + 60, AT_IOAPIC = AT_BUS + 32,
       AT_LINE = AT_IOAPIC + 24 };

static void put_floating(uint32_t at)
{
    memcpy(ram + at, "_MP_", 4);
    put(at + 4, TABLE, 4);
    ram[at + 8] = 1;
    ram[at + 9] = 4;
    seal(at, 16, 10);
}

static void build(void)
{
    memset(ram, 0, sizeof(ram));
    put(0x40e, EBDA >> 4, 2);
    put(0x413, 639, 2);
    put_floating(FLOATING);
    memcpy(ram + TABLE, "PCMP", 4);
    put(TABLE + 4, LENGTH, 2);
    ram[TABLE + 6] = 4;
    put(TABLE + 34, ENTRIES, 2);
    put(TABLE + 36, 0xfee00000, 4);
    memcpy(ram + TABLE + HEAD, entries, sizeof(entries));
    seal(TABLE, LENGTH, 7);
}

static int read_all(void)
{
    lines = 0;
    last_line[0] = 0;
    return mp_read(&table, &mem, &keep_log);
}

static void test_good(void **state)
{
    static const struct mp_interrupt want[] = {
        { MP_BUS_PCI, 0, 0x7c, 0, 10, false, true, false }, { MP_BUS_PCI, 0, 0x0d, 1, 5, false, true, true },
        { MP_BUS_ISA, 1, 0, 0, 2, false, false, false },    { MP_BUS_ISA, 1, 9, 0, 9, false, true, true },
        { MP_BUS_EISA, 2, 5, 0, 5, false, false, false },   { MP_BUS_EISA, 2, 11, 0, 11, true, false, false },
    };

    build();
    assert_int_equal(read_all(), 0);
    assert_int_equal(lines, 0);
    assert_int_equal(table.paddr, TABLE);
    assert_int_equal(table.lapic_paddr, 0xfee00000);
    assert_int_equal(table.cpu_count, 2);
    assert_true(table.cpu[0] == 0 && table.cpu[1] == 2);
    assert_int_equal(table.ioapic_count, 2);
    assert_true(table.ioapic[1].id == 9 && table.ioapic[1].paddr == 0xfec01000);
    assert_int_equal(table.interrupt_count, ARRAY_SIZE(want));
    for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
        const struct mp_interrupt *have = &table.interrupt[i];

        if (have->bus != want[i].bus || have->bus_number != want[i].bus_number || have->source != want[i].source ||
            have->ioapic != want[i].ioapic || have->input != want[i].input || have->by_elcr != want[i].by_elcr ||
            have->level != want[i].level || have->active_low != want[i].active_low)
            fail_msg("interrupt %zu: line %u to %u.%u, by ELCR %d, level %d, low %d", i, have->source, have->ioapic,
                     have->input, have->by_elcr, have->level, have->active_low);
    }
    mp_report(&table, &keep_log);
    assert_string_equal(last_line, "MP table at 0xf5bb0: 2 CPUs, 2 IO-APICs, 4 interrupts of ISA, 2 of PCI");
}

/* The first KiB of the extended area, the last of base memory, the ROM; on a multiple of 16 and nowhere else. */
static void test_places(void **state)
{
    static const struct {
        uint32_t at;
        bool found;
    } places[] = {
        { EBDA, true },           { EBDA + 1008, true },  { EBDA + 1024, false }, { EBDA + 8, false },
        { 638 * 1024, true },     { 638 * 1024 - 16, false },
        { 0xf0000, true },        { 0xffff0, true },      { 0xefff0, false },     { 0x100000, false },
    };

    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        int rc;

        build();
        memset(ram + FLOATING, 0, 16);
        put_floating(places[i].at);
        rc = read_all();
        if (rc != (places[i].found ? 0 : -ENOENT) || lines)
            fail_msg("pointer at %#x: %d, %u lines", places[i].at, rc, lines);
    }
    build(); /* base memory of no size, an extended area beyond all memory */
    put(0x40e, 0xffff, 2);
    put(0x413, 0, 2);
    assert_int_equal(read_all(), 0);
}

/* Bytes of a good table are changed: what remains, and what is said. Sealed: the checksum is made right again. */
static const struct {
    const char *name;
    uint32_t at, value, size;
    bool sealed;
    int rc;
    const char *line;
    uint32_t cpus, ioapics, interrupts;
} damages[] = {
    { "pointer", FLOATING + 9, 1, 1, false, -ENOENT, "", 0, 0, 0 },
    { "pointer's length", FLOATING + 8, 2, 1, true, -ENOENT, "", 0, 0, 0 },
    { "default configuration", FLOATING + 11, 5, 1, true, -EINVAL,
      "MP table: firmware has none, but names default configuration 5: not used", 0, 0, 0 },
    { "no table", FLOATING + 4, 0, 4, true, -EINVAL,
      "MP table: firmware has none, but names default configuration 0: not used", 0, 0, 0 },
    { "table nowhere", FLOATING + 4, 0xfffffff0, 4, true, -EINVAL,
      "MP table at 0xfffffff0 is not in readable memory: not used", 0, 0, 0 },
    { "signature", TABLE + 1, 'X', 1, true, -EINVAL, "MP table at 0xf5bb0 does not begin with PCMP: not used", 0, 0,
      0 },
    { "checksum", TABLE + 50, 1, 1, false, -EINVAL, "MP table at 0xf5bb0: checksum is 0x1, should be 0: not used", 0, 0,
      0 },
    { "short", TABLE + 4, 43, 2, false, -EINVAL, "MP table at 0xf5bb0 has length 43, should be at least 44: not used",
      0, 0, 0 },
    { "table past memory", FLOATING + 4, RAM_SIZE - 100, 4, true, -EINVAL, NULL, 0, 0, 0 },
    { "more entries than bytes", TABLE + 34, 0xffff, 2, true, 0, "MP table: it ends after 20 entries of 65535", 2, 2,
      6 },
    { "fewer entries", TABLE + 34, 2, 2, true, 0, "", 2, 0, 0 },
    { "unknown entry", TABLE + AT_LINE, 5, 1, true, 0,
      "MP table: entry 10, of type 5 at offset 160, is unknown: the rest is ignored", 2, 2, 0 },
    { "CPU at the end", TABLE + LENGTH - 8, 0, 1, true, 0,
      "MP table: entry 19, of type 0 at offset 232, reaches beyond the table: the rest is ignored", 2, 2, 6 },
    { "CPU twice", TABLE + HEAD + 21, 0, 1, true, 0,
      "MP table: 1 CPUs have the APIC id of another one or of none, ignored", 1, 2, 6 },
    { "CPU of no id", TABLE + HEAD + 21, 255, 1, true, 0,
      "MP table: 1 CPUs have the APIC id of another one or of none, ignored", 1, 2, 6 },
    { "IO-APIC twice", TABLE + AT_IOAPIC + 9, 8, 1, true, 0,
      "MP table: 1 interrupts name a bus, line or IO-APIC that is not there, or are beyond 1024, ignored", 2, 1, 5 },
    { "IO-APIC at 0", TABLE + AT_IOAPIC + 12, 0, 4, true, 0,
      "MP table: 1 interrupts name a bus, line or IO-APIC that is not there, or are beyond 1024, ignored", 2, 1, 5 },
    { "no such bus", TABLE + AT_LINE + 4, 77, 1, true, 0,
      "MP table: 1 interrupts name a bus, line or IO-APIC that is not there, or are beyond 1024, ignored", 2, 2, 5 },
    { "no such line", TABLE + AT_LINE + 21, 16, 1, true, 0,
      "MP table: 1 interrupts name a bus, line or IO-APIC that is not there, or are beyond 1024, ignored", 2, 2, 5 },
};

static void test_damaged(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
        int rc;

        build();
        put(damages[i].at, damages[i].value, damages[i].size);
        if (damages[i].sealed) {
            seal(FLOATING, 16, 10);
            seal(TABLE, LENGTH, 7);
        }
        if (!strcmp(damages[i].name, "table past memory"))
            memcpy(ram + RAM_SIZE - 100, ram + TABLE, 100);
        rc = read_all();
        if (rc != damages[i].rc || table.cpu_count != damages[i].cpus || table.ioapic_count != damages[i].ioapics ||
            table.interrupt_count != damages[i].interrupts || (damages[i].line && strcmp(last_line, damages[i].line)))
            fail_msg("%s: rc %d, %u CPUs, %u IO-APICs, %u interrupts, '%s'", damages[i].name, rc, table.cpu_count,
                     table.ioapic_count, table.interrupt_count, last_line);
        if (rc == -EINVAL && (lines != 1 || table.paddr))
            fail_msg("%s: %u lines, or a rest is left", damages[i].name, lines);
    }
}

/* 65,535 bytes of nothing but interrupts of one line: as many as there is room for, and one sentence. */
static void test_full(void **state)
{
    const uint32_t count = (65535 - HEAD) / 8;

    build();
    put(FLOATING + 4, 0x20000, 4);
    seal(FLOATING, 16, 10);
    memcpy(ram + 0x20000, ram + TABLE, LENGTH);
    for (uint32_t at = 0x20000 + AT_LINE + 8; at + 8 <= 0x20000 + 65535U; at += 8)
        memcpy(ram + at, ram + TABLE + AT_LINE, 8);
    put(0x20000 + 4, 65535, 2);
    put(0x20000 + 34, count, 2);
    seal(0x20000, 65535, 7);
    assert_int_equal(read_all(), 0);
    assert_int_equal(table.interrupt_count, MP_INTERRUPTS_MAX);
    assert_int_equal(lines, 2); /* the count is right for entries of 8 bytes, three are of 20 */
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
