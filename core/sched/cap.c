/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Caps: a domain may use so many percent of one CPU in each period, all its vCPUs together. What several CPUs use
 * beyond the budget before they notice is owed to the next periods, so the cap holds in the long run.
 */
#include "credit2.h"
#include "runq.h"

#define CAP_PERIOD (20 * NS_PER_MS)

static uint64_t budget_of(uint32_t cap) { return CAP_PERIOD / 100 * cap; }

/* Enters the period that @now lies in; every period that went by has paid its budget off. */
static void cap_roll(struct sched_domain *d, uint64_t budget, uint64_t now)
{
    if ((int64_t)(now - d->period_start) < (int64_t)CAP_PERIOD)
        return;
    uint64_t periods = (now - d->period_start) / CAP_PERIOD;
    d->period_start += periods * CAP_PERIOD;
    uint64_t paid = periods > d->used / budget ? d->used : periods * budget;
    d->used -= paid;
}

uint64_t cap_left(struct sched_domain *d, uint64_t now)
{
    uint64_t budget = budget_of(READ_ONCE(d->cap));

    if (!budget)
        return ~0ULL;
    spin_lock(&d->lock);
    cap_roll(d, budget, now);
    uint64_t left = budget > d->used ? budget - d->used : 0;
    spin_unlock(&d->lock);
    return left;
}

void cap_charge(struct sched_domain *d, uint64_t ran)
{
    if (!READ_ONCE(d->cap))
        return;
    spin_lock(&d->lock);
    d->used += ran;
    spin_unlock(&d->lock);
}

uint64_t cap_release(const struct sched_domain *d) { return READ_ONCE(d->period_start) + CAP_PERIOD; }

void sched_domain_init(struct domain *d)
{
    d->sched = (struct sched_domain){ .weight = SCHED_WEIGHT_DEFAULT, .lock = SPINLOCK_INIT(LOCK_SCHED_POLICY) };
}
