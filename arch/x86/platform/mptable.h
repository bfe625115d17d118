/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The MP table, for machines without a usable MADT. The parser is lib/x86/mptable. */
#ifndef PLATFORM_MPTABLE_H
#define PLATFORM_MPTABLE_H

#include "hv/compiler.h"
#include "hv/types.h"
#include "x86/phys_reader.h"

/** Looks for it. False if there is none that can be used: then none of the rest may be called. */
__init bool mptable_init(const struct phys_reader *mem);
__init paddr_t mptable_lapic_base(void);
/** Declares the CPUs (platform/tables.h). */
__init void mptable_add_cpus(void);
/** Declares IO-APICs and the lines of ISA to irq/. */
__init void mptable_add_interrupts(void);
/** Trigger and polarity of the inputs that lines of PCI go to, which may be those that ISA's numbers have. */
__init void mptable_set_triggers(void);

#endif
