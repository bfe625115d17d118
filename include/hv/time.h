/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System time: nanoseconds since the hypervisor started, the same on every CPU, never backwards. And timers on it. */
#ifndef HV_TIME_H
#define HV_TIME_H

#include "hv/types.h"

#define NS_PER_SEC 1000000000ULL
#define NS_PER_MS  1000000ULL
#define NS_PER_US  1000ULL
#define TIME_NEVER (~0ULL)

/** Nanoseconds since start (arch duty; monotonic across CPUs to the caller's observation). */
uint64_t arch_time_now(void);
static inline uint64_t now_ns(void) { return arch_time_now(); }

/** Nanoseconds of UTC since 1970 at system time 0 (set from the RTC, by XENPF_settime). */
uint64_t wallclock_base_ns(void);
void wallclock_set(uint64_t base_ns);
/** Writes wc_* of @d's shared_info, version protocol observed. */
void domain_update_wallclock(struct domain *d);

/** Arch duty: have timer_interrupt() called on this CPU at @deadline (system time ns); TIME_NEVER: not at all. Past: at once. */
void arch_timer_program(uint64_t deadline);
/** Called by the architecture when a programmed deadline is reached (interrupts off). */
void timer_interrupt(void);

/** A callback at a time, on one CPU, with interrupts on, outside any lock. */
struct timer {
    uint64_t expires;   /* system time, ns */
    void (*fn)(void *data);
    void *data;
    uint32_t cpu;
    uint32_t heap_index; /* place in the CPU's heap + 1; 0: inactive */
    bool running, dead;
};

void timer_init(struct timer *t, void (*fn)(void *data), void *data, unsigned int cpu);
/** Arms or re-arms; safe against its own callback. */
void timer_set(struct timer *t, uint64_t expires);
/** Disarms; the callback may still be running on another CPU. */
void timer_stop(struct timer *t);
/** Disarms for ever and waits for the callback. */
void timer_kill(struct timer *t);
/** Moves it to @cpu, armed or not. */
void timer_migrate(struct timer *t, unsigned int cpu);
bool timer_active(const struct timer *t);
void timers_init_cpu(unsigned int cpu);

#endif
