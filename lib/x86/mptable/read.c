/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entries (MP 1.4, 4.3). Interrupts name buses and IO-APICs, which firmware ought to list before; since it need
 * not, the table is gone through twice, the second time for interrupts.
 */
#include "x86/mptable/mptable_private.h"

#define CPU_ENABLED      1U
#define IOAPIC_USABLE    1U
#define KIND_INTERRUPT   0U
#define APIC_ALL         0xffU
#define AS_THE_BUS       0U
#define LOW_OR_LEVEL     3U

static void add_cpu(struct mp *m, const struct mp_cpu_entry *e)
{
    struct mp_table *t = m->out;

    if (!(e->flags & CPU_ENABLED))
        return;
    for (uint32_t i = 0; i < t->cpu_count; i++) {
        if (t->cpu[i] == e->apic_id) {
            m->bad_cpus++;
            return;
        }
    }
    if (e->apic_id == APIC_ALL || t->cpu_count == MP_CPUS_MAX)
        m->bad_cpus++;
    else
        t->cpu[t->cpu_count++] = e->apic_id;
}

static void add_bus(struct mp *m, const struct mp_bus_entry *e)
{
    static const struct {
        char name[7];
        uint8_t bus;
    } known[] = {
        { "ISA   ", MP_BUS_ISA },
        { "EISA  ", MP_BUS_EISA },
        { "PCI   ", MP_BUS_PCI },
    };

    m->out->bus[e->id] = MP_BUS_OTHER;
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        if (!memcmp(e->name, known[i].name, sizeof(e->name)))
            m->out->bus[e->id] = known[i].bus;
    }
}

/* The index of an IO-APIC; ioapic_count: there is none. An interrupt may go to all: then the first one has it. */
static uint32_t find_ioapic(const struct mp_table *t, uint8_t id)
{
    uint32_t i = 0;

    while (i < t->ioapic_count && t->ioapic[i].id != id)
        i++;
    return i == t->ioapic_count && id == APIC_ALL ? 0 : i;
}

static void add_ioapic(struct mp *m, const struct mp_ioapic_entry *e)
{
    struct mp_table *t = m->out;
    uint32_t at = 0;

    if (!(e->flags & IOAPIC_USABLE))
        return;
    while (at < t->ioapic_count && t->ioapic[at].id != e->id)
        at++;
    if (at < t->ioapic_count || at == MP_IOAPICS_MAX || !e->paddr)
        m->bad_ioapics++;
    else
        t->ioapic[t->ioapic_count++] = (struct mp_ioapic){ e->paddr, e->id };
}

static void parse_device(struct mp *m, const union mp_entry *e)
{
    switch (e->type) {
    case MP_CPU: add_cpu(m, &e->cpu); break;
    case MP_BUS: add_bus(m, &e->bus); break;
    case MP_IOAPIC: add_ioapic(m, &e->ioapic); break;
    default: break;
    }
}

/* NMI, SMI and the legacy controller's interrupt come through no IO-APIC here; all local APICs are set alike. */
static void parse_interrupt(struct mp *m, const union mp_entry *entry)
{
    const struct mp_interrupt_entry *e = &entry->interrupt;
    struct mp_table *t = m->out;
    uint8_t polarity = e->flags & 3, trigger = e->flags >> 2 & 3, bus = t->bus[e->bus];
    uint32_t ioapic = find_ioapic(t, e->apic);

    if (e->type != MP_IO_INTERRUPT || e->kind != KIND_INTERRUPT || bus == MP_BUS_OTHER)
        return;
    if (bus == MP_BUS_NONE || ioapic >= t->ioapic_count || (bus != MP_BUS_PCI && e->source > 15) ||
        t->interrupt_count == MP_INTERRUPTS_MAX) {
        m->bad_interrupts++;
        return;
    }
    t->interrupt[t->interrupt_count++] = (struct mp_interrupt){
        .bus = bus,
        .bus_number = e->bus,
        .source = e->source,
        .ioapic = (uint8_t)ioapic,
        .input = e->input,
        .by_elcr = bus == MP_BUS_EISA && trigger == AS_THE_BUS,
        .level = trigger == AS_THE_BUS ? bus == MP_BUS_PCI : trigger == LOW_OR_LEVEL,
        .active_low = polarity == AS_THE_BUS ? bus == MP_BUS_PCI : polarity == LOW_OR_LEVEL,
    };
}

/* Hands each entry to @parse. What ends the walk early is logged if @log. */
static void walk(struct mp *m, void (*parse)(struct mp *m, const union mp_entry *e), const struct lib_log *log)
{
    uint32_t at = (uint32_t)sizeof(m->head);
    union mp_entry e;

    for (uint32_t i = 0; i < m->head.entry_count; i++) {
        uint32_t left = m->head.length - at, size;

        memset(&e, 0, sizeof(e));
        if (left < MP_OTHER_SIZE || !phys_read(m->mem, m->out->paddr + at, &e, MIN(left, (uint32_t)sizeof(e)))) {
            lib_report(log, LIB_LOG_WARNING, "MP table: it ends after %u entries of %u", i, m->head.entry_count);
            return;
        }
        size = e.type == MP_CPU ? MP_CPU_SIZE : MP_OTHER_SIZE;
        if (e.type > MP_LOCAL_INTERRUPT || size > left) {
            lib_report(log, LIB_LOG_WARNING, "MP table: entry %u, of type %u at offset %u, %s: the rest is ignored", i,
                       e.type, at, size > left ? "reaches beyond the table" : "is unknown");
            return;
        }
        parse(m, &e);
        at += size;
    }
}

static void report_bad(const struct mp *m)
{
    if (m->bad_cpus)
        lib_report(m->log, LIB_LOG_WARNING, "MP table: %u CPUs have the APIC id of another one or of none, ignored",
                   m->bad_cpus);
    if (m->bad_ioapics)
        lib_report(m->log, LIB_LOG_WARNING,
                   "MP table: %u IO-APICs have the id of another one or no address, or are more than %u, ignored",
                   m->bad_ioapics, MP_IOAPICS_MAX);
    if (m->bad_interrupts)
        lib_report(m->log, LIB_LOG_WARNING,
                   "MP table: %u interrupts name a bus, line or IO-APIC that is not there, or are beyond %u, ignored",
                   m->bad_interrupts, MP_INTERRUPTS_MAX);
}

int mp_read(struct mp_table *out, const struct phys_reader *mem, const struct lib_log *log)
{
    struct mp m = { .out = out, .mem = mem, .log = log };
    struct mp_floating f;

    memset(out, 0, sizeof(*out));
    if (!mp_search(mem, &f))
        return -ENOENT;
    if (f.feature[0] || !f.table) {
        lib_report(log, LIB_LOG_WARNING, "MP table: firmware has none, but names default configuration %u: not used",
                   f.feature[0]);
        return -EINVAL;
    }
    if (!mp_verify(&m, f.table))
        return -EINVAL;
    out->paddr = f.table;
    out->lapic_paddr = m.head.lapic;
    walk(&m, parse_device, log);
    walk(&m, parse_interrupt, NULL);
    report_bad(&m);
    return 0;
}

void mp_report(const struct mp_table *table, const struct lib_log *log)
{
    uint32_t pci = 0;

    for (uint32_t i = 0; i < table->interrupt_count; i++)
        pci += table->interrupt[i].bus == MP_BUS_PCI;
    lib_report(log, LIB_LOG_INFO, "MP table at %#lx: %u CPUs, %u IO-APICs, %u interrupts of ISA, %u of PCI",
               (unsigned long)table->paddr, table->cpu_count, table->ioapic_count, table->interrupt_count - pci, pci);
}
