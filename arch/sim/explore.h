/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUs that interleave. Two to four of the machine's CPUs get a coroutine each, which runs what that CPU does; between
 * two of its points (points.h) it is alone. A schedule says who goes on: the first one until it is done or waits for
 * somebody, then the next, in turns; and at each step of its list the turn goes over too. So few preemptions are few
 * numbers, and the same numbers are the same run.
 *
 * A CPU that has no coroutine, or whose is done, takes interrupts at once, as ever. One that is stopped takes a call or
 * a flush where it stands if it has interrupts on, and owes it otherwise; its soft interrupts wait until it leaves.
 */
#ifndef SIM_EXPLORE_H
#define SIM_EXPLORE_H

#include "sim.h"

enum { EXPLORE_CPUS = 4, PREEMPTIONS_MAX = 16 };

struct sim_schedule {
    uint32_t first;                   /* coroutine that begins */
    uint32_t count;                   /* of preemptions */
    uint32_t step[PREEMPTIONS_MAX];   /* rising; the first point of the run is 1 */
};

/** Runs @body[i] on CPU @cpu[i], for @count of them, until all are done. Panics when none can go on. */
void sim_explore(const struct sim_schedule *s, unsigned int count, void (*const body[])(void),
                 const unsigned int cpu[]);
/** Steps that the last run took, or the one under way has. */
extern uint32_t sim_explore_steps;
/** Where the preemption of that number in the schedule came: file and line, CPU that was stopped. */
struct sim_stop { const char *where; unsigned int cpu; };
extern struct sim_stop sim_explore_stops[PREEMPTIONS_MAX];

/** A run is under way, and points count. */
extern _Bool sim_exploring;
void sim_point_taken(const char *where);
/* For the files of arch/sim: */
/** The running CPU waits. True: another coroutine ran meanwhile. */
bool sim_explore_wait(void);
/** @cpu is stopped with interrupts off: it will call smp_call_interrupt(). */
bool sim_explore_owes(unsigned int cpu);
/** Returns once @cpu would take an interrupt. */
void sim_explore_until_irqs_on(unsigned int cpu);
/** No points until the caller puts the answer back into sim_exploring. */
bool sim_explore_pause(void);
/** This CPU has left the hypervisor and come back: it is still inside for the others. */
void sim_explore_inside(void);

#endif
