/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The policies that there are. */
#include "runq.h"

static const struct sched_policy *const policies[] = { &sched_credit2, &sched_null };

const struct sched_policy *sched_policy_by_id(uint32_t id)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(policies); i++)
        if (policies[i]->id == id)
            return policies[i];
    return NULL;
}

void sched_cpu_set_policy(unsigned int cpu, const struct sched_policy *policy)
{
    struct runq *rq = &per_cpu(runq, cpu);
    irqflags_t irq = spin_lock_irqsave(&rq->lock);

    rq->policy = policy;
    spin_unlock_irqrestore(&rq->lock, irq);
}
