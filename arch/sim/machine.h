/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of arch/sim alone. */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include "sim.h"

void sim_ram_create(uint64_t frames);
void sim_cpus_create(unsigned int cpus);
/** Deadlines of all CPUs: the earliest, and whose it is. TIME_NEVER if none. */
void sim_time_reset(void);
uint64_t sim_first_deadline(unsigned int *cpu);
void sim_deadline_changed(unsigned int cpu);
uint64_t sim_first_event(void);
void sim_run_first_event(void);
extern uint64_t sim_now;
/** Some CPU has been kicked. */
extern bool sim_any_kick;

#endif
