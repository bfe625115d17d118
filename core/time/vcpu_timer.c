/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The timers that every vCPU has (xen/vcpu.h): one-shot and periodic, both raise VIRQ_TIMER. They follow the vCPU to
 * the CPU where it arms them, so that the interrupt and the vCPU usually meet.
 */
#include "hv/domain.h"
#include "hv/percpu.h"
#include "hv/time.h"
#include "hv/trace.h"

#define PERIOD_MIN  NS_PER_MS
#define PERIOD_MAX  (~0ULL >> 2)
#define SOON        (100 * NS_PER_MS)

static void fired(struct vcpu *v)
{
    TRACE_OF(TRC_SCHED_DOM_TIMER_FN, v);
    virq_raise_vcpu(v, VIRQ_TIMER);
}

static void singleshot_fired(void *data) { fired(data); }

/* Ticks that were missed are one tick: the next is the first on the grid that is still to come. */
static void periodic_fired(void *data)
{
    struct vcpu *v = data;
    uint64_t now = now_ns(), period = v->periodic_period;

    if (!period)
        return;
    v->periodic_last += (now - v->periodic_last) / period * period;
    timer_set(&v->periodic, v->periodic_last + period);
    fired(v);
}

void vcpu_timers_init(struct vcpu *v)
{
    timer_init(&v->singleshot, singleshot_fired, v, v->processor);
    timer_init(&v->periodic, periodic_fired, v, v->processor);
}

void vcpu_timers_destroy(struct vcpu *v)
{
    timer_kill(&v->singleshot);
    timer_kill(&v->periodic);
}

static void arm_here(struct timer *t, uint64_t deadline)
{
    timer_migrate(t, this_cpu_id());
    timer_set(t, deadline);
}

int vcpu_timer_set_singleshot(struct vcpu *v, uint64_t deadline, uint32_t flags)
{
    if ((flags & VCPU_SSHOTTMR_future) && deadline < now_ns())
        return -ETIME;
    arm_here(&v->singleshot, deadline);
    return 0;
}

void vcpu_timer_stop_singleshot(struct vcpu *v) { timer_stop(&v->singleshot); }

int vcpu_timer_set_periodic(struct vcpu *v, uint64_t period)
{
    if (period < PERIOD_MIN || period > PERIOD_MAX)
        return -EINVAL;
    timer_stop(&v->periodic);
    v->periodic_period = period;
    v->periodic_last = now_ns();
    arm_here(&v->periodic, v->periodic_last + period);
    return 0;
}

void vcpu_timer_stop_periodic(struct vcpu *v)
{
    v->periodic_period = 0;
    timer_stop(&v->periodic);
}

void vcpu_timer_op(struct vcpu *v, uint64_t deadline)
{
    if (!deadline)
        timer_stop(&v->singleshot);
    else
        arm_here(&v->singleshot, (int64_t)deadline < 0 ? now_ns() + SOON : deadline);
}
