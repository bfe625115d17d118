/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scheduler's seam. The shell (schedule.c, wake.c, vcpu.c, runq.c) knows vCPUs that are runnable or not, a queue a
 * CPU, and when to look again. Everything that is a matter of taste is a policy's: on which CPU a vCPU is queued, in
 * which order a queue runs, for how long, who comes to help. Each CPU pool has one; a vCPU has that of its domain's
 * pool (sched_vcpu.policy), a CPU that of its own (runq.policy), and a vCPU is queued only where the two are the same.
 *
 * A policy keeps what it knows in its part of sched_vcpu, sched_domain and in data of its own. All it sees of the shell
 * is this header and runq.h.
 */
#ifndef SCHED_POLICY_H
#define SCHED_POLICY_H

#include "hv/sched.h"
#include "hv/time.h"
#include "public.h"

struct runq;

/* What waits on a CPU, in the order of sched_vcpu.key; keys are compared as signed differences. */
struct sched_queue {
    struct rb_tree tree;
    struct rb_node *first;
    uint32_t nr;
    uint64_t clock; /* the policy's own */
};

/* How a vCPU comes to a queue. */
enum sched_arrival {
    SCHED_WAKES,   /* it slept, or was out of budget */
    SCHED_MOVES,   /* from another CPU */
    SCHED_YIELDS,  /* it ran here and lets others go first */
};

/*
 * Unless it says otherwise a function is called under the run queue's lock of the vCPU or CPU that it is about,
 * interrupts off, and takes no lock of an earlier level than LOCK_SCHED_POLICY.
 */
struct sched_policy {
    uint32_t id;      /* XEN_SCHEDULER_* */
    const char *name; /* as sched= and xl say it */

    /** @v, which is on no queue, is this policy's from now on, or has nothing of it any more; to leave twice is one. */
    void (*join)(struct vcpu *v);
    void (*leave)(struct vcpu *v);
    /** @v has stopped being runnable; it is on no queue. */
    void (*stopped)(struct vcpu *v);

    /** The CPU on whose queue @v, runnable, is put. CPU_MAX: none now, the policy enqueues it when there is one. */
    unsigned int (*choose)(struct vcpu *v);
    /** Sets @s->key for @q. @busy: the CPU runs somebody, or the queue is not empty. */
    void (*place)(const struct sched_queue *q, struct sched_vcpu *s, enum sched_arrival how, bool busy);
    /** @v waits on a queue: notify a CPU that could take it. */
    void (*waits)(const struct vcpu *v);
    /** @cpu, the calling one, has nothing to run: find it something. No lock held. False: there is nothing. */
    bool (*find_work)(unsigned int cpu);
    /** @cpu, the calling one, is busy: look whether others have more to do. No lock held. */
    void (*level)(unsigned int cpu);

    /** True if @s should run instead of @running, of the same policy, which has been charged. */
    bool (*preempts)(const struct sched_vcpu *s, const struct sched_vcpu *running);
    /** @v, the current one of @q's CPU, has run for another @ran ns. */
    void (*charge)(struct sched_queue *q, struct vcpu *v, uint64_t ran);
    /** @s has been taken from @q to run. */
    void (*starts)(struct sched_queue *q, const struct sched_vcpu *s);
    /** ns that @v may run from @now on; 0: it is put aside until release() says. */
    uint64_t (*budget)(struct vcpu *v, uint64_t now);
    uint64_t (*release)(const struct vcpu *v);
    /** ns after which a CPU with this queue looks again who is to run; TIME_NEVER. */
    uint64_t (*slice)(const struct sched_queue *q);

    /** XEN_DOMCTL_scheduler_op and XEN_SYSCTL_scheduler_op: 0, -EINVAL. No lock held. */
    int (*domain_params)(struct domain *d, struct xen_domctl_scheduler_op *op);
    int (*pool_params)(struct xen_sysctl_scheduler_op *op);
};

extern const struct sched_policy sched_credit2, sched_null;

static inline struct sched_vcpu *sched_of(struct rb_node *n) { return rb_entry(n, struct sched_vcpu, node); }
static inline struct sched_vcpu *queue_first(const struct sched_queue *q)
{
    return q->first ? sched_of(q->first) : NULL;
}
static inline bool key_before(uint64_t a, uint64_t b) { return (int64_t)(a - b) < 0; }

/** Equals go in the order of insertion. */
void queue_insert(struct sched_queue *q, struct sched_vcpu *s);
void queue_remove(struct sched_queue *q, struct sched_vcpu *s);

#endif
