/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the table parsers; nobody else includes this. */
#ifndef LIB_X86_ACPI_ACPI_PRIVATE_H
#define LIB_X86_ACPI_ACPI_PRIVATE_H

#include "base/format.h"
#include "x86/acpi/acpi.h"

struct acpi {
    struct acpi_info *out;
    const struct phys_reader *mem;
    const struct lib_log *log;
};

/* The header of every table but RSDP and FACS (ACPI 6.4, 5.2.6). */
struct acpi_header {
    char signature[4];
    uint32_t length;
    uint8_t revision, checksum;
    char oem_id[6], oem_table_id[8];
    uint32_t oem_revision, creator_id, creator_revision;
};
_Static_assert(sizeof(struct acpi_header) == 36, "ACPI 6.4, table 5.4");

/* The register as it stands in tables (ACPI 6.4, table 5.1). */
struct acpi_gas {
    uint8_t space, bit_width, bit_offset, access;
    uint64_t address;
} __attribute__((packed));
_Static_assert(sizeof(struct acpi_gas) == 12, "ACPI 6.4, table 5.1");

/** Read and verify the table at @paddr; its signature must be @want if given. False, and reported, if it is bad. */
bool acpi_verify(const struct acpi *a, uint64_t paddr, const char *want, struct acpi_table *table);

/** Read @len bytes at @offset, or as many as the table has, the rest zero. False if memory cannot be read. */
bool acpi_table_read(const struct acpi *a, const struct acpi_table *table, uint32_t offset, void *buf, size_t len);

struct acpi_register acpi_register_of(const struct acpi_gas *gas);

void acpi_parse_madt(const struct acpi *a, const struct acpi_table *table);
void acpi_parse_fadt(const struct acpi *a, const struct acpi_table *table);
void acpi_parse_hpet(const struct acpi *a, const struct acpi_table *table);
void acpi_parse_mcfg(const struct acpi *a, const struct acpi_table *table);
void acpi_parse_dmar(const struct acpi *a, const struct acpi_table *table);
void acpi_parse_ivrs(const struct acpi *a, const struct acpi_table *table);

/** Look for sleeping states in one table of AML: the first \_S5's values, and where the others are. */
void acpi_scan_sleep(const struct acpi *a, const struct acpi_table *table);

#endif
