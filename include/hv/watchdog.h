/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The watchdog (watchdog=, watchdog_timeout=): finds a CPU on which the hypervisor does not get on. Every CPU has a
 * timer that says "alive" twice a second, as soft work; a clock that cannot be held off, an NMI on the first CPU, looks
 * whether each of them has said so lately.
 */
#ifndef HV_WATCHDOG_H
#define HV_WATCHDOG_H

#include "hv/compiler.h"
#include "hv/types.h"

enum watchdog_finding {
    WATCHDOG_QUIET,
    WATCHDOG_SELF_STUCK,  /* the CPU that looks */
    WATCHDOG_OTHER_STUCK, /* arch_watchdog_bite() was called */
    WATCHDOG_OTHER_DEAF,  /* a CPU that was bitten does not even take an NMI */
};

/** Begins to watch, if the options say so and the machine has a clock for it. Boot, all CPUs online. */
__init void watchdog_start(void);
/** A tick of that clock. @cpu: which CPU was found, if any. Any context, no locks. */
enum watchdog_finding watchdog_tick(unsigned int *cpu);
/** Between these nobody is found: work that may take long, and says so itself. They nest. Any context. */
void watchdog_pause(void);
void watchdog_resume(void);

/* Arch duties. */
/** Starts the clock on CPU 0. Ticks a second; 0: there is none, and that was said. */
__init unsigned int arch_watchdog_start(void);
/** Makes @cpu, another one, report itself by NMI. */
void arch_watchdog_bite(unsigned int cpu);

#endif
