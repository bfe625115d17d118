/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scheduler: one run queue a CPU, and a policy for each CPU pool that says who runs where and for how long
 * (core/sched/policy.h). Everything else calls it through this header only.
 */
#ifndef HV_SCHED_H
#define HV_SCHED_H

#include "base/rbtree.h"
#include "hv/lock.h"
#include "hv/types.h"

struct sched_policy;

#define SCHED_WEIGHT_DEFAULT 256u
#define SCHED_WEIGHT_MAX     65535u

/** Where a vCPU is. Off: not to run, or the one that its CPU runs. */
enum sched_place { SCHED_OFF, SCHED_QUEUED, SCHED_PARKED };

/** Scheduler's part of a vCPU. Fields belong to core/sched, under the lock of the run queue of vcpu.processor. */
struct sched_vcpu {
    struct rb_node node;        /* on a queue by key, or among the parked by `release` */
    uint8_t place;              /* enum sched_place */
    bool yielded;               /* let somebody else go first, once */
    bool waits;                 /* null: it waits for a CPU of its own */
    uint32_t own_cpu;           /* null: the CPU that is its own; CPU_MAX: none */
    uint64_t key;               /* the policy's: its place in a queue */
    const struct sched_policy *policy; /* of its domain's pool */
    uint64_t charged_at;        /* system time up to which it has been charged, while it runs */
    uint64_t slice_start;       /* system time when it was last put on a CPU */
    uint64_t release;           /* parked: when its domain has budget again */
};

/** Scheduler's part of a domain. weight and cap may be written by the toolstack at any time. */
struct sched_domain {
    uint32_t weight;            /* of each vCPU, 1..SCHED_WEIGHT_MAX */
    uint32_t cap;               /* percent of one CPU for all vCPUs together, 0: none */
    spinlock_t lock;            /* LOCK_SCHED_POLICY: the two below */
    uint64_t period_start;      /* of the accounting period of the cap, system time */
    uint64_t used;              /* ns in this period, and what earlier ones owe */
};

/** Boot CPU, once, before the first sched_create_idle(). */
void sched_init(void);
/** The policy with the number @id (XEN_SCHEDULER_*) or the name @name; NULL: it is not here. */
const struct sched_policy *sched_policy_by_id(uint32_t id);
/** @cpu, whose queue is empty, runs by @policy from now on. */
void sched_cpu_set_policy(unsigned int cpu, const struct sched_policy *policy);
/**
 * Makes @cpu schedulable: run queue, tasklets, and the idle vCPU, which is what runs there now. NULL: no memory.
 * After timers_init_cpu().
 */
struct vcpu *sched_create_idle(unsigned int cpu);
void sched_domain_init(struct domain *d);
/** At vcpu_create(): chooses its first CPU, and its pool's policy takes it. */
void sched_vcpu_init(struct vcpu *v);
/** @v has left its CPU and will never be runnable again, whoever keeps its domain: its policy keeps nothing for it. */
void sched_vcpu_retire(struct vcpu *v);
/** @v is not runnable and never will be again. Waits until it has left its CPU. */
void sched_vcpu_remove(struct vcpu *v);

/**
 * pause_flags or pause_count changed so that it may be runnable now:
 * queue it, and preempt what it takes precedence over. Any context.
 */
void vcpu_wake(struct vcpu *v);
/** It may not run any more: take it off queue; nosync returns while it may still be on a CPU. */
void vcpu_sleep_nosync(struct vcpu *v);
/**
 * And waits, interrupts on. Two CPUs that wait for each other's current vCPU never end: see vcpu_pause_restartable().
 */
void vcpu_sleep_sync(struct vcpu *v);

/** SCHEDOP_block for the current vCPU: blocks unless an event is pending; the switch happens on the way out. */
void vcpu_block_current(void);
void vcpu_unblock(struct vcpu *v);
/** @v has something pending, which is stored already: wakes it if it is blocked, kicks its CPU if it runs elsewhere. */
void vcpu_notify(struct vcpu *v);
/** SCHEDOP_yield. */
void vcpu_yield_current(void);
/** SCHEDOP_poll: @timeout_ns is absolute system time, 0: none. 0, -EINVAL (a port, or more than 128), -EFAULT. */
int vcpu_poll_current(uint64_t ports_va, uint32_t nr, uint64_t timeout_ns);
/** A port that somebody polls became pending. */
void vcpu_poll_notify(struct domain *d, uint32_t port);

/**
 * How long a vCPU may run before one that takes precedence preempts it, in us; at first what sched_ratelimit_us= says.
 */
uint32_t sched_ratelimit_us(void);
void sched_set_ratelimit_us(uint32_t us);

/** Both cpumask_t, NULL: as it is. 0, or -EINVAL when no online CPU of its pool is left. Moves the vCPU if it must. */
int vcpu_set_affinity(struct vcpu *v, const void *hard_mask, const void *soft_mask);
/**
 * Its domain's pool changed: where it may run is found anew. An affinity that leaves it no CPU there does not count.
 */
void vcpu_refresh_cpus(struct vcpu *v);

/*
 * Pausing waits for another CPU, and a hypercall cannot be switched out while it waits. So a vCPU that pauses others
 * uses the restartable forms, unless it holds a lock that makes it the only one to do so (LOCK_DOMCTL): when the
 * caller's own vCPU is to stop, too, they undo what they began and return -ERESTART, and the caller's hypercall is made
 * again later.
 */
int vcpu_pause_restartable(struct vcpu *v);
int domain_pause_restartable(struct domain *d);

/** Pause and unpause all of a domain's vCPUs; counted. The current vCPU is not waited for. */
void domain_pause(struct domain *d);
/** domain_pause_nosync() as XEN_DOMCTL_pausedomain, so that XEN_DOMCTL_unpausedomain undoes it. 0, -EOVERFLOW. */
int domain_controller_pause_nosync(struct domain *d);
void domain_unpause(struct domain *d);

/** The four runstate times of @v so far, consistent. Not from interrupt handlers, nor with a run queue locked. */
void vcpu_runstate_get(const struct vcpu *v, void *vcpu_runstate_info);
/** ns that @v has run so far. The same rules. */
uint64_t vcpu_running_ns(const struct vcpu *v);
/** ns that @cpu has been idle. */
uint64_t cpu_idle_time(unsigned int cpu);

#endif
