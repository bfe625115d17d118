/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scheduler: proportional share with weight and cap, one run queue a CPU, work conserving. Reported to tools as credit2.
 * Everything else calls it through this header only.
 */
#ifndef HV_SCHED_H
#define HV_SCHED_H

#include "hv/types.h"
#include "base/rbtree.h"

#define SCHED_WEIGHT_DEFAULT 256u
#define SCHED_WEIGHT_MAX     65535u

/** Scheduler's part of a vCPU. Fields belong to core/sched. */
struct sched_vcpu {
    struct rb_node node;        /* on the run queue, ordered by virtual time */
    bool queued;
    uint64_t vtime;             /* ns of CPU used, scaled by weight */
    uint64_t slice_start;       /* system time when it was last put on a CPU */
    uint64_t cap_used, cap_period_start; /* ns */
    uint64_t last_wake;
    bool yielded, migrate, parked;
};
struct sched_domain { uint32_t weight; uint32_t cap; /* percent of one CPU, 0: none */ };

void sched_init(void);
void sched_init_cpu(unsigned int cpu, struct vcpu *idle);
int sched_vcpu_init(struct vcpu *v);
void sched_vcpu_remove(struct vcpu *v);

/** pause_flags or pause_count changed so that it may be runnable now: queue it and preempt where it deserves to. Any context. */
void vcpu_wake(struct vcpu *v);
/** It may not run any more: take it off queue; nosync returns while it may still be on a CPU. */
void vcpu_sleep_nosync(struct vcpu *v);
void vcpu_sleep_sync(struct vcpu *v);

/** SCHEDOP_block for the current vCPU: blocks unless an event is pending; the switch happens on the way out. */
void vcpu_block_current(void);
void vcpu_unblock(struct vcpu *v);
/** SCHEDOP_yield. */
void vcpu_yield_current(void);
/** SCHEDOP_poll. 0 or -errno. */
int vcpu_poll_current(uint64_t ports_va, uint32_t nr, uint64_t timeout_ns);
/** A port that somebody polls became pending. */
void vcpu_poll_notify(struct domain *d, uint32_t port);

/** 0, or -EINVAL when no online CPU is left. Moves the vCPU if it must. */
int vcpu_set_affinity(struct vcpu *v, const void *hard_mask, const void *soft_mask);

/** Pause and unpause all of a domain's vCPUs; counted. */
void domain_pause(struct domain *d);
void domain_pause_nosync(struct domain *d);
void domain_unpause(struct domain *d);

/** CPU time used by @v so far and the four runstate times, consistent. */
void vcpu_runstate_get(const struct vcpu *v, void *vcpu_runstate_info);
/** ns that @cpu has been idle. */
uint64_t cpu_idle_time(unsigned int cpu);

#endif
