/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See platform/tables.h. The choice is made once, in tables_init(). */
#include "platform/tables.h"

#include "hv/cpumask.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "irq/lapic.h"
#include "mm/map.h"
#include "platform/acpi.h"
#include "platform/mptable.h"

#define LAPIC_DEFAULT 0xfee00000u
#define READ_CHUNK    0x10000u

static enum { FROM_NOTHING, FROM_ACPI, FROM_MPTABLE } source __ro_after_init;
static uint32_t left __initdata; /* CPUs that cannot be used */

/*
 * Tables are in memory that is reserved, and may lie where the direct map has a hole: map what is asked for, briefly.
 */
static vaddr_t window __initdata;

static __init bool window_for(paddr_t paddr)
{
    return paddr <= (1ULL << 46) && (window || (window = vmap_reserve(READ_CHUNK / PAGE_SIZE + 1)));
}

static __init bool read_physical(void *opaque, uint64_t paddr, void *buf, size_t len)
{
    if (!window_for(paddr))
        return false;
    for (uint8_t *out = buf; len;) {
        uint64_t offset = paddr & ~PAGE_MASK;
        size_t part = MIN(len, READ_CHUNK - offset);
        uint64_t span = ROUND_UP(offset + part, PAGE_SIZE);
        if (map_range(window, paddr - offset, span, MAP_RO))
            return false;
        memcpy(out, (const void *)(window + offset), part);
        unmap_range(window, span);
        out += part;
        paddr += part;
        len -= part;
    }
    return true;
}

__init bool tables_write(paddr_t paddr, uint8_t value)
{
    if (!window_for(paddr) || map_range(window, paddr & PAGE_MASK, PAGE_SIZE, MAP_RW))
        return false;
    volatile uint8_t *byte = (volatile uint8_t *)(window + (paddr & ~PAGE_MASK));
    *byte = value;
    bool taken = *byte == value;
    unmap_range(window, PAGE_SIZE);
    return taken;
}

__init void tables_init(void)
{
    const struct phys_reader mem = { read_physical, NULL };

    acpi_init(&mem);
    if (acpi_has_madt())
        source = FROM_ACPI;
    else if (mptable_init(&mem))
        source = FROM_MPTABLE;
    else
        log_warning("firmware has neither an ACPI MADT nor an MP table that can be used: one CPU, and devices' "
                    "interrupt lines do not work, only MSI");
}

__init paddr_t tables_lapic_base(void)
{
    switch (source) {
    case FROM_ACPI: return acpi_lapic_base();
    case FROM_MPTABLE: return mptable_lapic_base();
    default: return LAPIC_DEFAULT;
    }
}

__init void tables_add_cpu(uint32_t apic_id)
{
    if (apic_id == cpu_apic_id[0])
        return;
    if (cpu_count == CPU_MAX || (apic_id > 254 && !lapic_is_x2apic())) {
        left++;
        return;
    }
    cpu_apic_id[cpu_count] = apic_id;
    cpumask_set(&cpu_present, cpu_count++);
}

__init void tables_add_cpus(void)
{
    cpu_apic_id[0] = lapic_id();
    cpumask_set(&cpu_present, 0);
    cpu_count = 1;
    if (source == FROM_ACPI)
        acpi_add_cpus();
    else if (source == FROM_MPTABLE)
        mptable_add_cpus();
    if (left)
        log_warning("CPUs: %u more than can be used are left offline", left);
}

__init void tables_add_interrupts(void)
{
    if (source == FROM_ACPI)
        acpi_add_interrupts();
    else if (source == FROM_MPTABLE)
        mptable_add_interrupts();
    acpi_add_segments();
}

bool tables_legacy_lines(void)
{
    return source == FROM_MPTABLE;
}

__init void tables_set_triggers(void)
{
    if (source == FROM_MPTABLE)
        mptable_set_triggers();
}
