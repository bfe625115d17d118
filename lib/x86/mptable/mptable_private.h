/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The structures of MP 1.4, chapter 4, as they lie in memory. */
#ifndef LIB_X86_MPTABLE_MPTABLE_PRIVATE_H
#define LIB_X86_MPTABLE_MPTABLE_PRIVATE_H

#include "base/format.h"
#include "x86/mptable/mptable.h"

/* 4.1: the pointer, on a multiple of 16 */
struct mp_floating {
    char signature[4]; /* _MP_ */
    uint32_t table;    /* 0: there is none */
    uint8_t length;    /* in units of 16 bytes: 1 */
    uint8_t revision, checksum;
    uint8_t feature[5]; /* [0]: number of a default configuration, 0: by the table */
};
_Static_assert(sizeof(struct mp_floating) == 16, "MP 1.4, table 4-1");

/* 4.2: before the entries */
struct mp_head {
    char signature[4]; /* PCMP */
    uint16_t length;   /* with this head, without the extended entries */
    uint8_t revision, checksum;
    char oem[8], product[12];
    uint32_t oem_table;
    uint16_t oem_size, entry_count;
    uint32_t lapic;
    uint16_t extended_length;
    uint8_t extended_checksum, reserved;
};
_Static_assert(sizeof(struct mp_head) == 44, "MP 1.4, table 4-2");

enum { MP_CPU = 0, MP_BUS = 1, MP_IOAPIC = 2, MP_IO_INTERRUPT = 3, MP_LOCAL_INTERRUPT = 4 };
#define MP_CPU_SIZE   20U
#define MP_OTHER_SIZE 8U

/* 4.3.1 */
struct mp_cpu_entry {
    uint8_t type, apic_id, apic_version, flags; /* bit 0: enabled; bit 1: the one that boots */
    uint32_t signature, features, reserved[2];
};
_Static_assert(sizeof(struct mp_cpu_entry) == MP_CPU_SIZE, "MP 1.4, table 4-4");

/* 4.3.2 */
struct mp_bus_entry {
    uint8_t type, id;
    char name[6]; /* blanks at the end */
};

/* 4.3.3 */
struct mp_ioapic_entry {
    uint8_t type, id, version, flags; /* bit 0: usable */
    uint32_t paddr;
};

/* 4.3.4 and 4.3.5: the last two are an IO-APIC's id and input, or a local APIC's id and LINT number */
struct mp_interrupt_entry {
    uint8_t type, kind; /* 0: an interrupt, 1: NMI, 2: SMI, 3: of the legacy controller */
    uint16_t flags;     /* bits 0, 1: polarity, 2, 3: trigger; 0 as the bus has it, 1 high or edge, 3 low or level */
    uint8_t bus, source, apic, input;
};
_Static_assert(sizeof(struct mp_interrupt_entry) == MP_OTHER_SIZE, "MP 1.4, tables 4-10 and 4-11");

union mp_entry {
    uint8_t type;
    struct mp_cpu_entry cpu;
    struct mp_bus_entry bus;
    struct mp_ioapic_entry ioapic;
    struct mp_interrupt_entry interrupt;
};

/* One reading: what is left out is counted by its reason, and logged once, however often it came. */
struct mp {
    struct mp_table *out;
    const struct phys_reader *mem;
    const struct lib_log *log;
    struct mp_head head;
    uint32_t bad_cpus, bad_ioapics, bad_interrupts;
};

/** Whether @paddr leads to a table that can be believed; then m->head is its head. Else says why not. */
bool mp_verify(struct mp *m, uint64_t paddr);

/** Address of the pointer, which is filled into *@f; 0: there is none. */
uint64_t mp_search(const struct phys_reader *mem, struct mp_floating *f);

#endif
