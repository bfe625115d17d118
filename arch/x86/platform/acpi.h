/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ACPI's tables, read once at boot; what of them is needed later. */
#ifndef PLATFORM_ACPI_H
#define PLATFORM_ACPI_H

#include "hv/compiler.h"
#include "hv/types.h"
#include "x86/phys_reader.h"

/** Reads the tables, through @mem. */
__init void acpi_init(const struct phys_reader *mem);
/** Whether there is a usable MADT, which acpi_lapic_base(), acpi_add_cpus() and acpi_add_interrupts() need. */
__init bool acpi_has_madt(void);
__init paddr_t acpi_lapic_base(void);
/** Whether firmware wants the local APICs in xAPIC mode (VT-d 4.1, 8.1, flags). */
__init bool acpi_x2apic_opt_out(void);
/** Declares the CPUs (platform/tables.h). */
__init void acpi_add_cpus(void);
/** Declares IO-APICs and overrides to irq/. */
__init void acpi_add_interrupts(void);
/** Declares MMCONFIG to PCI. */
__init void acpi_add_segments(void);
/** Declares HPET and PM timer to time/. */
__init void reference_from_acpi(void);
/** 0: none. */
uint16_t acpi_pm_timer_port(void);

/** Writes the PM1 control registers with SLP_EN, as XENPF_enter_acpi_sleep gives them. -ENODEV without ACPI. */
int acpi_sleep_values(uint16_t pm1a, uint16_t pm1b);
/**
 * Writes @type (0 to 7) to the sleep control register of a machine without PM1 registers. Returns if that does nothing;
 * -ENODEV without such a register.
 */
int acpi_sleep_type(uint8_t type);
/** S5 by the DSDT's own values; returns if that is impossible or does nothing. */
void acpi_power_off(void);
/** The reset register; returns if there is none or it does nothing. */
void acpi_reset(void);

#endif
