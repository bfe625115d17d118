/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which IOMMUs there are: Intel's DMAR (Virtualization Technology for Directed I/O 4.1, chapter 8) and AMD's IVRS (AMD
 * I/O Virtualization Technology 3.07, chapter 5). Both are a header and a list of structures that say their own length.
 */
#include "x86/acpi/acpi_private.h"

#define LIST_OFFSET     48U /* both tables */
#define DMAR_FLAGS      37U
#define DMAR_OPT_OUT    0x02
#define DMAR_UNIT       0
#define IVRS_BLOCK      0x10
#define IVRS_BLOCK_EXT  0x11
#define IVRS_BLOCK_ACPI 0x40
#define REGISTERS_ALIGN 0x1000U

/* The beginning of a structure that describes a unit; of others only type and length are looked at. */
struct dmar_unit {
    uint16_t type, length;
    uint8_t flags, size;
    uint16_t segment;
    uint64_t registers;
};
_Static_assert(sizeof(struct dmar_unit) == 16, "VT-d 4.1, 8.3");

struct ivrs_block {
    uint8_t type, flags;
    uint16_t length, device, capability;
    uint64_t registers;
};
_Static_assert(sizeof(struct ivrs_block) == 16, "AMD IOMMU 3.07, table 95");

/* AMD describes the same unit by several blocks, for older and newer readers. */
static bool known(const struct acpi_iommus *list, uint64_t registers)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list->registers[i] == registers)
            return true;
    return false;
}

static void add(const struct acpi *a, const char *name, uint64_t registers)
{
    struct acpi_iommus *list = &a->out->iommus;

    if (!registers || registers % REGISTERS_ALIGN)
        lib_report(a->log, LIB_LOG_WARNING, "ACPI table %s places an IOMMU at %#lx, which is no page: not looked at",
                   name, (unsigned long)registers);
    else if (known(list, registers))
        return;
    else if (list->count == ACPI_IOMMUS_MAX)
        lib_report(a->log, LIB_LOG_WARNING, "ACPI table %s: only the first %u IOMMUs are looked at", name,
                   ACPI_IOMMUS_MAX);
    else
        list->registers[list->count++] = registers;
}

static bool length_ok(const struct acpi *a, const struct acpi_table *table, uint32_t at, uint32_t length)
{
    if (length >= 4 && length <= table->length - at)
        return true;
    lib_report(a->log, LIB_LOG_WARNING,
               "ACPI table %.4s: the structure at %u has length %u, should be 4 to %u: the rest is not read",
               table->signature, at, length, table->length - at);
    return false;
}

void acpi_parse_dmar(const struct acpi *a, const struct acpi_table *table)
{
    uint8_t flags = 0;

    if (!acpi_table_read(a, table, DMAR_FLAGS, &flags, sizeof(flags)))
        return;
    a->out->iommus.kind = ACPI_IOMMU_INTEL;
    a->out->iommus.x2apic_opt_out = flags & DMAR_OPT_OUT;
    for (uint32_t at = LIST_OFFSET; at + 4 <= table->length;) {
        struct dmar_unit unit;

        if (!acpi_table_read(a, table, at, &unit, sizeof(unit)) || !length_ok(a, table, at, unit.length))
            return;
        if (unit.type == DMAR_UNIT && unit.length >= sizeof(unit))
            add(a, "DMAR", unit.registers);
        at += unit.length;
    }
}

void acpi_parse_ivrs(const struct acpi *a, const struct acpi_table *table)
{
    a->out->iommus.kind = ACPI_IOMMU_AMD;
    for (uint32_t at = LIST_OFFSET; at + 4 <= table->length;) {
        struct ivrs_block block;

        if (!acpi_table_read(a, table, at, &block, sizeof(block)) || !length_ok(a, table, at, block.length))
            return;
        bool unit = block.type == IVRS_BLOCK || block.type == IVRS_BLOCK_EXT || block.type == IVRS_BLOCK_ACPI;
        if (unit && block.length >= sizeof(block))
            add(a, "IVRS", block.registers);
        at += block.length;
    }
}
