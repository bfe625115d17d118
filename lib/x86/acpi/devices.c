/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two small tables, one kind of device each: HPET (IA-PC HPET 1.0a, 3.2.4), MCFG (PCI firmware 3.3, 4.1.2). */
#include "x86/acpi/acpi_private.h"

struct hpet {
    struct acpi_header header;
    uint32_t block_id;
    struct acpi_gas base;
    uint8_t number;
    uint16_t min_tick;
    uint8_t protection;
} __attribute__((packed));
_Static_assert(sizeof(struct hpet) == 56, "IA-PC HPET 1.0a, table 3");

void acpi_parse_hpet(const struct acpi *a, const struct acpi_table *table)
{
    struct hpet h;

    if (table->length < sizeof(h) || !acpi_table_read(a, table, 0, &h, sizeof(h))) {
        lib_report(a->log, LIB_LOG_WARNING, "ACPI table HPET has %u bytes, needs %zu: another clock is used",
                   table->length, sizeof(h));
        return;
    }
    if (h.base.space != ACPI_MEMORY || !h.base.address || h.base.address % 1024) {
        lib_report(a->log, LIB_LOG_WARNING, "ACPI table HPET places it at %#lx in space %u: another clock is used",
                   (unsigned long)h.base.address, h.base.space);
        return;
    }
    a->out->hpet = (struct acpi_hpet){ true, h.base.address, h.min_tick, h.number };
}

struct mcfg_entry {
    uint64_t paddr;
    uint16_t segment;
    uint8_t start_bus, end_bus;
    uint32_t reserved;
};
#define MCFG_ENTRIES_OFFSET 44U

static bool segment_valid(const struct acpi *a, const struct mcfg_entry *e)
{
    uint64_t last;

    if (e->paddr && !(e->paddr % (1U << 20)) && e->start_bus <= e->end_bus &&
        checked_add(e->paddr, ((uint64_t)e->end_bus + 1) << 20, &last))
        return true;
    lib_report(a->log, LIB_LOG_WARNING, "ACPI table MCFG: segment %u, buses %u to %u at %#lx cannot be: left out",
               e->segment, e->start_bus, e->end_bus, (unsigned long)e->paddr);
    return false;
}

void acpi_parse_mcfg(const struct acpi *a, const struct acpi_table *table)
{
    struct acpi_mcfg *m = &a->out->mcfg;
    struct mcfg_entry e;

    for (uint32_t at = MCFG_ENTRIES_OFFSET; at + sizeof(e) <= table->length; at += (uint32_t)sizeof(e)) {
        if (m->count == ACPI_SEGMENTS_MAX) {
            lib_report(a->log, LIB_LOG_WARNING, "ACPI table MCFG: only the first %u segments are used", m->count);
            return;
        }
        if (!acpi_table_read(a, table, at, &e, sizeof(e)))
            return;
        if (segment_valid(a, &e))
            m->segment[m->count++] = (struct acpi_segment){ e.paddr, e.segment, e.start_bus, e.end_bus };
    }
}
