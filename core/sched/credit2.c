/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proportional share with weight and cap, work conserving.
 *
 * A vCPU's key is its virtual time: the CPU time that it has used, divided by its weight. A queue runs whoever has the
 * least, so in the long run CPU time is in proportion to weight. A queue has a clock, which follows the least virtual
 * time on it and never goes back. It bounds how much a vCPU can have saved up when it comes: one that wakes is at most
 * SLEEP_CREDIT behind the clock, which is enough to go first; one from another queue at most LAG_MAX to either side.
 * Within that, virtual times of different queues compare, and a CPU can see which vCPU to migrate.
 */
#include "credit2.h"
#include "runq.h"

#define SLICE        (10 * NS_PER_MS)
#define SLICE_ALONE  (20 * NS_PER_MS) /* how often a CPU without a queue looks whether others have one */
/* In virtual time. */
#define SLEEP_CREDIT SLICE            /* so that who sleeps now and then loses nothing by it */
#define PREEMPT_LEAD (1 * NS_PER_MS)  /* how far behind a vCPU must be to take the CPU from another */
#define LAG_MAX      (100 * NS_PER_MS)

/* @ran ns of CPU time at @weight, in virtual time. */
static uint64_t vtime_of(uint64_t ran, uint32_t weight)
{
    return ran * SCHED_WEIGHT_DEFAULT / (weight ? weight : SCHED_WEIGHT_DEFAULT);
}

/* The clock after @running (NULL: none) has been charged. */
static void clock_advance(struct sched_queue *q, const struct sched_vcpu *running)
{
    const struct sched_vcpu *first = queue_first(q), *least = running ? running : first;

    if (!least)
        return;
    if (first && key_before(first->key, least->key))
        least = first;
    if (key_before(q->clock, least->key))
        q->clock = least->key;
}

static void place_moved(const struct sched_queue *q, struct sched_vcpu *s, bool busy)
{
    if (key_before(s->key, q->clock - LAG_MAX))
        s->key = q->clock - LAG_MAX;
    else if (busy && key_before(q->clock + LAG_MAX, s->key))
        s->key = q->clock + LAG_MAX;
}

static void place(const struct sched_queue *q, struct sched_vcpu *s, enum sched_arrival how, bool busy)
{
    const struct sched_vcpu *first = queue_first(q);

    if (how == SCHED_YIELDS) { /* behind the first of the queue, if that is not before it anyway */
        if (first && key_before(s->key, first->key))
            s->key = first->key;
        return;
    }
    if (how == SCHED_WAKES && key_before(s->key, q->clock - SLEEP_CREDIT))
        s->key = q->clock - SLEEP_CREDIT;
    place_moved(q, s, busy);
}

static bool preempts(const struct sched_vcpu *s, const struct sched_vcpu *running)
{
    return key_before(s->key + PREEMPT_LEAD, running->key);
}

static void charge(struct sched_queue *q, struct vcpu *v, uint64_t ran)
{
    v->sched.key += vtime_of(ran, READ_ONCE(v->domain->sched.weight));
    cap_charge(&v->domain->sched, ran);
    clock_advance(q, &v->sched);
}

static void starts(struct sched_queue *q, const struct sched_vcpu *s)
{
    clock_advance(q, s);
}

static uint64_t budget(struct vcpu *v, uint64_t now)
{
    return cap_left(&v->domain->sched, now);
}

static uint64_t release(const struct vcpu *v)
{
    return cap_release(&v->domain->sched);
}

static uint64_t slice(const struct sched_queue *q)
{
    return q->nr ? SLICE : SLICE_ALONE;
}

static void join(struct vcpu *v)
{
    v->sched.key = READ_ONCE(per_cpu(runq, v->processor).queue.clock);
}

static void nothing(struct vcpu *v) { }

/* Weight (0 in a request: as it is), and cap in percent of one CPU, at most what its vCPUs could use. */
static int weight_set(struct domain *d, const struct xen_domctl_sched_credit2 *in)
{
    const struct vcpu *v;
    uint32_t most = 0;

    for_each_vcpu(d, v)
        most += 100;
    if (in->cap > most)
        return -EINVAL;
    if (in->weight)
        WRITE_ONCE(d->sched.weight, in->weight);
    WRITE_ONCE(d->sched.cap, in->cap);
    return 0;
}

static int domain_params(struct domain *d, struct xen_domctl_scheduler_op *op)
{
    switch (op->cmd) {
    case XEN_DOMCTL_SCHEDOP_putinfo:
        return weight_set(d, &op->u.credit2);
    case XEN_DOMCTL_SCHEDOP_getinfo:
        op->u.credit2.weight = (uint16_t)d->sched.weight;
        op->u.credit2.cap = (uint16_t)d->sched.cap;
        return 0;
    }
    return -EINVAL;
}

/* One rate limit serves all pools; 0 means none. */
static int pool_params(struct xen_sysctl_scheduler_op *op)
{
    uint32_t us = op->u.sched_credit2.ratelimit_us;

    switch (op->cmd) {
    case XEN_SYSCTL_SCHEDOP_putinfo:
        if (us && (us < XEN_SYSCTL_SCHED_RATELIMIT_MIN || us > XEN_SYSCTL_SCHED_RATELIMIT_MAX))
            return -EINVAL;
        sched_set_ratelimit_us(us);
        return 0;
    case XEN_SYSCTL_SCHEDOP_getinfo:
        op->u.sched_credit2.ratelimit_us = sched_ratelimit_us();
        return 0;
    }
    return -EINVAL;
}

const struct sched_policy sched_credit2 = {
    .id = XEN_SCHEDULER_CREDIT2,
    .name = "credit2",
    .join = join,
    .leave = nothing,
    .stopped = nothing,
    .choose = credit2_choose,
    .place = place,
    .waits = credit2_notify_idle,
    .find_work = credit2_steal,
    .level = credit2_pull_lagging,
    .preempts = preempts,
    .charge = charge,
    .starts = starts,
    .budget = budget,
    .release = release,
    .slice = slice,
    .domain_params = domain_params,
    .pool_params = pool_params,
};
