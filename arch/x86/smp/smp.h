/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stopping processors. How they are started: boot/smp.h. */
#ifndef SMP_SMP_H
#define SMP_SMP_H

#include "hv/compiler.h"
#include "hv/types.h"

/** Stops all other CPUs where they are, by NMI; for panics, reboot and power off. Takes no locks. */
void smp_stop_others(void);
/** In an NMI: stays for ever if this CPU is to stop. True: others are, and this one goes on. False: nobody stops. */
bool smp_stop_here(const struct cpu_user_regs *regs);
/** This CPU takes no further part, and whoever stops the others need not wait for it. */
void smp_stop_self(void) __attribute__((noreturn));

#endif
