/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Birth, death and affinity of a vCPU, as the scheduler sees them. */
#include "hv/cpupool.h"
#include "hv/log.h"
#include "hv/softirq.h"
#include "runq.h"

static bool any_online(const cpumask_t *cpus)
{
    cpumask_t usable;
    cpumask_and(&usable, cpus, &cpu_online);
    return !cpumask_empty(&usable);
}

static void cpus_within_pool(struct vcpu *v)
{
    const cpumask_t *pool = cpupool_cpus_of(v->domain);
    cpumask_and(&v->cpus, &v->hard_affinity, pool);
    if (!any_online(&v->cpus))
        v->cpus = *pool;
}

void sched_vcpu_init(struct vcpu *v)
{
    cpus_within_pool(v);
    cpumask_t usable;
    cpumask_and(&usable, &v->cpus, &cpu_online);
    unsigned int cpu = cpumask_next(&usable, (v->id + v->domain->id) % cpu_count);
    v->processor = cpu < CPU_MAX ? cpu : cpumask_next(&usable, 0) % CPU_MAX;
    v->sched.policy = cpupool_policy_of(v->domain);
    v->sched.policy->join(v);
    sched_poll_init(v);
}

void sched_vcpu_retire(struct vcpu *v)
{
    irqflags_t irq;
    struct runq *rq = runq_lock_vcpu(v, &irq);

    v->sched.policy->leave(v);
    spin_unlock_irqrestore(&rq->lock, irq);
}

void sched_vcpu_remove(struct vcpu *v)
{
    BUG_ON(vcpu_runnable(v));
    timer_kill(&v->poll);
    vcpu_sleep_sync(v);
    sched_vcpu_retire(v);
}

/* Its domain's pool may be another one, with another policy. */
static void policy_follow(struct runq *rq, struct vcpu *v)
{
    const struct sched_policy *policy = cpupool_policy_of(v->domain);

    if (policy == v->sched.policy)
        return;
    runq_remove(rq, v);
    v->sched.policy->leave(v);
    v->sched.policy = policy;
    policy->join(v);
}

/* Which CPUs it may use has changed: it leaves one that it may not. */
static void vcpu_obey(struct vcpu *v, const cpumask_t *hard, const cpumask_t *soft)
{
    bool displaced = false;
    irqflags_t irq;
    struct runq *rq = runq_lock_vcpu(v, &irq);
    if (hard)
        v->hard_affinity = *hard;
    if (soft)
        v->soft_affinity = *soft;
    cpus_within_pool(v);
    policy_follow(rq, v);
    if (v->sched.place == SCHED_OFF && rq->current != v) {
        displaced = vcpu_runnable(v); /* another policy's, or one that found no CPU and may have gained one */
    } else if (cpumask_test(&v->cpus, v->processor)) {
        if (v->sched.place == SCHED_QUEUED)
            v->sched.policy->waits(v); /* the same */
    } else if (rq->current == v) {
        softirq_raise_on(v->processor, SOFTIRQ_SCHEDULE); /* its CPU hands it on when it has left */
    } else if (v->sched.place != SCHED_OFF) {
        runq_remove(rq, v);
        displaced = true;
    }
    spin_unlock_irqrestore(&rq->lock, irq);
    if (displaced)
        sched_enqueue(v, false);
}

int vcpu_set_affinity(struct vcpu *v, const void *hard_mask, const void *soft_mask)
{
    if (hard_mask) {
        cpumask_t usable;
        cpumask_and(&usable, hard_mask, cpupool_cpus_of(v->domain));
        if (!any_online(&usable))
            return -EINVAL;
    }
    vcpu_obey(v, hard_mask, soft_mask);
    return 0;
}

void vcpu_refresh_cpus(struct vcpu *v) { vcpu_obey(v, NULL, NULL); }
