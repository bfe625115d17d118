/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runnable and not: every change of pause_flags and the pause counts ends here. */
#include "hv/hypercall.h"
#include "hv/lock_debug.h"
#include "hv/log.h"
#include "hv/softirq.h"
#include "hv/trace.h"
#include "runq.h"

/* @v has been queued at @rq: does it deserve the CPU? If not, does an idle one want it? */
static void queued_on(struct runq *rq, struct vcpu *v, uint64_t now)
{
    unsigned int cpu = v->processor;

    runq_charge(rq, now);
    if (rq->current == rq->idle || rq->current->sched.policy != v->sched.policy ||
        v->sched.policy->preempts(&v->sched, &rq->current->sched))
        softirq_raise_on(cpu, SOFTIRQ_SCHEDULE);
    else
        v->sched.policy->waits(v);
}

static bool is_off(const struct runq *rq, const struct vcpu *v)
{
    return v->sched.place == SCHED_OFF && rq->current != v;
}

/*
 * @v is off and runnable, @rq its queue: the queue that its policy chooses, locked. NULL, and none locked: it has
 * stopped meanwhile, somebody else was quicker, or the policy comes back to it. Between two locks the toolstack may
 * change where it may run; then it is chosen anew. A CPU that was chosen in vain may have left the idle set for us, and
 * enters it again.
 */
static struct runq *lock_chosen(struct runq *rq, struct vcpu *v, irqflags_t *irq, uint64_t now)
{
    unsigned int cpu = v->sched.policy->choose(v);

    while (cpu != CPU_MAX && cpu != v->processor) {
        const struct sched_policy *policy = v->sched.policy;

        v->processor = cpu;
        spin_unlock_irqrestore(&rq->lock, *irq);
        rq = runq_lock_vcpu(v, irq);
        bool off = is_off(rq, v), wanted = off && vcpu_runnable(v);
        if (wanted && policy == v->sched.policy && cpumask_test(&v->cpus, v->processor))
            return rq;
        if (off && !wanted)
            runstate_change(v, runstate_of_stopped(v), now);
        softirq_raise_on(cpu, SOFTIRQ_SCHEDULE);
        cpu = wanted ? v->sched.policy->choose(v) : CPU_MAX;
    }
    if (cpu != CPU_MAX)
        return rq;
    spin_unlock_irqrestore(&rq->lock, *irq);
    return NULL;
}

void sched_enqueue(struct vcpu *v, bool wakeup)
{
    irqflags_t irq;
    struct runq *rq = runq_lock_vcpu(v, &irq);

    if (!is_off(rq, v) || !vcpu_runnable(v)) {
        spin_unlock_irqrestore(&rq->lock, irq);
        return;
    }
    uint64_t now = now_ns();
    runstate_change(v, RUNSTATE_runnable, now);
    rq = lock_chosen(rq, v, &irq, now);
    if (!rq)
        return;
    v->sched.policy->place(&rq->queue, &v->sched, wakeup ? SCHED_WAKES : SCHED_MOVES, runq_busy(rq));
    runq_insert(rq, v);
    queued_on(rq, v, now);
    spin_unlock_irqrestore(&rq->lock, irq);
}

/* Neither running nor queued, and the reason may be another one than before. */
static void stopped_again(struct vcpu *v)
{
    irqflags_t irq;
    struct runq *rq = runq_lock_vcpu(v, &irq);

    if (is_off(rq, v) && !vcpu_runnable(v))
        runstate_change(v, runstate_of_stopped(v), now_ns());
    spin_unlock_irqrestore(&rq->lock, irq);
}

void vcpu_wake(struct vcpu *v)
{
    TRACE_OF(TRC_SCHED_WAKE, v);
    if (vcpu_runnable(v))
        sched_enqueue(v, true);
    else
        stopped_again(v);
}

void vcpu_sleep_nosync(struct vcpu *v)
{
    TRACE_OF(TRC_SCHED_SLEEP, v);
    irqflags_t irq;
    struct runq *rq = runq_lock_vcpu(v, &irq);

    if (!vcpu_runnable(v)) {
        if (rq->current == v) {
            softirq_raise_on(v->processor, SOFTIRQ_SCHEDULE);
        } else {
            runq_remove(rq, v);
            runstate_change(v, runstate_of_stopped(v), now_ns());
            v->sched.policy->stopped(v);
        }
    }
    spin_unlock_irqrestore(&rq->lock, irq);
}

void vcpu_sleep_sync(struct vcpu *v)
{
    lock_debug_may_wait(LOCK_WAIT_VCPU);
    vcpu_sleep_nosync(v);
    while (!vcpu_runnable(v) && __atomic_load_n(&v->is_running, __ATOMIC_ACQUIRE))
        cpu_relax();
    arch_sync_vcpu(v);
}
