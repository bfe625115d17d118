/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See platform/acpi.h. The parser is lib/x86/acpi; here is where its answers go. */
#include "platform/acpi.h"

#include "hv/heap.h"
#include "hv/log.h"
#include "hw/native/io.h"
#include "irq/ioapic.h"
#include "mm/machine_map.h"
#include "mm/map.h"
#include "pci/pci.h"
#include "pci/refusal.h"
#include "platform/iommu.h"
#include "platform/tables.h"
#include "time/reference.h"
#include "x86/acpi/acpi.h"

#define PM1_SLP_EN     (1u << 13)
#define PM1_SLP_TYP(t) ((t) << 10)
/* ACPI 6.4, 4.8.3.7: of machines without PM1 registers. */
#define SLEEP_CONTROL_TYPE(t) ((t) << 2)
#define SLEEP_CONTROL_ENABLE  (1u << 5)
#define SLEEP_STATUS_WAKE     (1u << 7)

static struct acpi_fadt fadt;
static struct acpi_s5 s5;
static struct acpi_info *info; /* only while booting */

/*
 * dom0's kernel offers the sleeping states that AML names, and takes the hypercall that enters one for done whatever it
 * answers. We enter none but S5, so it must not find the others.
 */
static __init void hide_sleeping_states(const struct phys_reader *mem)
{
    uint32_t hidden = 0;

    for (uint32_t i = 0; i < info->sleeps.count; i++) {
        uint8_t letter, checksum;

        if (acpi_hide_sleep(&info->sleeps, i, mem, &letter, &checksum) &&
            tables_write(info->sleeps.at[i].name, letter) &&
            tables_write(info->sleeps.at[i].table + ACPI_CHECKSUM, checksum))
            hidden++;
        else
            log_warning("ACPI: state S%c cannot be hidden from dom0: to sleep will seem to succeed, and do nothing",
                        info->sleeps.at[i].state);
    }
    if (hidden)
        log_info("ACPI: %u sleeping states are hidden from dom0: this hypervisor can power off (S5), not sleep",
                 hidden);
}

__init void acpi_init(const struct phys_reader *mem)
{
    info = hv_zalloc(sizeof(*info));
    if (!info)
        panic("no memory to read the ACPI tables");
    int rc = acpi_read(info, mem, boot_info.rsdp_size ? boot_info.rsdp : NULL, boot_info.rsdp_size, 0, &hv_lib_log);
    if (rc)
        log_warning("ACPI: no usable tables (error %d): no power-off, legacy timers only", rc);
    else
        acpi_report(info, &hv_lib_log);
    fadt = info->fadt;
    s5 = info->s5;
    hide_sleeping_states(mem);
    iommu_check(&info->iommus);
}

__init bool acpi_has_madt(void)
{
    return info->madt.present;
}

__init bool acpi_x2apic_opt_out(void)
{
    return info->iommus.x2apic_opt_out;
}

__init paddr_t acpi_lapic_base(void)
{
    return info->madt.lapic_paddr;
}

uint16_t acpi_pm_timer_port(void)
{
    return fadt.present && fadt.pm_timer.bit_width && fadt.pm_timer.space == ACPI_IO ? (uint16_t)fadt.pm_timer.address
                                                                                     : 0;
}

__init void acpi_add_cpus(void)
{
    for (uint32_t i = 0; i < info->madt.cpu_count; i++)
        if (info->madt.cpu[i].enabled)
            tables_add_cpu(info->madt.cpu[i].apic_id);
}

__init void acpi_add_interrupts(void)
{
    const struct acpi_madt *m = &info->madt;

    for (uint32_t i = 0; i < m->ioapic_count; i++)
        ioapic_add(m->ioapic[i].id, m->ioapic[i].paddr, m->ioapic[i].gsi_base);
    for (uint32_t i = 0; i < m->override_count; i++)
        ioapic_override(m->override[i].isa_irq, m->override[i].gsi, m->override[i].trigger == 3,
                        m->override[i].polarity == 3);
}

__init void acpi_add_segments(void)
{
    for (uint32_t i = 0; i < info->mcfg.count; i++) {
        const struct acpi_segment *s = &info->mcfg.segment[i];
        struct refusal why;

        if (pci_mmconfig_add(s->segment, s->start_bus, s->end_bus, s->paddr, &why))
            log_warning("ACPI table MCFG: %s: not used", why.rule);
    }
}

__init void reference_from_acpi(void)
{
    reference_set(info->hpet.present ? info->hpet.paddr : 0, acpi_pm_timer_port());
}

static void register_write(const struct acpi_register *r, uint32_t value)
{
    if (!r->bit_width)
        return;
    if (r->space == ACPI_IO && r->bit_width == 8)
        outb((uint8_t)value, (uint16_t)r->address);
    else if (r->space == ACPI_IO)
        outw((uint16_t)value, (uint16_t)r->address);
    else if (r->space == ACPI_MEMORY) {
        uint8_t *p = ioremap(r->address, 4);
        if (p)
            mmio_write8(p, (uint8_t)value);
    } else if (r->space == ACPI_PCI_CONFIG)
        pci_write(PCI_SBDF(0, 0, ((r->address >> 32) & 31) << 3 | ((r->address >> 16) & 7)), r->address & 0xff, 1,
                  value);
}

int acpi_sleep_values(uint16_t pm1a, uint16_t pm1b)
{
    if (!fadt.present || !fadt.pm1a_control.bit_width)
        return -ENODEV;
    register_write(&fadt.pm1a_control, pm1a | PM1_SLP_EN);
    if (fadt.pm1b_control.bit_width)
        register_write(&fadt.pm1b_control, pm1b | PM1_SLP_EN);
    return 0;
}

int acpi_sleep_type(uint8_t type)
{
    if (!fadt.present || !fadt.sleep_control.bit_width || !fadt.sleep_status.bit_width)
        return -ENODEV;
    register_write(&fadt.sleep_status, SLEEP_STATUS_WAKE); /* written to be cleared */
    register_write(&fadt.sleep_control, SLEEP_CONTROL_TYPE(type) | SLEEP_CONTROL_ENABLE);
    return 0;
}

void acpi_power_off(void)
{
    if (s5.present && (!fadt.hw_reduced || acpi_sleep_type(s5.type_a)))
        acpi_sleep_values((uint16_t)PM1_SLP_TYP(s5.type_a), (uint16_t)PM1_SLP_TYP(s5.type_b));
}

void acpi_reset(void)
{
    if (fadt.present && fadt.has_reset)
        register_write(&fadt.reset, fadt.reset_value);
}
