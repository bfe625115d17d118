/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Timers of a vCPU: set, struck, and waited for. */
#include "bench/bench.h"

#define FAR     3600000000000ul
#define SHORTLY 50000ul

static long timer_port;

static long timer_begin(void)
{
    struct evtchn_bind_virq b = { .virq = VIRQ_TIMER, .vcpu = 0 };
    long rc = event_op(EVTCHNOP_bind_virq, &b);

    timer_port = b.port;
    vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL);
    return rc;
}
static void timer_end(void)
{
    port_close((uint32_t)timer_port);
}

static long set_far(void)
{
    return hypercall1(__HYPERVISOR_set_timer_op, now() + FAR);
}
static long stop(void)
{
    return hypercall1(__HYPERVISOR_set_timer_op, 0);
}
static long single_far(void)
{
    struct vcpu_set_singleshot_timer t = { .timeout_abs_ns = now() + FAR };
    return vcpu_op(VCPUOP_set_singleshot_timer, 0, &t);
}
static long single_stop(void)
{
    return vcpu_op(VCPUOP_stop_singleshot_timer, 0, NULL);
}
static long periodic(void)
{
    struct vcpu_set_periodic_timer t = { .period_ns = FAR };
    return vcpu_op(VCPUOP_set_periodic_timer, 0, &t);
}
static void periodic_end(void)
{
    vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL);
}

static long past_begin(void)
{
    upcalls_allow(true);
    return 0;
}
static void past_end(void)
{
    upcalls_allow(false);
    stop();
}
/* Due at once: until the upcall has been. */
static long past(void)
{
    uint64_t before = bench_upcalls;

    hypercall1(__HYPERVISOR_set_timer_op, now() - 1);
    while (bench_upcalls == before)
        ;
    return 0;
}
static long single_past(void)
{
    struct vcpu_set_singleshot_timer t = { .timeout_abs_ns = now() - 1 };
    uint64_t before = bench_upcalls;

    vcpu_op(VCPUOP_set_singleshot_timer, 0, &t);
    while (bench_upcalls == before)
        ;
    return 0;
}

/* Sleeping for a while: all but the while. */
static long sleep(void)
{
    uint64_t before = bench_upcalls;

    upcalls_allow(false);
    hypercall1(__HYPERVISOR_set_timer_op, now() + SHORTLY);
    while (bench_upcalls == before)
        sched_op(SCHEDOP_block, NULL);
    bench_waited += SHORTLY;
    return 0;
}

static void sleep_end(void)
{
    past_end();
    timer_end();
}

static const struct bench_op ops[] = {
    {.name = "set_timer_op", .begin = timer_begin, .run = set_far},
    {.name = "set_timer_op, none", .run = stop},
    {.name = "singleshot timer", .run = single_far},
    {.name = "singleshot timer, none", .run = single_stop},
    {.name = "periodic timer", .run = periodic, .end = periodic_end},
    {.name = "set_timer_op in the past, to the upcall", .begin = past_begin, .run = past, .end = past_end},
    {.name = "singleshot in the past, to the upcall", .begin = past_begin, .run = single_past, .end = past_end},
    {.name = "block for 50 us, beyond them", .run = sleep, .begin = past_begin, .end = sleep_end, .rounds = 64,
     .waits = true},
};
BENCH_TABLE(time)
