/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One processor's life: prepared by another CPU, then initialised by itself. */
#ifndef BOOT_CPU_H
#define BOOT_CPU_H

#include "hv/compiler.h"
#include "hv/types.h"

/** Memory, tables and idle vCPU for @cpu, which does not run yet. 0 or -ENOMEM. */
int cpu_prepare(unsigned int cpu);
/**
 * Control registers, tables, syscall, APIC and timer of the CPU that calls; interrupts off. Not the boot CPU. -ENODEV:
 * it lacks something that the first CPU has, which was logged; it must not run guests.
 */
int cpu_init_this(unsigned int cpu);

#endif
