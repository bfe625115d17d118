/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who runs next: the arithmetic of the scheduler, without locks, time or CPUs.
 *
 * A vCPU's virtual time is the CPU time that it has used, divided by its weight. A queue runs whoever has the least, so
 * in the long run CPU time is in proportion to weight. A queue has a clock, which follows the least virtual time on it
 * and never goes back. It bounds how much a vCPU can have saved up when it comes: one that wakes is at most
 * SLEEP_CREDIT behind the clock, which is enough to go first; one from another queue at most LAG_MAX to either side.
 * Within that, virtual times of different queues compare, and a CPU can see who deserves to be moved.
 */
#ifndef SCHED_POLICY_H
#define SCHED_POLICY_H

#include "hv/sched.h"
#include "hv/time.h"

#define SCHED_SLICE        (10 * NS_PER_MS)
#define SCHED_SLICE_ALONE  (20 * NS_PER_MS) /* how often a CPU without a queue looks whether others have one */
#define SCHED_SLICE_MIN    (NS_PER_MS / 2)  /* for the rest of a cap's budget */
/* In virtual time. */
#define SCHED_SLEEP_CREDIT SCHED_SLICE /* so that who sleeps now and then loses nothing by it */
#define SCHED_PREEMPT_LEAD (1 * NS_PER_MS)  /* how far behind a vCPU must be to take the CPU from another */
#define SCHED_MOVE_LEAD    (20 * NS_PER_MS) /* how far behind, to be moved to another CPU */
#define SCHED_LAG_MAX      (100 * NS_PER_MS)

struct sched_queue {
    struct rb_tree tree;
    struct rb_node *first;
    uint32_t nr;
    uint64_t clock;
};

static inline bool vtime_before(uint64_t a, uint64_t b) { return (int64_t)(a - b) < 0; }
static inline struct sched_vcpu *sched_of(struct rb_node *n) { return rb_entry(n, struct sched_vcpu, node); }
static inline struct sched_vcpu *queue_first(const struct sched_queue *q)
{
    return q->first ? sched_of(q->first) : NULL;
}

void queue_insert(struct sched_queue *q, struct sched_vcpu *s);
void queue_remove(struct sched_queue *q, struct sched_vcpu *s);
/** @ran ns of CPU time at @weight, in virtual time. */
uint64_t sched_vtime_of(uint64_t ran, uint32_t weight);
/** The clock after @running (NULL: none) has been charged. */
void queue_advance(struct sched_queue *q, const struct sched_vcpu *running);
/**
 * Virtual time of one that wakes up for this queue, or comes from another.
 * @busy: the CPU runs somebody or the queue is not empty.
 */
void queue_place_wakeup(const struct sched_queue *q, struct sched_vcpu *s, bool busy);
void queue_place_moved(const struct sched_queue *q, struct sched_vcpu *s, bool busy);
/** True if @s should run instead of @running, whose virtual time is up to date. */
bool sched_preempts(const struct sched_vcpu *s, const struct sched_vcpu *running);
/** It yields: behind the first of the queue, if that is not before it anyway. */
void queue_place_yielded(const struct sched_queue *q, struct sched_vcpu *s);

#endif
