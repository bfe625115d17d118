/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See platform/mptable.h. The table numbers each IO-APIC's inputs from 0. GSIs are given out in the table's order of
 * IO-APICs, to each as many as it says that it has inputs.
 */
#include "platform/mptable.h"

#include "hv/heap.h"
#include "hv/log.h"
#include "hw/native/io.h"
#include "irq/ioapic.h"
#include "irq/irq.h"
#include "platform/tables.h"
#include "x86/mptable/mptable.h"

#define ELCR 0x4d0 /* two ports: a bit for each ISA line, 1 for level */

/* Only while booting: */
static struct mp_table *table __initdata;
static uint32_t first_gsi[MP_IOAPICS_MAX] __initdata; /* of each IO-APIC */
static uint32_t inputs[MP_IOAPICS_MAX] __initdata;    /* how many; 0: it isn't used */

__init bool mptable_init(const struct phys_reader *mem)
{
    table = hv_zalloc(sizeof(*table));
    if (!table)
        panic("no memory to read the MP table");
    if (mp_read(table, mem, &hv_lib_log)) {
        hv_free(table);
        return false;
    }
    mp_report(table, &hv_lib_log);
    return true;
}

__init paddr_t mptable_lapic_base(void)
{
    return table->lapic_paddr;
}

__init void mptable_add_cpus(void)
{
    for (uint32_t i = 0; i < table->cpu_count; i++)
        tables_add_cpu(table->cpu[i]);
}

/* The GSI that a line goes to. False if its IO-APIC has no such input. */
static __init bool gsi_of(const struct mp_interrupt *line, uint32_t *gsi)
{
    *gsi = first_gsi[line->ioapic] + line->input;
    return line->input < inputs[line->ioapic];
}

static __init void isa_line(const struct mp_interrupt *line, uint32_t gsi)
{
    bool level = line->by_elcr ? inb(ELCR + line->source / 8) >> line->source % 8 & 1 : line->level;

    ioapic_override(line->source, gsi, level, line->by_elcr ? level : line->active_low);
}

__init void mptable_add_interrupts(void)
{
    uint32_t next = 0, lost = 0, gsi;

    for (uint32_t i = 0; i < table->ioapic_count; i++) {
        first_gsi[i] = next;
        inputs[i] = ioapic_add(table->ioapic[i].id, table->ioapic[i].paddr, next);
        next += inputs[i];
    }
    for (uint32_t i = 0; i < table->interrupt_count; i++) {
        const struct mp_interrupt *line = &table->interrupt[i];
        if (!gsi_of(line, &gsi))
            lost++;
        else if (line->bus != MP_BUS_PCI)
            isa_line(line, gsi);
    }
    if (lost)
        log_warning("MP table: %u interrupts go to inputs that their IO-APIC does not have, ignored", lost);
}

__init void mptable_set_triggers(void)
{
    for (uint32_t i = 0; i < table->interrupt_count; i++) {
        const struct mp_interrupt *line = &table->interrupt[i];
        uint32_t gsi;

        if (line->bus != MP_BUS_PCI || !gsi_of(line, &gsi))
            continue;
        if (ioapic_set_trigger(irq_get(gsi), line->level, line->active_low))
            log_warning("MP table: interrupt %u of PCI device %u:%u has no IO-APIC", gsi, line->bus_number,
                        line->source >> 2);
    }
}
