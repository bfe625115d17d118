/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting and stopping processors. */
#ifndef SMP_SMP_H
#define SMP_SMP_H

#include "hv/compiler.h"
#include "hv/types.h"

/** Names the page below 1 MiB that CPUs start in; 0: there is none, and one CPU must do. */
__init void smp_set_trampoline(paddr_t page);
/** Starts every CPU in cpu_present, one after the other; names those that do not answer. */
__init void smp_boot_all(unsigned int max_cpus);
/** Stops all other CPUs where they are, by NMI; for panics, reboot and power off. Takes no locks. */
void smp_stop_others(void);
/** In an NMI: stays for ever if this CPU is to stop. True: others are, and this one goes on. False: nobody stops. */
bool smp_stop_here(const struct cpu_user_regs *regs);
/** This CPU takes no further part, and whoever stops the others need not wait for it. */
void smp_stop_self(void) __attribute__((noreturn));

#endif
