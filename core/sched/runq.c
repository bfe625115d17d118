/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queued, parked and charged: what a run queue does to a vCPU. Its lock is held throughout. */
#include "runq.h"

DEFINE_PER_CPU(struct runq, runq);
cpumask_t sched_waiting, sched_idle;

struct runq *runq_lock_vcpu(const struct vcpu *v, irqflags_t *irq)
{
    for (;;) {
        unsigned int cpu = READ_ONCE(v->processor);
        struct runq *rq = &per_cpu(runq, cpu);
        *irq = spin_lock_irqsave(&rq->lock);
        if (v->processor == cpu)
            return rq;
        spin_unlock_irqrestore(&rq->lock, *irq);
    }
}

void runq_insert(struct runq *rq, struct vcpu *v)
{
    queue_insert(&rq->queue, &v->sched);
    if (rq->queue.nr == 1)
        cpumask_set(&sched_waiting, v->processor);
}

void runq_remove(struct runq *rq, struct vcpu *v)
{
    struct sched_vcpu *s = &v->sched;

    if (s->place == SCHED_QUEUED) {
        queue_remove(&rq->queue, s);
        if (!rq->queue.nr)
            cpumask_clear(&sched_waiting, v->processor);
    } else if (s->place == SCHED_PARKED) {
        rb_erase(&rq->parked, &s->node);
        s->place = SCHED_OFF;
    }
}

void runq_park(struct runq *rq, struct vcpu *v, uint64_t release)
{
    struct rb_node **link = &rq->parked.root, *parent = NULL;
    struct sched_vcpu *s = &v->sched;

    s->release = release;
    s->place = SCHED_PARKED;
    while (*link) {
        parent = *link;
        link = release < sched_of(parent)->release ? &parent->left : &parent->right;
    }
    rb_insert(&rq->parked, &s->node, parent, link);
}

uint64_t runq_next_release(const struct runq *rq)
{
    struct rb_node *n = rb_first(&rq->parked);
    return n ? sched_of(n)->release : TIME_NEVER;
}

#define UNPARK_MAX 64 /* in one go; the timer comes again for the rest */

void runq_unpark_due(struct runq *rq, uint64_t now)
{
    for (unsigned int i = 0; i < UNPARK_MAX && runq_next_release(rq) <= now; i++) {
        struct vcpu *v = vcpu_of(sched_of(rb_first(&rq->parked)));
        runq_remove(rq, v);
        v->sched.policy->place(&rq->queue, &v->sched, SCHED_WAKES, runq_busy(rq));
        runq_insert(rq, v);
        v->sched.policy->waits(v);
    }
}

void runq_charge(struct runq *rq, uint64_t now)
{
    struct vcpu *v = rq->current;
    uint64_t ran = now - v->sched.charged_at;

    if (v == rq->idle || (int64_t)ran <= 0)
        return;
    v->sched.charged_at = now;
    v->sched.policy->charge(&rq->queue, v, ran);
}
