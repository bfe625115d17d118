/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work that a CPU does before it returns to a guest, with interrupts on and no lock held. Raised from anywhere. */
#ifndef HV_SOFTIRQ_H
#define HV_SOFTIRQ_H

#include "hv/percpu.h"
#include "hv/types.h"

enum softirq {
    SOFTIRQ_FRAME,
    SOFTIRQ_TIMER,
    SOFTIRQ_RCU,
    SOFTIRQ_TASKLET,
    SOFTIRQ_CONSOLE,
    SOFTIRQ_TRACE,
    SOFTIRQ_SCHEDULE,
    SOFTIRQ_COUNT
};

/** What @nr does, on each CPU that it is raised on. Boot, once for each. */
void softirq_register(enum softirq nr, void (*fn)(void));
/** Marks it on @cpu and makes that CPU notice (an IPI when it is another one). */
void softirq_raise_on(unsigned int cpu, enum softirq nr);
void softirq_raise(enum softirq nr);
DECLARE_PER_CPU(uint32_t, softirq_bits); /* one for each softirq; changed by core/smp/softirq.c alone */
static inline bool softirq_pending(void)
{
    return __atomic_load_n(&this_cpu(softirq_bits), __ATOMIC_SEQ_CST);
}
/** Runs what is pending on this CPU. Interrupts on, no lock held. */
void softirq_run(void);

/**
 * A function to be run once on a CPU soon, as softirq work. Scheduling it again before it runs has no effect. It is
 * initialised once in its life and before anybody can schedule it: statically, or with the object that it lies in. To
 * initialise one that waits would lose what stands behind it in the queue.
 */
struct tasklet {
    struct tasklet *next;
    void (*fn)(void *data);
    void *data;
    uint32_t cpu;
    bool queued;
};
#define TASKLET_INIT(function, argument) { .fn = (function), .data = (argument) }
/** One in a new, zeroed object; a second time is a defect. */
void tasklet_init(struct tasklet *t, void (*fn)(void *data), void *data);
/** On this CPU or on @cpu, which is online. Any context. @t belongs to the queue until @fn begins. */
void tasklet_schedule(struct tasklet *t);
void tasklet_schedule_on(struct tasklet *t, unsigned int cpu);
/** Boot, for each CPU before it schedules or runs one. */
void tasklets_init_cpu(unsigned int cpu);

#endif
