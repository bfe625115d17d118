/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of the MultiProcessor Specification 1.4 (chapter 4): CPUs, IO-APICs, and which interrupt arrives where. It
 * is what firmware left before ACPI; some virtual machines and old firmware have nothing else.
 *
 * Firmware is not trusted: length and checksum are verified before an entry is used, each entry stays inside the table,
 * each list inside our array, and what names a bus or an IO-APIC that is not there is left out and counted. The default
 * configurations (chapter 5), which have no table, are of machines with two processors of 32 bits: not used.
 */
#ifndef LIB_X86_MPTABLE_MPTABLE_H
#define LIB_X86_MPTABLE_MPTABLE_H

#include "port.h"
#include "x86/phys_reader.h"

#define MP_CPUS_MAX       255U /* APIC ids have eight bits, and 255 means all */
#define MP_IOAPICS_MAX    64U
#define MP_INTERRUPTS_MAX 1024U

enum mp_bus { MP_BUS_NONE, MP_BUS_ISA, MP_BUS_EISA, MP_BUS_PCI, MP_BUS_OTHER };

struct mp_ioapic {
    uint32_t paddr;
    uint8_t id;
};

/* An interrupt line from a bus to an input of an IO-APIC. */
struct mp_interrupt {
    uint8_t bus;        /* enum mp_bus: ISA, EISA or PCI */
    uint8_t bus_number; /* of PCI: the bus */
    uint8_t source;     /* ISA and EISA: 0 to 15; PCI: device << 2 | pin, 0 being INTA# */
    uint8_t ioapic;     /* index in struct mp_table */
    uint8_t input;      /* of that IO-APIC */
    bool by_elcr;       /* EISA: the port of edge and level control says which; the next two don't */
    bool level, active_low;
};

struct mp_table {
    uint64_t paddr; /* of the configuration table */
    uint32_t lapic_paddr;
    uint32_t cpu_count, ioapic_count, interrupt_count;
    uint8_t cpu[MP_CPUS_MAX]; /* APIC ids of the enabled ones, in the table's order */
    struct mp_ioapic ioapic[MP_IOAPICS_MAX];
    struct mp_interrupt interrupt[MP_INTERRUPTS_MAX];
    uint8_t bus[256]; /* enum mp_bus of a bus id */
};

/**
 * Read the table into *@out (zeroed first), from where the specification lets its pointer be. Returns 0; -ENOENT, in
 * silence, if there is no pointer; -EINVAL, with a line, if it leads to no usable table: then *@out is all zero.
 */
int mp_read(struct mp_table *out, const struct phys_reader *mem, const struct lib_log *log);

/** A line: where it was found, and how much is in it. */
void mp_report(const struct mp_table *table, const struct lib_log *log);

#endif
