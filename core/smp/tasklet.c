/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tasklets: a first-in first-out queue a CPU, run as soft interrupt. `queued`: it is on one, once. */
#include "hv/lock.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/softirq.h"

struct tasklet_queue {
    spinlock_t lock;
    struct tasklet *head, *tail;
};
static DEFINE_PER_CPU(struct tasklet_queue, tasklets);

static struct tasklet *tasklet_pop(struct tasklet_queue *q)
{
    irqflags_t flags = spin_lock_irqsave(&q->lock);
    struct tasklet *t = q->head;
    if (t) {
        q->head = t->next;
        if (!q->head)
            q->tail = NULL;
        __atomic_store_n(&t->queued, false, __ATOMIC_RELEASE); /* from here on it may be scheduled again */
    }
    spin_unlock_irqrestore(&q->lock, flags);
    return t;
}

/* As many as were there at the start, so that one that schedules itself does not hold the CPU. */
static void tasklet_softirq(void)
{
    struct tasklet_queue *q = &this_cpu(tasklets);
    struct tasklet *last = __atomic_load_n(&q->tail, __ATOMIC_RELAXED), *t = NULL;

    while (t != last && (t = tasklet_pop(q)) != NULL)
        t->fn(t->data);
    if (__atomic_load_n(&q->head, __ATOMIC_RELAXED))
        softirq_raise(SOFTIRQ_TASKLET);
}

void tasklets_init_cpu(unsigned int cpu)
{
    spin_lock_init(&per_cpu(tasklets, cpu).lock, LOCK_TASKLET);
    softirq_register(SOFTIRQ_TASKLET, tasklet_softirq);
}

void tasklet_init(struct tasklet *t, void (*fn)(void *data), void *data)
{
    BUG_ON(t->fn || t->queued);
    t->fn = fn;
    t->data = data;
}

void tasklet_schedule_on(struct tasklet *t, unsigned int cpu)
{
    if (__atomic_exchange_n(&t->queued, true, __ATOMIC_ACQ_REL))
        return;
    struct tasklet_queue *q = &per_cpu(tasklets, cpu);
    irqflags_t flags = spin_lock_irqsave(&q->lock);
    t->next = NULL;
    t->cpu = cpu;
    if (q->tail)
        q->tail->next = t;
    else
        q->head = t;
    q->tail = t;
    spin_unlock_irqrestore(&q->lock, flags);
    softirq_raise_on(cpu, SOFTIRQ_TASKLET);
}

void tasklet_schedule(struct tasklet *t) { tasklet_schedule_on(t, this_cpu_id()); }
