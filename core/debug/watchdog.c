/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The watchdog's arithmetic. Time is counted in ticks of its clock, not read from another one: when the whole machine
 * stands still (a debugger, a hypervisor below us) nobody is found. Ticks and signs of life come on different CPUs and
 * share nothing but a counter that only its own CPU writes, so nothing here waits for anybody.
 */
#include "hv/watchdog.h"

#include "hv/log.h"
#include "hv/options.h"
#include "hv/percpu.h"
#include "hv/time.h"

#define ALIVE_PERIOD (NS_PER_SEC / 2)

struct watch {
    struct timer timer;
    uint32_t alive;       /* signs of life */
    uint32_t seen, stale; /* by the ticks: the last sign, and ticks since then */
};
static DEFINE_PER_CPU(struct watch, watch);

static uint32_t limit;  /* ticks; 0: not watching */
static uint32_t paused; /* how many do not want it */

static void say_alive(void *data)
{
    struct watch *w = data;

    w->alive++;
    timer_set(&w->timer, now_ns() + ALIVE_PERIOD);
}

/** Seconds without a sign of life before a CPU is found. */
static unsigned int watchdog_seconds(void)
{
    return (unsigned int)hv_options.watchdog_timeout;
}

__init void watchdog_start(void)
{
    unsigned int cpu, hz;

    if (hv_options.watchdog == OPTION_WATCHDOG_NO || !watchdog_seconds())
        return;
    for_each_cpu(cpu, &cpu_online)
    {
        struct watch *w = &per_cpu(watch, cpu);
        timer_init(&w->timer, say_alive, w, cpu);
        timer_set(&w->timer, now_ns() + ALIVE_PERIOD);
    }
    hz = arch_watchdog_start();
    if (hz)
        log_info("watchdog: a CPU that stands still for %u s ends in a panic", watchdog_seconds());
    __atomic_store_n(&limit, hz * watchdog_seconds(), __ATOMIC_RELEASE);
}

void watchdog_pause(void)
{
    __atomic_fetch_add(&paused, 1, __ATOMIC_SEQ_CST);
}

void watchdog_resume(void)
{
    __atomic_fetch_sub(&paused, 1, __ATOMIC_SEQ_CST);
}

/* Ticks since @w's last sign of life. */
static uint32_t staleness(struct watch *w)
{
    uint32_t alive = READ_ONCE(w->alive);

    if (alive != w->seen || READ_ONCE(paused)) {
        w->seen = alive;
        w->stale = 0;
    } else {
        w->stale++;
    }
    return w->stale;
}

enum watchdog_finding watchdog_tick(unsigned int *found)
{
    enum watchdog_finding finding = WATCHDOG_QUIET;
    uint32_t most = __atomic_load_n(&limit, __ATOMIC_ACQUIRE);
    unsigned int cpu;

    for_each_cpu(cpu, &cpu_online)
    {
        uint32_t stale = most ? staleness(&per_cpu(watch, cpu)) : 0;

        if (!stale || (stale != most && stale != 2 * most) || finding == WATCHDOG_SELF_STUCK)
            continue;
        *found = cpu;
        finding = cpu == this_cpu_id() ? WATCHDOG_SELF_STUCK
                  : stale == most      ? WATCHDOG_OTHER_STUCK
                                       : WATCHDOG_OTHER_DEAF;
        if (finding == WATCHDOG_OTHER_STUCK)
            arch_watchdog_bite(cpu);
    }
    return finding;
}
