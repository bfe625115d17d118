/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A CPU chooses what to run: a soft interrupt, on the way out of the hypervisor. */
#include "hv/cpupool.h"
#include "hv/log.h"
#include "hv/options.h"
#include "hv/softirq.h"
#include "hv/trace.h"
#include "runq.h"

#define PICK_MAX  32              /* vCPUs without budget that are put aside in one go */
#define SLICE_MIN (NS_PER_MS / 2) /* for the rest of a budget */

/* What has just run goes back to where its state says. False: it may not run on this CPU any more. */
static bool settle_prev(struct runq *rq, unsigned int cpu, uint64_t now)
{
    struct vcpu *prev = rq->current;

    if (prev == rq->idle)
        return true;
    if (!vcpu_runnable(prev)) {
        runstate_change(prev, runstate_of_stopped(prev), now);
        prev->sched.policy->stopped(prev);
        return true;
    }
    if (!cpumask_test(&prev->cpus, cpu))
        return false;
    if (prev->sched.yielded)
        prev->sched.policy->place(&rq->queue, &prev->sched, SCHED_YIELDS, true);
    runq_insert(rq, prev);
    return true;
}

/* The first of the queue that has budget; the others are parked. */
static struct vcpu *pick_next(struct runq *rq, uint64_t now, uint64_t *budget)
{
    struct sched_vcpu *s;

    *budget = ~0ULL;
    for (unsigned int i = 0; (s = queue_first(&rq->queue)) != NULL; i++) {
        struct vcpu *v = vcpu_of(s);
        if (i == PICK_MAX) {
            softirq_raise(SOFTIRQ_SCHEDULE);
            break;
        }
        runq_remove(rq, v);
        *budget = s->policy->budget(v, now);
        if (*budget)
            return v;
        runq_park(rq, v, s->policy->release(v));
    }
    return rq->idle;
}

static void arm_timer(struct runq *rq, const struct vcpu *next, uint64_t now, uint64_t budget)
{
    uint64_t end = runq_next_release(rq);

    if (next != rq->idle) {
        uint64_t slice = MIN(next->sched.policy->slice(&rq->queue), MAX(budget, SLICE_MIN));
        end = MIN(end, slice == TIME_NEVER ? TIME_NEVER : now + slice);
    }
    timer_set(&rq->timer, end);
}

/* Of the time that the record has 32 bits for, ns. */
static uint32_t ns_since(uint64_t then, uint64_t now) { return now > then ? (uint32_t)MIN(now - then, ~0u) : 0; }

/* The time of a slice as xentrace's readers know it: -1 is none. */
static uint32_t slice_of(const struct runq *rq, uint64_t now)
{
    return rq->timer.expires == TIME_NEVER ? ~0u : ns_since(now, rq->timer.expires);
}

static TRACE_COLD void trace_goes_on(const struct runq *rq, const struct vcpu *v, uint64_t now)
{
    TRACE(TRC_SCHED_SWITCH_INFCONT, TRACE_VCPU(v), ns_since(v->runstate_info.state_entry_time, now),
          slice_of(rq, now));
    TRACE(TRC_SCHED_CONTINUE_RUNNING, TRACE_VCPU_WORD(v));
}

static TRACE_COLD void trace_switch(const struct runq *rq, const struct vcpu *next, uint64_t now)
{
    const struct vcpu *prev = rq->current;
    uint32_t waited = next->runstate_info.state == RUNSTATE_runnable ?
                          ns_since(next->runstate_info.state_entry_time, now) : 0;

    TRACE(TRC_SCHED_SWITCH_INFPREV, TRACE_VCPU(prev), ns_since(prev->sched.slice_start, now));
    TRACE(TRC_SCHED_SWITCH_INFNEXT, TRACE_VCPU(next), waited, slice_of(rq, now));
    TRACE(TRC_SCHED_SWITCH, TRACE_VCPU(prev), TRACE_VCPU(next));
}

static void switch_to(struct runq *rq, struct vcpu *next, uint64_t now)
{
    struct vcpu *prev = rq->current;

    sched_poll_settle(next);
    next->sched.yielded = false;
    next->sched.charged_at = now;
    if (next == prev) {
        if (trace_on())
            trace_goes_on(rq, next, now);
        if (!vcpu_is_idle(next))
            next->sched.slice_start = now;
        return;
    }
    if (trace_on())
        trace_switch(rq, next, now);
    if (prev->runstate_info.state == RUNSTATE_running)
        runstate_change(prev, RUNSTATE_runnable, now);
    runstate_change(next, RUNSTATE_running, now);
    next->sched.slice_start = now;
    rq->current = next;
    __atomic_store_n(&next->is_running, true, __ATOMIC_RELAXED);
    arch_context_switch(prev, next);
    __atomic_store_n(&prev->is_running, false, __ATOMIC_RELEASE); /* its state is in memory: see vcpu_sleep_sync() */
}

static uint32_t ratelimit_us;

uint32_t sched_ratelimit_us(void) { return READ_ONCE(ratelimit_us); }
void sched_set_ratelimit_us(uint32_t us) { WRITE_ONCE(ratelimit_us, us); }
static uint64_t ratelimit(void) { return READ_ONCE(ratelimit_us) * NS_PER_US; }

/* True if the current vCPU has not had its least time yet and wants to go on. */
static bool too_early(const struct runq *rq, unsigned int cpu, uint64_t now)
{
    struct vcpu *v = rq->current;

    return v != rq->idle && vcpu_runnable(v) && !v->sched.yielded && cpumask_test(&v->cpus, cpu) &&
           now - v->sched.slice_start < ratelimit() && v->sched.policy->budget(v, now);
}

/* The new current vCPU finds its clock and its accounts up to date. */
static void after_switch(struct vcpu *next)
{
    if (vcpu_is_idle(next))
        return;
    arch_vcpu_update_time(next);
    vcpu_update_runstate_area(next);
}

static bool has_nothing_to_run(const struct runq *rq)
{
    return !READ_ONCE(rq->queue.nr) && (rq->current == rq->idle || !vcpu_runnable(rq->current));
}

static void schedule(void)
{
    unsigned int cpu = this_cpu_id();
    struct runq *rq = &this_cpu(runq);
    bool searched = false; /* in vain */

    sched_poll_settle(rq->current);
    if (has_nothing_to_run(rq)) {
        cpumask_set(&sched_idle, cpu); /* first, so that whoever enqueues from now on kicks us */
        searched = !rq->policy->find_work(cpu);
    } else {
        rq->policy->level(cpu);
    }

    irqflags_t irq = spin_lock_irqsave(&rq->lock);
    uint64_t now = now_ns(), budget;
    struct vcpu *prev = rq->current, *next;

    runq_charge(rq, now);
    runq_unpark_due(rq, now);
    if (too_early(rq, cpu, now)) {
        timer_set(&rq->timer, prev->sched.slice_start + ratelimit());
        cpumask_clear(&sched_idle, cpu);
        spin_unlock_irqrestore(&rq->lock, irq);
        return;
    }
    bool stays = settle_prev(rq, cpu, now);
    next = pick_next(rq, now, &budget);
    if (next == rq->idle) {
        cpumask_set(&sched_idle, cpu);
        if (!searched)
            softirq_raise(SOFTIRQ_SCHEDULE);
    } else {
        cpumask_clear(&sched_idle, cpu);
        next->sched.policy->starts(&rq->queue, &next->sched);
    }
    arm_timer(rq, next, now, budget);
    switch_to(rq, next, now);
    if (prev != next && prev->sched.place == SCHED_QUEUED)
        prev->sched.policy->waits(prev);
    spin_unlock_irqrestore(&rq->lock, irq);

    if (!stays)
        sched_enqueue(prev, false);
    if (prev != next)
        after_switch(next);
}

static void slice_ended(void *data) { softirq_raise(SOFTIRQ_SCHEDULE); }

void sched_init(void)
{
    sched_set_ratelimit_us((uint32_t)hv_options.sched_ratelimit_us);
    cpupool_init(hv_options.sched == OPTION_SCHED_NULL ? &sched_null : &sched_credit2);
    softirq_register(SOFTIRQ_SCHEDULE, schedule);
}

struct vcpu *sched_create_idle(unsigned int cpu)
{
    struct runq *rq = &per_cpu(runq, cpu);
    struct vcpu *idle = vcpu_create_idle(cpu);

    if (!idle)
        return NULL;
    tasklets_init_cpu(cpu);
    idle->processor = cpu;
    idle->is_running = true;
    idle->runstate_info = (struct vcpu_runstate_info){ .state = RUNSTATE_running, .state_entry_time = now_ns() };
    spin_lock_init(&rq->lock, LOCK_SCHED);
    rq->idle = rq->current = idle;
    rq->policy = cpupool_default_policy();
    timer_init(&rq->timer, slice_ended, NULL, cpu);
    rq->steal_cursor = cpu; /* CPUs that look for others begin at different places */
    cpumask_set(&sched_idle, cpu);
    return idle;
}
