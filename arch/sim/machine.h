/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of arch/sim alone. */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include "sim.h"
#include "x86/compat/compat.h"

void sim_ram_create(uint64_t frames);
void sim_cpus_create(unsigned int cpus);
/** Deadlines of all CPUs: the earliest, and whose it is. TIME_NEVER if none. */
void sim_time_reset(void);
uint64_t sim_first_deadline(unsigned int *cpu);
void sim_deadline_changed(unsigned int cpu);
uint64_t sim_first_event(void);
void sim_run_first_event(void);
extern uint64_t sim_now;
/* narrow.c: a hypercall of 32-bit code is under way while @depth is not 0, and this is its memory. */
extern struct compat sim_narrow_caller;
int sim_narrow_read(void *dst, uint64_t va, size_t bytes);
int sim_narrow_write(uint64_t va, const void *src, size_t bytes);
/** Some CPU has been kicked. */
extern bool sim_any_kick;

#endif
