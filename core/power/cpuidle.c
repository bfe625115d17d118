/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The counters of a CPU are written by it alone, and read by others: an odd `turn` says that they are being changed.
 * Nobody else ever writes them, so to reset them is to remember what they were.
 */
#include "hv/cpuidle.h"

#include "hv/compiler.h"
#include "hv/percpu.h"
#include "hv/smp.h"
#include "hv/time.h"
#include "public.h"

#include <arch/irqflags.h>

struct idle_counters {
    uint32_t turn;
    uint64_t halts, halted_ns;
    uint64_t entered; /* system time of the present halt; 0: none */
};
static DEFINE_PER_CPU(struct idle_counters, idle_counters);
static DEFINE_PER_CPU(struct cpuidle_counts, idle_base); /* as they were at the reset; since_ns: when it was */

static uint32_t limit = XEN_SYSCTL_CX_UNLIMITED;

static void change_begin(struct idle_counters *c)
{
    __atomic_store_n(&c->turn, c->turn + 1, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_RELEASE);
}

static void change_end(struct idle_counters *c) { __atomic_store_n(&c->turn, c->turn + 1, __ATOMIC_RELEASE); }

void cpuidle_enter(void)
{
    struct idle_counters *c = &this_cpu(idle_counters);
    uint64_t now = now_ns();

    change_begin(c);
    WRITE_ONCE(c->entered, now);
    WRITE_ONCE(c->halts, c->halts + 1);
    change_end(c);
}

void cpuidle_leave(void)
{
    struct idle_counters *c = &this_cpu(idle_counters);
    uint64_t now = now_ns();

    change_begin(c);
    WRITE_ONCE(c->halted_ns, c->halted_ns + (now > c->entered ? now - c->entered : 0));
    WRITE_ONCE(c->entered, 0);
    change_end(c);
}

bool cpuidle_may_halt(void) { return likely(READ_ONCE(limit) > 0); }
uint32_t cpuidle_limit(void) { return READ_ONCE(limit); }

/* Those that halt do so until the next interrupt: they get one. */
void cpuidle_set_limit(uint32_t cstate)
{
    unsigned int cpu;

    WRITE_ONCE(limit, cstate);
    for_each_cpu(cpu, &cpu_online)
        if (!cstate && cpu != this_cpu_id())
            arch_smp_kick(cpu);
}

/* Since the start. A CPU changes them in a few instructions, so it is waited for. */
static void read_counters(unsigned int cpu, struct cpuidle_counts *out)
{
    const struct idle_counters *c = &per_cpu(idle_counters, cpu);
    uint64_t entered;
    uint32_t turn;

    do {
        while ((turn = __atomic_load_n(&c->turn, __ATOMIC_ACQUIRE)) & 1)
            cpu_relax();
        out->halts = READ_ONCE(c->halts);
        out->halted_ns = READ_ONCE(c->halted_ns);
        entered = READ_ONCE(c->entered);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
    } while (__atomic_load_n(&c->turn, __ATOMIC_RELAXED) != turn);
    out->halted = entered;
    out->since_ns = now_ns();
    if (entered && out->since_ns > entered)
        out->halted_ns += out->since_ns - entered;
}

void cpuidle_get(unsigned int cpu, struct cpuidle_counts *out)
{
    const struct cpuidle_counts *base = &per_cpu(idle_base, cpu);

    read_counters(cpu, out);
    out->halts -= base->halts;
    out->halted_ns -= MIN(base->halted_ns, out->halted_ns);
    out->since_ns -= base->since_ns;
}

void cpuidle_reset(unsigned int cpu) { read_counters(cpu, &per_cpu(idle_base, cpu)); }
