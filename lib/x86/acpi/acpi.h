/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the hypervisor needs from ACPI's static tables (ACPI 6.4, chapter 5; IA-PC HPET 1.0a; PCI firmware 3.3), and the
 * one thing that it needs from AML: the value that powers the machine off.
 *
 * Firmware is not trusted: each table's length and checksum is verified before a byte of it is used, each entry stays
 * inside its table, each list inside our array. A table that fails is left out, with a line that names it, what was
 * seen, and what we do without it.
 */
#ifndef LIB_X86_ACPI_ACPI_H
#define LIB_X86_ACPI_ACPI_H

#include "port.h"
#include "x86/phys_reader.h"

#define ACPI_TABLES_MAX     128U
#define ACPI_CPUS_MAX       512U
#define ACPI_IOAPICS_MAX    64U
#define ACPI_OVERRIDES_MAX  64U
#define ACPI_NMIS_MAX       64U
#define ACPI_SEGMENTS_MAX   64U
#define ACPI_IOMMUS_MAX     64U
#define ACPI_SLEEPS_MAX     16U
#define ACPI_TABLE_SIZE_MAX (16U << 20) /* a length above this is not believed */

struct acpi_table {
    char signature[4]; /* no NUL */
    uint8_t revision;
    uint32_t length;
    uint64_t paddr;
};

/* A register (ACPI 6.4, 5.2.3.2). Width 0: there is none. */
enum acpi_space { ACPI_MEMORY = 0, ACPI_IO = 1, ACPI_PCI_CONFIG = 2 };
struct acpi_register {
    uint8_t space;      /* enum acpi_space, others exist */
    uint8_t bit_width;
    uint8_t bit_offset;
    uint8_t access;     /* 0 undefined, 1 to 4: 8, 16, 32, 64 bits */
    uint64_t address;
};

struct acpi_cpu {
    uint32_t apic_id, uid;
    bool enabled;        /* usable now */
    bool online_capable; /* not enabled, but may be added */
    bool x2apic;         /* came from an x2APIC entry */
};

struct acpi_ioapic {
    uint32_t paddr, gsi_base;
    uint8_t id;
};

/* Polarity and trigger as in MPS 1.4: 0 as the bus has it, 1 active high or edge, 3 active low or level. */
struct acpi_override {
    uint32_t gsi;
    uint8_t isa_irq, polarity, trigger;
};

#define ACPI_ALL_CPUS UINT32_MAX
struct acpi_nmi {
    bool is_lint;      /* a local APIC's LINT pin, else a global interrupt */
    uint32_t gsi;      /* of a global one */
    uint32_t cpu_uid;  /* of a LINT: processor UID, or ACPI_ALL_CPUS */
    uint8_t lint;      /* 0 or 1 */
    uint8_t polarity, trigger;
};

struct acpi_madt {
    bool present;
    bool has_8259; /* PC-AT compatible: two legacy controllers, to be masked */
    uint64_t lapic_paddr;
    uint32_t cpu_count, ioapic_count, override_count, nmi_count;
    struct acpi_cpu cpu[ACPI_CPUS_MAX];
    struct acpi_ioapic ioapic[ACPI_IOAPICS_MAX];
    struct acpi_override override[ACPI_OVERRIDES_MAX];
    struct acpi_nmi nmi[ACPI_NMIS_MAX];
};

struct acpi_fadt {
    bool present;
    uint64_t dsdt_paddr, facs_paddr;
    uint16_t sci_gsi;
    uint16_t smi_command; /* port; 0: always in ACPI mode */
    uint8_t acpi_enable;  /* value for it */
    uint8_t century;      /* CMOS index, 0: none */
    struct acpi_register pm1a_event, pm1b_event, pm1a_control, pm1b_control, pm_timer, sleep_control, sleep_status;
    bool pm_timer_32bit;  /* else 24 */
    bool has_reset;
    struct acpi_register reset;
    uint8_t reset_value;
    bool hw_reduced;      /* no PM1, no PM timer, no 8259 */
    bool no_vga, no_msi, no_cmos_rtc;
    bool has_8042;
};

struct acpi_hpet {
    bool present;
    uint64_t paddr;
    uint16_t min_tick;
    uint8_t number;
};

struct acpi_segment {
    uint64_t paddr; /* of bus 0's configuration space, whatever start_bus is */
    uint16_t segment;
    uint8_t start_bus, end_bus;
};

struct acpi_mcfg {
    uint32_t count;
    struct acpi_segment segment[ACPI_SEGMENTS_MAX];
};

enum acpi_iommu_kind { ACPI_IOMMU_NONE, ACPI_IOMMU_INTEL, ACPI_IOMMU_AMD };
struct acpi_iommus {
    enum acpi_iommu_kind kind;
    bool x2apic_opt_out; /* firmware's own code needs the local APICs in xAPIC mode */
    uint32_t count;
    uint64_t registers[ACPI_IOMMUS_MAX]; /* where each unit's first page of registers is */
};

/* SLP_TYPa and SLP_TYPb of state S5: three-bit values for the PM1 control registers. */
struct acpi_s5 {
    bool present;
    uint8_t type_a, type_b;
};

/* Where AML names a sleeping state that this machine cannot enter under us: S1 to S4. See acpi_hide_sleep(). */
struct acpi_sleeps {
    uint32_t count;
    struct {
        uint64_t table, name; /* addresses: of the table's header, and of the four letters */
        char state;           /* '1' to '4' */
    } at[ACPI_SLEEPS_MAX];
};

struct acpi_info {
    uint64_t rsdp_paddr; /* 0: the loader handed over a copy */
    uint32_t table_count;
    struct acpi_table table[ACPI_TABLES_MAX];
    struct acpi_madt madt;
    struct acpi_fadt fadt;
    struct acpi_hpet hpet;
    struct acpi_mcfg mcfg;
    struct acpi_iommus iommus;
    struct acpi_s5 s5;
    struct acpi_sleeps sleeps;
};

/**
 * Read everything into *@out (zeroed first). @rsdp: @rsdp_size bytes that the boot loader gave, or NULL: then the root
 * pointer is at @rsdp_paddr, or if that is 0, is searched for below 1 MiB. Returns 0 if the root table was found,
 * however little of the rest was good; -ENOENT if there is no root pointer; -EINVAL if there is no usable root table.
 */
int acpi_read(struct acpi_info *out, const struct phys_reader *mem, const void *rsdp, size_t rsdp_size,
              uint64_t rsdp_paddr, const struct lib_log *log);

/** Where an ISA interrupt (0 to 15) arrives: fills *@out from the overrides, else identity, edge, active high. */
void acpi_isa_irq(const struct acpi_madt *madt, uint8_t isa_irq, struct acpi_override *out);

/**
 * What to write so that a kernel does not find the @i-th of @list: *@letter at its name, and *@checksum, the table's at
 * offset ACPI_CHECKSUM, which stays right. False: memory has changed, or cannot be read.
 */
#define ACPI_CHECKSUM 9u
bool acpi_hide_sleep(const struct acpi_sleeps *list, uint32_t i, const struct phys_reader *mem, uint8_t *letter,
                     uint8_t *checksum);

/** A few lines: tables, CPUs, IO-APICs, what power-off and reset use. */
void acpi_report(const struct acpi_info *info, const struct lib_log *log);

#endif
