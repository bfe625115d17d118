/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System time goes forward, timers strike, and not too early. */
#include "selftest/selftest.h"

#define MS 1000000ul
#define STALL (60000 * MS) /* nothing is late by this much, unless it never comes: the machine below may be busy */

static uint64_t rdtsc(void)
{
    uint32_t lo, hi;
    __asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi));
    return (uint64_t)hi << 32 | lo;
}

static uint64_t scale(uint64_t ticks, uint32_t mul, int8_t shift)
{
    ticks = shift < 0 ? ticks >> -shift : ticks << shift;
    return (ticks >> 32) * mul + ((ticks & 0xffffffff) * mul >> 32);
}

/* The protocol of struct vcpu_time_info: an odd version, or one that changed, means that it was being written. */
static uint64_t now(void)
{
    const volatile struct vcpu_time_info *t = &shared_info->vcpu_info[0].time;
    uint32_t version;
    uint64_t ns;

    do {
        version = t->version;
        __asm__ volatile("lfence" ::: "memory");
        ns = t->system_time + scale(rdtsc() - t->tsc_timestamp, t->tsc_to_system_mul, t->tsc_shift);
        __asm__ volatile("lfence" ::: "memory");
    } while (version & 1 || version != t->version);
    return ns;
}

static void forward(void)
{
    uint64_t last = now(), back = 0, longest = 0;

    for (unsigned int i = 0; i < 100000; i++) {
        uint64_t t = now();
        back += t < last;
        longest = t - last > longest && t > last ? t - last : longest;
        last = t;
    }
    check("system time: steps backwards", 0, back);
    check_in("system time: longest step, ns", 0, STALL, longest);
}

static void sleep(void)
{
    uint64_t start = now();
    struct sched_poll poll = { .nr_ports = 0, .timeout = start + 50 * MS };

    long rc;

    do /* a domU's console may have it look up before */
        rc = hypercall2(__HYPERVISOR_sched_op, SCHEDOP_poll, PTR(&poll));
    while (!rc && !is_dom0() && now() < poll.timeout);
    check_rc("sleeping by poll", 0, rc);
    check_in("... for 50 ms at least, ns", 49 * MS, STALL, now() - start);
}

static void single_shot(void)
{
    struct evtchn_bind_virq bind = { .virq = VIRQ_TIMER, .vcpu = 0 };
    struct vcpu_set_singleshot_timer t = { .timeout_abs_ns = now() + 20 * MS };

    check_rc("binding the timer", 0, hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, PTR(&bind)));
    shared_info->vcpu_info[0].evtchn_upcall_mask = 0;
    hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 0, 0);
    uint64_t before = events_seen, start = now();
    check_rc("a single shot", 0, hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, PTR(&t)));
    while (events_seen == before && now() - start < STALL)
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_block, 0);
    check_true("... strikes", events_seen > before);
    check_true("... not before its time", now() >= t.timeout_abs_ns);
    shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
}

static void wall(void)
{
    check_true("wall clock: after 2020", shared_info->wc_sec > 1577836800u || shared_info->wc_sec_hi);
}

void test_time(void)
{
    forward();
    sleep();
    single_shot();
    wall();
}
