/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One vCPU per CPU: a vCPU that wants to run is given a CPU of its own and keeps it, blocked or paused, until it goes
 * down, or may not use it any more. What finds none free waits, first come first served, and does not run. No slices,
 * no accounts: what there is to decide is decided when a vCPU comes or goes.
 *
 * null_lock protects who holds which CPU and who waits. A CPU that becomes free is told to schedule, finds nothing on
 * its queue, and so comes to find_work(), which gives it to whom it fits.
 */
#include "hv/softirq.h"
#include "runq.h"

#define NO_CPU CPU_MAX

static spinlock_t null_lock = SPINLOCK_INIT(LOCK_SCHED_POLICY);
static cpumask_t held;             /* CPUs that are somebody's */
static struct sched_queue waiting; /* by the number under which they came */
static uint64_t arrivals;

static bool usable(const struct vcpu *v, unsigned int cpu)
{
    return cpumask_test(&v->cpus, cpu) && cpumask_test(&cpu_online, cpu);
}

static bool is_free(const struct vcpu *v, unsigned int cpu)
{
    return usable(v, cpu) && !cpumask_test(&held, cpu);
}

/* The first free CPU for @v, where it likes to be if possible. */
static unsigned int free_cpu(const struct vcpu *v)
{
    unsigned int any = NO_CPU;

    if (is_free(v, v->processor) && cpumask_test(&v->soft_affinity, v->processor))
        return v->processor;
    for (unsigned int cpu = cpumask_next(&v->cpus, 0); cpu < cpu_count; cpu = cpumask_next(&v->cpus, cpu + 1)) {
        if (!is_free(v, cpu))
            continue;
        if (cpumask_test(&v->soft_affinity, cpu))
            return cpu;
        any = any == NO_CPU ? cpu : any;
    }
    return any;
}

static void wait_begin(struct sched_vcpu *s)
{
    if (s->waits)
        return;
    s->waits = true;
    s->key = arrivals++;
    queue_insert(&waiting, s);
    s->place = SCHED_OFF; /* on no CPU's queue */
}

static void wait_end(struct sched_vcpu *s)
{
    if (!s->waits)
        return;
    s->waits = false;
    queue_remove(&waiting, s);
}

static void take(struct vcpu *v, unsigned int cpu)
{
    wait_end(&v->sched);
    cpumask_set(&held, cpu);
    v->sched.own_cpu = cpu;
}

static void give_back(struct vcpu *v)
{
    unsigned int cpu = v->sched.own_cpu;

    if (cpu == NO_CPU)
        return;
    v->sched.own_cpu = NO_CPU;
    cpumask_clear(&held, cpu);
    if (waiting.nr)
        softirq_raise_on(cpu, SOFTIRQ_SCHEDULE);
}

static void join(struct vcpu *v)
{
    v->sched.key = 0;
    v->sched.waits = false;
    v->sched.own_cpu = NO_CPU;
}

static void leave(struct vcpu *v)
{
    spin_lock(&null_lock);
    wait_end(&v->sched);
    give_back(v);
    spin_unlock(&null_lock);
}

/* Down, and not just asleep: somebody else may have its CPU. */
static void stopped(struct vcpu *v)
{
    spin_lock(&null_lock);
    wait_end(&v->sched);
    if (READ_ONCE(v->pause_flags) & VPF_DOWN)
        give_back(v);
    spin_unlock(&null_lock);
}

static unsigned int choose(struct vcpu *v)
{
    spin_lock(&null_lock);
    if (v->sched.own_cpu != NO_CPU && !usable(v, v->sched.own_cpu))
        give_back(v);
    if (v->sched.own_cpu == NO_CPU) {
        unsigned int cpu = free_cpu(v);
        if (cpu == NO_CPU)
            wait_begin(&v->sched);
        else
            take(v, cpu);
    }
    unsigned int own = v->sched.own_cpu;
    spin_unlock(&null_lock);
    return own;
}

/* Who has waited longest of those that may use @cpu, which is nobody's; its domain referenced. */
static struct vcpu *next_for(unsigned int cpu)
{
    for (struct rb_node *n = waiting.first; n; n = rb_next(n)) {
        struct vcpu *v = vcpu_of(sched_of(n));
        if (cpumask_test(&v->cpus, cpu) && domain_get(v->domain))
            return v;
    }
    return NULL;
}

static bool find_work(unsigned int cpu)
{
    irqflags_t irq = spin_lock_irqsave(&null_lock);
    struct vcpu *v = cpumask_test(&held, cpu) ? NULL : next_for(cpu);

    if (v)
        take(v, cpu);
    spin_unlock_irqrestore(&null_lock, irq);
    if (!v)
        return false;
    sched_enqueue(v, false); /* if it stopped meanwhile, the CPU is its all the same */
    domain_put(v->domain);
    return true;
}

static void place(const struct sched_queue *q, struct sched_vcpu *s, enum sched_arrival how, bool busy) { }
static void waits(const struct vcpu *v) { }
static void level(unsigned int cpu) { }
static bool preempts(const struct sched_vcpu *s, const struct sched_vcpu *running) { return false; }
static void charge(struct sched_queue *q, struct vcpu *v, uint64_t ran) { }
static void starts(struct sched_queue *q, const struct sched_vcpu *s) { }
static uint64_t budget(struct vcpu *v, uint64_t now) { return TIME_NEVER; }
static uint64_t release(const struct vcpu *v) { return TIME_NEVER; }
static uint64_t slice(const struct sched_queue *q) { return TIME_NEVER; }

/* There is nothing to set or to read. */
static int domain_params(struct domain *d, struct xen_domctl_scheduler_op *op) { return 0; }
static int pool_params(struct xen_sysctl_scheduler_op *op) { return 0; }

const struct sched_policy sched_null = {
    .id = XEN_SCHEDULER_NULL,
    .name = "null",
    .join = join,
    .leave = leave,
    .stopped = stopped,
    .choose = choose,
    .place = place,
    .waits = waits,
    .find_work = find_work,
    .level = level,
    .preempts = preempts,
    .charge = charge,
    .starts = starts,
    .budget = budget,
    .release = release,
    .slice = slice,
    .domain_params = domain_params,
    .pool_params = pool_params,
};
