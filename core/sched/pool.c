/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU pools. The scheduler itself knows little of them: what it obeys is each vCPU's `cpus`, the affinity that was
 * asked for within the CPUs of its domain's pool (vcpu_refresh_cpus()), and that is made anew here for all vCPUs that a
 * change concerns. A pool's set is written before, and a vCPU made meanwhile reads it later, so nobody keeps a CPU that
 * is gone.
 */
#include "hv/cpupool.h"

#include "hv/compiler.h"
#include "hv/domain.h"
#include "hv/heap.h"

static struct cpupool pool0;
static struct cpupool *spare; /* destroyed ones: never freed, because cpupool_cpus_of() takes no lock */
static spinlock_t pool_lock = SPINLOCK_INIT(LOCK_CPUPOOL);

void cpupool_init(const struct sched_policy *policy)
{
    pool0.policy = policy;
    memset(&pool0.cpus, 0xff, sizeof(pool0.cpus)); /* whichever come online */
}

const cpumask_t *cpupool_cpus_of(const struct domain *d)
{
    const struct cpupool *p = READ_ONCE(d->pool);
    return p ? &p->cpus : &pool0.cpus;
}

const struct sched_policy *cpupool_policy_of(const struct domain *d)
{
    const struct cpupool *p = READ_ONCE(d->pool);
    return p ? p->policy : pool0.policy;
}

const struct sched_policy *cpupool_default_policy(void) { return pool0.policy; }

/* pool_lock held, as for all that follows. */
static struct cpupool *pool_find(uint32_t id)
{
    struct cpupool *p = &pool0;
    while (p && p->id != id)
        p = p->next;
    return p;
}

static struct cpupool *pool_of(const struct domain *d) { return d->pool ? d->pool : &pool0; }

/* Calls @fn for every domain of @p; those that it does not want to see are none of its business. */
static uint32_t pool_each(const struct cpupool *p, void (*fn)(struct domain *d))
{
    uint32_t nr = 0;
    struct domain *d;
    for_each_domain(d) {
        if (pool_of(d) != p)
            continue;
        nr += d->life < DOMAIN_DYING;
        if (fn)
            fn(d);
    }
    return nr;
}

static void refresh(struct domain *d)
{
    struct vcpu *v;
    for_each_vcpu(d, v)
        vcpu_refresh_cpus(v);
}

/* What is dying is in nobody's way. */
static void move_to_pool0(struct domain *d)
{
    d->pool = &pool0;
    refresh(d);
}

static cpumask_t taken_cpus(void)
{
    cpumask_t taken = { { 0 } };
    for (const struct cpupool *p = &pool0; p; p = p->next)
        for (unsigned int w = 0; w < CPUMASK_WORDS; w++)
            taken.bits[w] |= p->cpus.bits[w];
    return taken;
}

cpumask_t cpupool_free_cpus(void)
{
    spin_lock(&pool_lock);
    cpumask_t taken = taken_cpus(), free = cpu_online;
    spin_unlock(&pool_lock);
    for (unsigned int w = 0; w < CPUMASK_WORDS; w++)
        free.bits[w] &= ~taken.bits[w];
    return free;
}

static uint32_t lowest_free_id(void)
{
    uint32_t id = 1;
    while (pool_find(id))
        id++;
    return id;
}

int cpupool_create(uint32_t *id, const struct sched_policy *policy)
{
    struct cpupool *fresh = READ_ONCE(spare) ? NULL : hv_zalloc(sizeof(*fresh)), *before = &pool0;
    spin_lock(&pool_lock);
    if (fresh) {
        fresh->next = spare;
        spare = fresh;
    }
    struct cpupool *p = spare;
    if (!p) {
        spin_unlock(&pool_lock);
        return -ENOMEM;
    }
    p->id = *id == CPUPOOL_ANY ? lowest_free_id() : *id;
    int rc = pool_find(p->id) ? -EEXIST : 0;
    if (!rc) {
        while (before->next && before->next->id < p->id)
            before = before->next;
        spare = p->next;
        p->next = before->next;
        before->next = p;
        p->policy = policy;
        *id = p->id;
    }
    spin_unlock(&pool_lock);
    return rc;
}

int cpupool_destroy(uint32_t id)
{
    struct cpupool *p, *before = &pool0;
    spin_lock(&pool_lock);
    p = pool_find(id);
    int rc = !p ? -ENOENT : p == &pool0 || !cpumask_empty(&p->cpus) || pool_each(p, NULL) ? -EBUSY : 0;
    if (!rc) {
        pool_each(p, move_to_pool0);
        while (before->next != p)
            before = before->next;
        before->next = p->next;
        p->next = spare;
        spare = p;
    }
    spin_unlock(&pool_lock);
    return rc;
}

int cpupool_info(uint32_t *id, uint32_t *domains, cpumask_t *cpus, const struct sched_policy **policy)
{
    const struct cpupool *p = &pool0;
    spin_lock(&pool_lock);
    while (p && p->id < *id)
        p = p->next;
    if (p) {
        *id = p->id;
        *domains = pool_each(p, NULL);
        cpumask_and(cpus, &p->cpus, &cpu_online);
        if (policy)
            *policy = p->policy;
    }
    spin_unlock(&pool_lock);
    return p ? 0 : -ENOENT;
}

static int pool_pick_free(uint32_t *cpu)
{
    cpumask_t taken = taken_cpus();
    if (*cpu == CPUPOOL_ANY)
        for (*cpu = 0; *cpu < cpu_count && (cpumask_test(&taken, *cpu) || !cpumask_test(&cpu_online, *cpu)); ++*cpu)
            ;
    else if (*cpu >= cpu_count)
        return -EINVAL;
    return *cpu >= cpu_count || !cpumask_test(&cpu_online, *cpu) || cpumask_test(&taken, *cpu) ? -ENODEV : 0;
}

int cpupool_add_cpu(uint32_t id, uint32_t cpu)
{
    spin_lock(&pool_lock);
    struct cpupool *p = pool_find(id);
    int rc = p ? pool_pick_free(&cpu) : -ENOENT;
    if (!rc) {
        sched_cpu_set_policy(cpu, p->policy);
        cpumask_set(&p->cpus, cpu);
        pool_each(p, refresh);
    }
    spin_unlock(&pool_lock);
    return rc;
}

static int pool_pick_own(const struct cpupool *p, uint32_t *cpu)
{
    cpumask_t usable;
    cpumask_and(&usable, &p->cpus, &cpu_online);
    if (*cpu == CPUPOOL_ANY && !cpumask_empty(&usable))
        for (*cpu = cpu_count; *cpu && !cpumask_test(&usable, --*cpu);)
            ;
    if (*cpu >= cpu_count)
        return -EINVAL;
    if (!cpumask_test(&usable, *cpu))
        return -EADDRNOTAVAIL;
    if (cpumask_weight(&usable) > 1 || !pool_each(p, NULL))
        return 0;
    return p->id ? -EBUSY : -EINVAL; /* Pool-0 always has one */
}

int cpupool_remove_cpu(uint32_t id, uint32_t cpu)
{
    spin_lock(&pool_lock);
    struct cpupool *p = pool_find(id);
    int rc = p ? pool_pick_own(p, &cpu) : -ENOENT;
    if (!rc) {
        cpumask_clear(&p->cpus, cpu);
        pool_each(p, refresh);
    }
    spin_unlock(&pool_lock);
    return rc;
}

static bool pool_can_run(const struct cpupool *p)
{
    cpumask_t usable;
    cpumask_and(&usable, &p->cpus, &cpu_online);
    return !cpumask_empty(&usable);
}

int cpupool_move_domain(struct domain *d, uint32_t id)
{
    spin_lock(&pool_lock);
    struct cpupool *p = pool_find(id);
    int rc = p && pool_can_run(p) ? 0 : -ENOENT;
    if (!rc) {
        WRITE_ONCE(d->pool, p);
        refresh(d);
    }
    spin_unlock(&pool_lock);
    return rc;
}

int cpupool_join(struct domain *d, uint32_t id)
{
    spin_lock(&pool_lock);
    struct cpupool *p = pool_find(id);
    int rc = !p ? -ESRCH : pool_can_run(p) ? 0 : -ENODEV;
    if (!rc)
        WRITE_ONCE(d->pool, p);
    spin_unlock(&pool_lock);
    return rc;
}

const struct sched_policy *cpupool_policy(uint32_t id)
{
    spin_lock(&pool_lock);
    const struct cpupool *p = pool_find(id);
    const struct sched_policy *policy = p ? p->policy : NULL;
    spin_unlock(&pool_lock);
    return policy;
}

uint32_t cpupool_id_of(const struct domain *d)
{
    const struct cpupool *p = READ_ONCE(d->pool);
    return p ? p->id : 0;
}
