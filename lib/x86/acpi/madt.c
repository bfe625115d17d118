/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MADT (ACPI 6.4, 5.2.12): CPUs, IO-APICs, and how legacy interrupts and NMIs are wired. */
#include "x86/acpi/acpi_private.h"

enum {
    MADT_LAPIC = 0,
    MADT_IOAPIC = 1,
    MADT_OVERRIDE = 2,
    MADT_NMI = 3,
    MADT_LAPIC_NMI = 4,
    MADT_LAPIC_ADDRESS = 5,
    MADT_X2APIC = 9,
    MADT_X2APIC_NMI = 10,
};

#define MADT_ENTRIES_OFFSET 44U
#define MADT_PCAT_COMPAT    1U
#define CPU_ENABLED         1U
#define CPU_ONLINE_CAPABLE  2U

struct madt_head {
    struct acpi_header header;
    uint32_t lapic, flags;
};
_Static_assert(sizeof(struct madt_head) == MADT_ENTRIES_OFFSET, "ACPI 6.4, table 5.19");

struct madt_lapic {
    uint8_t type, length, uid, apic_id;
    uint32_t flags;
};

struct madt_ioapic {
    uint8_t type, length, id, reserved;
    uint32_t paddr, gsi_base;
};

struct madt_override {
    uint8_t type, length, bus, source;
    uint32_t gsi;
    uint16_t flags;
} __attribute__((packed));

struct madt_nmi {
    uint8_t type, length;
    uint16_t flags;
    uint32_t gsi;
};

struct madt_lapic_nmi {
    uint8_t type, length, uid;
    uint16_t flags;
    uint8_t lint;
} __attribute__((packed));

struct madt_lapic_address {
    uint8_t type, length;
    uint16_t reserved;
    uint64_t paddr;
} __attribute__((packed));

struct madt_x2apic {
    uint8_t type, length;
    uint16_t reserved;
    uint32_t apic_id, flags, uid;
};

struct madt_x2apic_nmi {
    uint8_t type, length;
    uint16_t flags;
    uint32_t uid;
    uint8_t lint, reserved[3];
};

union madt_entry {
    struct {
        uint8_t type, length;
    };
    struct madt_lapic lapic;
    struct madt_ioapic ioapic;
    struct madt_override override;
    struct madt_nmi nmi;
    struct madt_lapic_nmi lapic_nmi;
    struct madt_lapic_address lapic_address;
    struct madt_x2apic x2apic;
    struct madt_x2apic_nmi x2apic_nmi;
};

/* What an entry of the type must at least have; 0 for types that we don't look at. */
static size_t entry_size(uint8_t type)
{
    switch (type) {
    case MADT_LAPIC: return sizeof(struct madt_lapic);
    case MADT_IOAPIC: return sizeof(struct madt_ioapic);
    case MADT_OVERRIDE: return sizeof(struct madt_override);
    case MADT_NMI: return sizeof(struct madt_nmi);
    case MADT_LAPIC_NMI: return sizeof(struct madt_lapic_nmi);
    case MADT_LAPIC_ADDRESS: return sizeof(struct madt_lapic_address);
    case MADT_X2APIC: return sizeof(struct madt_x2apic);
    case MADT_X2APIC_NMI: return sizeof(struct madt_x2apic_nmi);
    default: return 0;
    }
}

static uint8_t polarity(uint16_t flags)
{
    return flags & 3;
}

static uint8_t trigger(uint16_t flags)
{
    return flags >> 2 & 3;
}

/* True when there is room for one more; else says so. */
static bool room(const struct acpi *a, uint32_t count, uint32_t max, const char *what)
{
    if (count < max)
        return true;
    lib_report(a->log, LIB_LOG_WARNING, "ACPI MADT: more than %u %s, one is ignored", max, what);
    return false;
}

static void add_cpu(const struct acpi *a, const struct acpi_cpu *cpu)
{
    struct acpi_madt *m = &a->out->madt;

    if (!cpu->enabled && !cpu->online_capable)
        return; /* a socket that is empty for good */
    for (uint32_t i = 0; i < m->cpu_count; i++) {
        if (m->cpu[i].apic_id == cpu->apic_id) {
            lib_report(a->log, LIB_LOG_WARNING, "ACPI MADT: APIC id %u is listed twice, the first entry is used",
                       cpu->apic_id);
            return;
        }
    }
    if (room(a, m->cpu_count, ACPI_CPUS_MAX, "CPUs"))
        m->cpu[m->cpu_count++] = *cpu;
}

static void add_lapic(const struct acpi *a, const struct madt_lapic *e)
{
    struct acpi_cpu cpu = { e->apic_id, e->uid, e->flags & CPU_ENABLED, e->flags & CPU_ONLINE_CAPABLE, false };

    if (e->apic_id != 0xff) /* the broadcast id marks an unused entry */
        add_cpu(a, &cpu);
}

static void add_x2apic(const struct acpi *a, const struct madt_x2apic *e)
{
    struct acpi_cpu cpu = { e->apic_id, e->uid, e->flags & CPU_ENABLED, e->flags & CPU_ONLINE_CAPABLE, true };

    if (e->apic_id != UINT32_MAX)
        add_cpu(a, &cpu);
}

static void add_ioapic(const struct acpi *a, const struct madt_ioapic *e)
{
    struct acpi_madt *m = &a->out->madt;

    if (room(a, m->ioapic_count, ACPI_IOAPICS_MAX, "IO-APICs"))
        m->ioapic[m->ioapic_count++] = (struct acpi_ioapic){ e->paddr, e->gsi_base, e->id };
}

static void add_override(const struct acpi *a, const struct madt_override *e)
{
    struct acpi_madt *m = &a->out->madt;

    if (e->bus != 0 || e->source > 15) {
        lib_report(a->log, LIB_LOG_WARNING, "ACPI MADT: override of interrupt %u on bus %u is not ISA, ignored",
                   e->source, e->bus);
        return;
    }
    if (room(a, m->override_count, ACPI_OVERRIDES_MAX, "interrupt overrides"))
        m->override[m->override_count++] =
            (struct acpi_override){ e->gsi, e->source, polarity(e->flags), trigger(e->flags) };
}

static void add_nmi(const struct acpi *a, struct acpi_nmi nmi, uint16_t flags)
{
    struct acpi_madt *m = &a->out->madt;

    nmi.polarity = polarity(flags);
    nmi.trigger = trigger(flags);
    if (nmi.lint > 1)
        lib_report(a->log, LIB_LOG_WARNING, "ACPI MADT: NMI on LINT%u, which no CPU has, ignored", nmi.lint);
    else if (room(a, m->nmi_count, ACPI_NMIS_MAX, "NMI sources"))
        m->nmi[m->nmi_count++] = nmi;
}

static void parse_entry(const struct acpi *a, const union madt_entry *e)
{
    switch (e->type) {
    case MADT_LAPIC: add_lapic(a, &e->lapic); break;
    case MADT_X2APIC: add_x2apic(a, &e->x2apic); break;
    case MADT_IOAPIC: add_ioapic(a, &e->ioapic); break;
    case MADT_OVERRIDE: add_override(a, &e->override); break;
    case MADT_NMI: add_nmi(a, (struct acpi_nmi){ .gsi = e->nmi.gsi }, e->nmi.flags); break;
    case MADT_LAPIC_NMI:
        add_nmi(a,
                (struct acpi_nmi){ .is_lint = true,
                                   .lint = e->lapic_nmi.lint,
                                   .cpu_uid = e->lapic_nmi.uid == 0xff ? ACPI_ALL_CPUS : e->lapic_nmi.uid },
                e->lapic_nmi.flags);
        break;
    case MADT_X2APIC_NMI:
        add_nmi(a, (struct acpi_nmi){ .is_lint = true, .lint = e->x2apic_nmi.lint, .cpu_uid = e->x2apic_nmi.uid },
                e->x2apic_nmi.flags);
        break;
    case MADT_LAPIC_ADDRESS: a->out->madt.lapic_paddr = e->lapic_address.paddr; break;
    default: break;
    }
}

void acpi_parse_madt(const struct acpi *a, const struct acpi_table *table)
{
    struct acpi_madt *m = &a->out->madt;
    struct madt_head head;
    union madt_entry e;
    uint32_t at = MADT_ENTRIES_OFFSET;

    if (table->length < sizeof(head) || !acpi_table_read(a, table, 0, &head, sizeof(head))) {
        lib_report(a->log, LIB_LOG_WARNING,
                   "ACPI table APIC has %u bytes, needs %zu: CPUs and IO-APICs by the MP table, if there is one",
                   table->length, sizeof(head));
        return;
    }
    m->present = true;
    m->lapic_paddr = head.lapic;
    m->has_8259 = head.flags & MADT_PCAT_COMPAT;

    while (at + 2 <= table->length) {
        if (!acpi_table_read(a, table, at, &e, sizeof(e)))
            return;
        if (e.length < 2 || e.length > table->length - at || e.length < entry_size(e.type)) {
            lib_report(a->log, LIB_LOG_WARNING,
                       "ACPI table APIC: entry of type %u at offset %u has length %u: the rest is ignored",
                       e.type, at, e.length);
            return;
        }
        parse_entry(a, &e);
        at += e.length;
    }
}

void acpi_isa_irq(const struct acpi_madt *madt, uint8_t isa_irq, struct acpi_override *out)
{
    *out = (struct acpi_override){ isa_irq, isa_irq, 1, 1 };
    for (uint32_t i = 0; i < madt->override_count; i++) {
        const struct acpi_override *o = &madt->override[i];

        if (o->isa_irq != isa_irq)
            continue;
        out->gsi = o->gsi;
        out->polarity = o->polarity ? o->polarity : 1; /* ISA: active high, edge */
        out->trigger = o->trigger ? o->trigger : 1;
        return;
    }
}
