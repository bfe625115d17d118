/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The counters of all CPUs tell one time. A CPU that starts is asked by the first one what its TSC says; one that is
 * apart is set right by IA32_TSC_ADJUST (SDM vol. 3B, 18.17.3), and where that cannot be, its difference is reckoned
 * with (tsc_epoch is each CPU's own) and no guest is told that the counter is the same everywhere.
 */
#ifndef TIME_SYNC_H
#define TIME_SYNC_H

#include "hv/compiler.h"
#include "hv/types.h"

/** False once a CPU was found whose counter stays apart. Changes only while CPUs are started. */
extern bool tsc_same_everywhere;

/** The first CPU asks @cpu, which runs tsc_sync_answer() or soon will. What it finds is logged. */
__init void tsc_sync_ask(unsigned int cpu);
/** @cpu itself, before it wants to know the time; interrupts off. It comes back if nobody asks within a second. */
void tsc_sync_answer(unsigned int cpu);

#endif
