/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The input is physical memory, whose first bytes are a root pointer. Checksums would stop almost everything at the
 * door, so the harness mends those of the tables that the root tables can reach. Laws: counts stay inside their arrays,
 * what is said to be present is within its limits, nothing outside memory is read.
 */
#include "base/checksum.h"
#include "x86/acpi/acpi.h"

#include "law.h"

#define RAM_SIZE 8192U
#define TABLES   7U
#include "test/ram.h"

static void mend(uint32_t at)
{
    uint32_t length;

    memcpy(&length, ram + at + 4, 4);
    length %= RAM_SIZE - at;
    if (length < 36)
        length = 36;
    memcpy(ram + at + 4, &length, 4);
    ram[at + 9] = 0;
    ram[at + 9] = (uint8_t)-checksum_sum8(ram + at, length);
}

/* Tables at fixed places, which the input fills: an XSDT that names the others. */
static void build(const uint8_t *data, size_t size)
{
    static const char names[TABLES][5] = { "APIC", "FACP", "HPET", "MCFG", "SSDT", "DMAR", "IVRS" };

    memset(ram, 0, RAM_SIZE);
    memcpy(ram, data, MIN(size, RAM_SIZE));
    memcpy(ram, "RSD PTR ", 8);
    ram[15] = 2;
    memcpy(ram + 24, &(uint64_t){ 64 }, 8);
    ram[8] = 0;
    ram[8] = (uint8_t)-checksum_sum8(ram, 20);
    ram[32] = 0;
    ram[32] = (uint8_t)-checksum_sum8(ram, 36);
    memcpy(ram + 64, "XSDT", 4);
    memcpy(ram + 68, &(uint32_t){ 36 + TABLES * 8 }, 4);
    for (uint32_t i = TABLES; i-- > 0;) {
        uint32_t at = 256 + i * 1024;

        memcpy(ram + 100 + i * 8, &(uint64_t){ at }, 8);
        memcpy(ram + at, names[i], 4);
        mend(at); /* the higher first: a lower one may reach over it */
    }
    mend(64);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct acpi_info info;
    struct acpi_override o;

    build(data, size);
    if (acpi_read(&info, &mem, ram, 36, 0, NULL))
        return 0;
    require(info.table_count <= ACPI_TABLES_MAX && info.madt.cpu_count <= ACPI_CPUS_MAX);
    require(info.madt.ioapic_count <= ACPI_IOAPICS_MAX && info.madt.override_count <= ACPI_OVERRIDES_MAX);
    require(info.madt.nmi_count <= ACPI_NMIS_MAX && info.mcfg.count <= ACPI_SEGMENTS_MAX);
    for (uint32_t i = 0; i < info.madt.cpu_count; i++) {
        for (uint32_t j = 0; j < i; j++)
            require(info.madt.cpu[i].apic_id != info.madt.cpu[j].apic_id);
    }
    for (uint32_t i = 0; i < info.mcfg.count; i++)
        require(info.mcfg.segment[i].start_bus <= info.mcfg.segment[i].end_bus);
    require(info.iommus.count <= ACPI_IOMMUS_MAX);
    for (uint32_t i = 0; i < info.iommus.count; i++)
        require(info.iommus.registers[i] && !(info.iommus.registers[i] & 0xfff));
    require(info.s5.type_a <= 7 && info.s5.type_b <= 7);
    for (uint8_t irq = 0; irq < 16; irq++)
        acpi_isa_irq(&info.madt, irq, &o);
    acpi_report(&info, NULL);
    return 0;
}
