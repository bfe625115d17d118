/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Non-maskable interrupts: who sent one, and what becomes of it. */
#ifndef TRAP_NMI_H
#define TRAP_NMI_H

#include "hv/compiler.h"
#include "hv/types.h"

/** NMIs that @cpu has had. */
uint32_t nmi_count(unsigned int cpu);
/** The handler, on the CPU's NMI stack. */
void nmi_entry(const struct cpu_user_regs *regs);

/**
 * Sends NMIs to CPU 0 at a steady rate (trap/nmi_clock.c). @ticked is called with each. The rate in Hz, or 0 if the
 * machine has no timer whose interrupts arrive that way.
 */
__init unsigned int nmi_clock_start(volatile uint32_t *ticks);
/** The timer as the next kernel expects it. The IO-APIC is masked by its own shutdown. No locks. */
void nmi_clock_stop(void);

#endif
