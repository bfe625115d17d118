/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System time: nanoseconds since the hypervisor started, the same on every CPU, never backwards. And timers on it. */
#ifndef HV_TIME_H
#define HV_TIME_H

#include "base/rbtree.h"
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
/**
 * A container turned out to be 32-bit code, or 64-bit: shared_info and vcpu_info have that layout from now on. What was
 * in them stays where it was. By the domain itself.
 */
void domain_set_narrow(struct domain *d, bool narrow);
/** Writes wc_* of @d's shared_info, version protocol observed. */
void domain_update_wallclock(struct domain *d);

/**
 * Arch duty: have timer_interrupt() called on this CPU at @deadline (system time ns); TIME_NEVER: not at all.
 * Past: at once.
 */
void arch_timer_program(uint64_t deadline);
/** Called by the architecture when a programmed deadline is reached (interrupts off). */
void timer_interrupt(void);
/** Where that interrupt can be lost: as timer_interrupt() if it is overdue by the clock. This CPU's. */
void timer_look(void);

/**
 * A callback at a time, on one CPU, with interrupts on, outside any lock. Never early;
 * in order of time, then of arming.
 */
struct timer {
    struct rb_node node; /* among the CPU's armed timers */
    uint64_t expires;    /* system time, ns */
    void (*fn)(void *data);
    void *data;
    uint32_t cpu;
    bool armed, running, dead;
};

/** No lock is needed: nobody else may know @t yet. */
void timer_init(struct timer *t, void (*fn)(void *data), void *data, unsigned int cpu);
/**
 * Arms or re-arms; safe in its own callback. TIME_NEVER: as timer_stop(). After timer_kill(): no effect. Any context.
 */
void timer_set(struct timer *t, uint64_t expires);
/** Disarms; the callback may still be running on another CPU. Any context. */
void timer_stop(struct timer *t);
/**
 * Disarms for ever and waits for the callback, unless that is the caller.
 * Interrupts on, no lock that the callback takes.
 */
void timer_kill(struct timer *t);
/** Moves it to @cpu, armed or not. Any context. */
void timer_migrate(struct timer *t, unsigned int cpu);
bool timer_active(const struct timer *t);
/** Copies of the first armed timers of @cpu, at most @max, in their order; how many. For reports. */
unsigned int timers_peek(unsigned int cpu, struct timer *out, unsigned int max);
/** Boot, for each CPU before anything is armed on it. */
void timers_init_cpu(unsigned int cpu);

/* A vCPU's timers (core/time/vcpu_timer.c): VIRQ_TIMER once or again and again. @v is the current vCPU or paused. */
/** At vcpu_create(), before it can run. The poll timer is core/sched's, and initialised by sched_vcpu_init(). */
void vcpu_timers_init(struct vcpu *v);
/** When @v dies: waits for callbacks. */
void vcpu_timers_destroy(struct vcpu *v);
/**
 * VCPUOP_set_singleshot_timer: @deadline is absolute system time; past: at once,
 * or -ETIME with VCPU_SSHOTTMR_future in @flags.
 */
int vcpu_timer_set_singleshot(struct vcpu *v, uint64_t deadline, uint32_t flags);
void vcpu_timer_stop_singleshot(struct vcpu *v);
/**
 * VCPUOP_set_periodic_timer: 0, or -EINVAL for a @period below 1 ms or above 2^62 ns.
 * The first tick is one period from now.
 */
int vcpu_timer_set_periodic(struct vcpu *v, uint64_t period);
void vcpu_timer_stop_periodic(struct vcpu *v);
/**
 * hypercall set_timer_op of @v: 0 stops the one-shot timer. A deadline with the top bit set,
 * a wrapped subtraction, is soon.
 */
void vcpu_timer_op(struct vcpu *v, uint64_t deadline);

#endif
