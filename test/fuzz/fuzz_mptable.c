/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MP tables: the input is the table, after a byte for the pointer's place; pointer, signature, length and checksum are
 * made right, so that it reaches the entries. Laws: counts stay inside their arrays, what is named is there, nothing
 * outside memory is read.
 */
#include "base/checksum.h"
#include "x86/mptable/mptable.h"

#include "law.h"

#define RAM_SIZE 0x100000U
#include "test/ram.h"

#define TABLE    0x20000U
#define HEAD     44U

static void build(const uint8_t *data, size_t size)
{
    static const uint32_t places[] = { 0x9fc00, 0x9fbf0, 0xf0000, 0xffff0 };
    uint32_t at = places[size ? data[0] % 4 : 0];
    size_t left = size ? MIN(size - 1, (size_t)0xffff) : 0;
    uint16_t length;

    memset(ram, 0, RAM_SIZE);
    memcpy(ram + 0x40e, &(uint16_t){ 0x9fc0 }, 2);
    memcpy(ram + 0x413, &(uint16_t){ 639 }, 2);
    memcpy(ram + TABLE, data + (size ? 1 : 0), left);
    memcpy(ram + at, "_MP_", 4);
    memcpy(ram + at + 4, &(uint32_t){ TABLE }, 4);
    ram[at + 8] = 1;
    ram[at + 10] = 0;
    ram[at + 10] = (uint8_t)-checksum_sum8(ram + at, 16);
    memcpy(ram + TABLE, "PCMP", 4);
    length = (uint16_t)MAX(left, (size_t)HEAD);
    memcpy(ram + TABLE + 4, &length, 2);
    ram[TABLE + 7] = 0;
    ram[TABLE + 7] = (uint8_t)-checksum_sum8(ram + TABLE, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct mp_table t;

    build(data, size);
    require(mp_read(&t, &mem, NULL) == 0);
    require(t.cpu_count <= MP_CPUS_MAX && t.ioapic_count <= MP_IOAPICS_MAX && t.interrupt_count <= MP_INTERRUPTS_MAX);
    for (uint32_t i = 0; i < t.cpu_count; i++) {
        require(t.cpu[i] != 255);
        for (uint32_t j = 0; j < i; j++)
            require(t.cpu[i] != t.cpu[j]);
    }
    for (uint32_t i = 0; i < t.ioapic_count; i++)
        require(t.ioapic[i].paddr);
    for (uint32_t i = 0; i < t.interrupt_count; i++) {
        const struct mp_interrupt *line = &t.interrupt[i];

        require(line->ioapic < t.ioapic_count && line->bus == t.bus[line->bus_number]);
        require(line->bus == MP_BUS_PCI || line->bus == MP_BUS_ISA || line->bus == MP_BUS_EISA);
        require(line->bus == MP_BUS_PCI || line->source < 16);
    }
    mp_report(&t, NULL);
    return 0;
}
