/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of firmware's tables says what CPUs and interrupt lines there are: ACPI's MADT; without a usable one the MP
 * table; without either the machine is taken for one CPU with a PC's legacy devices, and only MSI works.
 */
#ifndef PLATFORM_TABLES_H
#define PLATFORM_TABLES_H

#include "hv/compiler.h"
#include "hv/types.h"

/** Reads ACPI's tables, and the MP table if it is needed. */
__init void tables_init(void);
/** For those who read a table, during tables_init(): changes a byte of it. False: it cannot be written. */
__init bool tables_write(paddr_t paddr, uint8_t value);
__init paddr_t tables_lapic_base(void);
/** Fills cpu_present and cpu_apic_id; the boot CPU, which must have its APIC on, is index 0. */
__init void tables_add_cpus(void);
/** For those who read a table, during tables_add_cpus(): a CPU that may be started; the boot CPU's is ignored. */
__init void tables_add_cpu(uint32_t apic_id);
/** Declares IO-APICs and the lines of ISA to irq/, MMCONFIG to PCI. Before irq_init(). */
__init void tables_add_interrupts(void);
/** Sets trigger and polarity of inputs, where the table has them for each line of PCI. After irq_init(). */
__init void tables_set_triggers(void);
/**
 * Interrupt lines are by the MP table, which dom0 cannot read from ACPI: it knows them by the numbers that the legacy
 * controllers gave them (0 to 15), and takes these numbers for its own only if it finds such a controller.
 */
bool tables_legacy_lines(void);

#endif
