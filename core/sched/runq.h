/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scheduler's shell around the policies: one run queue a CPU, each with a lock (LOCK_SCHED, interrupts off).
 *
 * The lock of the CPU that vcpu.processor names protects everything that the scheduler knows of a vCPU. `processor`
 * changes only under the lock of the old one and only for a vCPU that is neither queued nor running, so whoever takes
 * the new one's lock afterwards must look again. The switch from one vCPU to the next happens under the lock as well: a
 * vCPU is `current` of a queue exactly as long as its state is on that CPU.
 *
 * Two sets say where work and room are, and are written before they are read by the other side:
 *   sched_waiting  CPUs with somebody on their queue
 *   sched_idle     CPUs that run their idle vCPU and were not yet asked to look for work
 * Who queues a vCPU then looks for an idle CPU; who goes idle enters the set and then looks for waiting vCPUs. So it
 * cannot be that one waits while another, where it may run, sleeps.
 */
#ifndef SCHED_RUNQ_H
#define SCHED_RUNQ_H

#include "hv/compiler.h"
#include "hv/domain.h"
#include "hv/percpu.h"
#include "policy.h"

struct runq {
    spinlock_t lock;
    const struct sched_policy *policy; /* its pool's */
    struct sched_queue queue;
    struct rb_tree parked;      /* out of budget, by release time */
    struct vcpu *current, *idle;
    struct timer timer;         /* end of the slice, or the first release */
    uint32_t steal_cursor;      /* where the search for lagging vCPUs goes on */
};
DECLARE_PER_CPU(struct runq, runq);

extern cpumask_t sched_waiting, sched_idle;

/** True if @rq's CPU runs somebody or has somebody waiting. */
static inline bool runq_busy(const struct runq *rq) { return rq->current != rq->idle || rq->queue.nr; }
static inline struct vcpu *vcpu_of(struct sched_vcpu *s) { return container_of(s, struct vcpu, sched); }

/* runq.c */
struct runq *runq_lock_vcpu(const struct vcpu *v, irqflags_t *irq);
void runq_insert(struct runq *rq, struct vcpu *v);
void runq_remove(struct runq *rq, struct vcpu *v); /* queued or parked; else nothing happens */
void runq_park(struct runq *rq, struct vcpu *v, uint64_t release);
/** Parked ones whose time has come go back to the queue. */
void runq_unpark_due(struct runq *rq, uint64_t now);
/** When the first parked one is released; TIME_NEVER. */
uint64_t runq_next_release(const struct runq *rq);
/** Charges the current vCPU up to @now: virtual time, budget, the queue's clock. */
void runq_charge(struct runq *rq, uint64_t now);

/* wake.c */
/** Queues @v if it is runnable and neither queued nor running, on a CPU of the balancer's choice. */
void sched_enqueue(struct vcpu *v, bool wakeup);

/* runstate.c: enters @state (RUNSTATE_*); under the queue's lock. */
void runstate_change(struct vcpu *v, int state, uint64_t now);
/** Why it does not run: RUNSTATE_blocked or RUNSTATE_offline. */
int runstate_of_stopped(const struct vcpu *v);

/* block.c */
void sched_poll_init(struct vcpu *v);
/** @v runs on this CPU, or goes on running: if its poll has ended, it leaves the list of those who poll. */
void sched_poll_settle(struct vcpu *v);

#endif
