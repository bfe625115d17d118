/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the credit2 policy share. */
#ifndef SCHED_CREDIT2_H
#define SCHED_CREDIT2_H

#include "policy.h"

/* credit2_balance.c */
/** A CPU for @v: an idle one (no longer in the idle set: raise SOFTIRQ_SCHEDULE there), or the least busy of two. */
unsigned int credit2_choose(struct vcpu *v);
/** @v waits on a queue: makes an idle CPU on which @v may run, if there is one, reschedule. */
void credit2_notify_idle(const struct vcpu *v);
/** @cpu, the calling one, has nothing to run: takes a waiting vCPU from another. No lock held. True if it did. */
bool credit2_steal(unsigned int cpu);
/** @cpu is busy: takes a vCPU that waits elsewhere and is far behind those here. No lock held. */
void credit2_pull_lagging(unsigned int cpu);

/* cap.c: ns that @d may still use now; ~0 without a cap. */
uint64_t cap_left(struct sched_domain *d, uint64_t now);
void cap_charge(struct sched_domain *d, uint64_t ran);
uint64_t cap_release(const struct sched_domain *d);

#endif
