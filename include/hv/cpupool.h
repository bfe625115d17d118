/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU pools: the machine's CPUs in disjoint sets, and each domain in one of them. A vCPU runs on CPUs of its domain's
 * pool only. Pool 0 exists from the start, has every CPU then, and stays; a CPU in no pool idles.
 *
 * Pools are changed and looked up under LOCK_CPUPOOL, which these functions take.
 */
#ifndef HV_CPUPOOL_H
#define HV_CPUPOOL_H

#include "hv/cpumask.h"
#include "hv/types.h"

#define CPUPOOL_ANY (~0u) /* an id, or a CPU: whichever is right */

struct sched_policy;

struct cpupool {
    struct cpupool *next; /* by ascending id */
    uint32_t id;
    cpumask_t cpus;
    const struct sched_policy *policy;
};

/** Boot: pool 0, scheduled by @policy. Its CPUs are those that come online. */
void cpupool_init(const struct sched_policy *policy);
/** The CPUs that vCPUs of @d may use at most: its pool's; all, for domains that run outside of pools. No lock. */
const cpumask_t *cpupool_cpus_of(const struct domain *d);

/** The scheduling policy of @d's pool. No lock. */
const struct sched_policy *cpupool_policy_of(const struct domain *d);
/** Boot: the policy of a CPU that comes online, pool 0's. */
const struct sched_policy *cpupool_default_policy(void);

/**
 * Makes a pool without CPUs, scheduled by @policy; CPUPOOL_ANY: the lowest free id. Its id in *id. 0, -EEXIST, -ENOMEM.
 */
int cpupool_create(uint32_t *id, const struct sched_policy *policy);
/** 0, -ENOENT, -EBUSY (CPUs or domains in it). */
int cpupool_destroy(uint32_t id);
/** Copies the first pool from *id on: its id, number of domains, CPUs and, unless NULL, policy. 0, -ENOENT. */
int cpupool_info(uint32_t *id, uint32_t *domains, cpumask_t *cpus, const struct sched_policy **policy);
/**
 * A CPU that is in no pool; CPUPOOL_ANY: the first. 0, -ENOENT (pool), -EINVAL (no such CPU), -ENODEV (it, or every
 * one, is taken).
 */
int cpupool_add_cpu(uint32_t id, uint32_t cpu);
/**
 * Takes a CPU away; CPUPOOL_ANY: the last. Its vCPUs go to the others. 0, -ENOENT (pool), -EINVAL (no such CPU),
 * -EADDRNOTAVAIL (not in it), -EBUSY (the last of a pool that has domains; of Pool-0 -EINVAL).
 */
int cpupool_remove_cpu(uint32_t id, uint32_t cpu);
/** 0, -ENOENT (pool, or one without CPUs). */
int cpupool_move_domain(struct domain *d, uint32_t id);
/** CPUs in no pool. */
cpumask_t cpupool_free_cpus(void);
/** The pool of a domain that is being made, before it has vCPUs. 0, -ESRCH (no such pool), -ENODEV (it has no CPU). */
int cpupool_join(struct domain *d, uint32_t id);
/** The id of @d's pool. */
uint32_t cpupool_id_of(const struct domain *d);
/** The policy of pool @id; NULL: there is no such pool. */
const struct sched_policy *cpupool_policy(uint32_t id);

#endif
