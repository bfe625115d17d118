/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Birth, death and affinity of a vCPU, as the scheduler sees them. */
#include "hv/log.h"
#include "hv/softirq.h"
#include "runq.h"

int sched_vcpu_init(struct vcpu *v)
{
    if (cpumask_empty(&v->hard_affinity))
        memset(&v->hard_affinity, 0xff, sizeof(v->hard_affinity));
    if (cpumask_empty(&v->soft_affinity))
        memset(&v->soft_affinity, 0xff, sizeof(v->soft_affinity));
    unsigned int cpu = cpumask_next(&cpu_online, (v->id + v->domain->id) % cpu_count);
    v->processor = cpu < CPU_MAX ? cpu : cpumask_next(&cpu_online, 0) % CPU_MAX;
    v->sched.vtime = READ_ONCE(per_cpu(runq, v->processor).queue.clock);
    v->runstate = RUNSTATE_offline;
    v->runstate_info = (struct vcpu_runstate_info){ .state = RUNSTATE_offline, .state_entry_time = now_ns() };
    sched_poll_init(v);
    return 0;
}

void sched_vcpu_remove(struct vcpu *v)
{
    BUG_ON(vcpu_runnable(v));
    timer_kill(&v->poll);
    vcpu_sleep_sync(v);
}

static bool any_online(const cpumask_t *hard)
{
    cpumask_t usable;
    cpumask_and(&usable, hard, &cpu_online);
    return !cpumask_empty(&usable);
}

int vcpu_set_affinity(struct vcpu *v, const void *hard_mask, const void *soft_mask)
{
    bool displaced = false;

    if (hard_mask && !any_online(hard_mask))
        return -EINVAL;
    irqflags_t irq;
    struct runq *rq = runq_lock_vcpu(v, &irq);
    if (hard_mask)
        v->hard_affinity = *(const cpumask_t *)hard_mask;
    if (soft_mask)
        v->soft_affinity = *(const cpumask_t *)soft_mask;
    if (cpumask_test(&v->hard_affinity, v->processor)) {
        if (v->sched.place == SCHED_QUEUED)
            balance_tell_idle(v); /* it may have gained one */
    } else if (rq->current == v) {
        softirq_raise_on(v->processor, SOFTIRQ_SCHEDULE); /* its CPU hands it on when it has left */
    } else if (v->sched.place != SCHED_OFF) {
        runq_remove(rq, v);
        displaced = true;
    }
    spin_unlock_irqrestore(&rq->lock, irq);
    if (displaced)
        sched_enqueue(v, false);
    return 0;
}
