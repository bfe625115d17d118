/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which CPU. Every search is over sets of CPUs, and looks at a few entries of a queue. */
#include "credit2.h"
#include "hv/softirq.h"
#include "runq.h"

#define LOOK_IDLE    16 /* entries of a queue that an idle CPU considers */
#define LOOK_LAGGING 4  /* entries that a busy one considers */
#define PULL_QUEUES  2  /* queues that a busy CPU looks at in one go */
#define MOVE_LEAD    (20 * NS_PER_MS) /* of virtual time that a vCPU must be behind, to be moved to another CPU */

/* The first of a & b & cpu_online (& c) at or after @from, round the end; CPU_MAX if there is none. */
static unsigned int next_common(const cpumask_t *a, const cpumask_t *b, const cpumask_t *c, unsigned int from)
{
    for (unsigned int i = 0, w = from / 64; i <= CPUMASK_WORDS; i++, w = (w + 1) % CPUMASK_WORDS) {
        uint64_t bits = __atomic_load_n(&a->bits[w], __ATOMIC_SEQ_CST) & b->bits[w] & cpu_online.bits[w];
        if (c)
            bits &= c->bits[w];
        if (i == 0)
            bits &= ~0ULL << from % 64;
        if (bits)
            return w * 64 + (unsigned int)__builtin_ctzll(bits);
    }
    return CPU_MAX;
}

static bool take_idle(unsigned int cpu)
{
    uint64_t bit = 1ULL << cpu % 64;
    return __atomic_fetch_and(&sched_idle.bits[cpu / 64], ~bit, __ATOMIC_SEQ_CST) & bit;
}

/* Takes a CPU out of the idle set for @v: the nearest after its last, where it likes to be first. CPU_MAX: none. */
static unsigned int find_idle(const struct vcpu *v)
{
    const cpumask_t *liked[] = { &v->soft_affinity, NULL };

    for (unsigned int i = 0; i < ARRAY_SIZE(liked); i++)
        for (unsigned int tries = 0; tries < 4; tries++) {
            unsigned int cpu = next_common(&sched_idle, &v->cpus, liked[i], v->processor);
            if (cpu == CPU_MAX)
                break;
            if (take_idle(cpu))
                return cpu;
        }
    return CPU_MAX;
}

unsigned int credit2_choose(struct vcpu *v)
{
    unsigned int here = v->processor, cpu = find_idle(v);

    if (cpu != CPU_MAX)
        return cpu;
    const cpumask_t *liked = next_common(&v->soft_affinity, &v->cpus, NULL, 0) == CPU_MAX ? NULL : &v->soft_affinity;
    unsigned int other = next_common(&cpu_online, &v->cpus, liked, (here + 1) % CPU_MAX);
    if (other == CPU_MAX)
        return here; /* no CPU that it may use is online: vcpu_set_affinity() does not let that come about */
    if (!cpumask_test(&v->cpus, here) || !cpumask_test(&cpu_online, here))
        return other;
    return READ_ONCE(per_cpu(runq, here).queue.nr) > READ_ONCE(per_cpu(runq, other).queue.nr) + 1 ? other : here;
}

void credit2_notify_idle(const struct vcpu *v)
{
    unsigned int cpu = find_idle(v);

    if (cpu != CPU_MAX)
        softirq_raise_on(cpu, SOFTIRQ_SCHEDULE);
}

/* The first of @look entries that may run on @cpu, and that likes it if @liked says so. */
static struct vcpu *queue_find(const struct sched_queue *q, unsigned int cpu, unsigned int look, bool liked)
{
    struct rb_node *n = q->first;

    for (unsigned int i = 0; n && i < look; i++, n = rb_next(n)) {
        struct vcpu *v = vcpu_of(sched_of(n));
        if (cpumask_test(&v->cpus, cpu) && (!liked || cpumask_test(&v->soft_affinity, cpu)))
            return v;
    }
    return NULL;
}

static irqflags_t lock_two(unsigned int a, unsigned int b)
{
    irqflags_t irq = irq_save();
    spin_lock_two(&per_cpu(runq, a).lock, &per_cpu(runq, b).lock);
    return irq;
}

static void unlock_two(unsigned int a, unsigned int b, irqflags_t irq)
{
    spin_unlock(&per_cpu(runq, a).lock);
    spin_unlock_irqrestore(&per_cpu(runq, b).lock, irq);
}

static void move_queued(struct runq *from, struct runq *to, struct vcpu *v, unsigned int cpu)
{
    runq_remove(from, v);
    v->processor = cpu;
    sched_credit2.place(&to->queue, &v->sched, SCHED_MOVES, to->current != to->idle || to->queue.nr);
    runq_insert(to, v);
}

/* An idle CPU that was kicked for one vCPU may have taken another: whoever still waits gets the next idle CPU. */
static void notify_next_idle(unsigned int after)
{
    unsigned int cpu = next_common(&sched_waiting, &cpu_online, NULL, (after + 1) % CPU_MAX);

    if (cpu == CPU_MAX || cpu == after || cpumask_empty(&sched_idle))
        return;
    struct runq *rq = &per_cpu(runq, cpu);
    irqflags_t irq = spin_lock_irqsave(&rq->lock);
    if (rq->queue.nr)
        credit2_notify_idle(vcpu_of(queue_first(&rq->queue)));
    spin_unlock_irqrestore(&rq->lock, irq);
}

/* Takes a vCPU from @victim's queue, which is looked at under its own lock alone: most of the time there is none. */
static bool steal_from(unsigned int victim, unsigned int cpu)
{
    struct runq *rq = &per_cpu(runq, victim);
    irqflags_t irq = spin_lock_irqsave(&rq->lock);
    struct vcpu *v = queue_find(&rq->queue, cpu, LOOK_IDLE, false);

    spin_unlock_irqrestore(&rq->lock, irq);
    if (!v)
        return false;
    irq = lock_two(cpu, victim);
    v = queue_find(&rq->queue, cpu, LOOK_IDLE, false);
    if (v)
        move_queued(rq, &per_cpu(runq, cpu), v, cpu);
    unlock_two(cpu, victim, irq);
    return v;
}

/* Once round the CPUs where somebody waits: the way from here to them grows until it has been all round. */
bool credit2_steal(unsigned int cpu)
{
    unsigned int way = 0;

    for (;;) {
        unsigned int victim = next_common(&sched_waiting, &cpu_online, NULL, (cpu + way + 1) % CPU_MAX);
        unsigned int ahead = victim == CPU_MAX ? 0 : (victim + CPU_MAX - cpu) % CPU_MAX;
        if (ahead <= way)
            return READ_ONCE(per_cpu(runq, cpu).queue.nr);
        way = ahead;
        if (!steal_from(victim, cpu))
            continue;
        cpumask_clear(&sched_idle, cpu);
        notify_next_idle(cpu);
        return true;
    }
}

/* What this CPU would run next, judged by its queue and current vCPU: the least virtual time. */
static bool least_here(const struct runq *rq, uint64_t *key)
{
    const struct sched_vcpu *first = queue_first(&rq->queue);
    bool running = rq->current != rq->idle && vcpu_runnable(rq->current);

    if (!first && !running)
        return false;
    *key = first ? first->key : rq->current->sched.key;
    if (running && key_before(rq->current->sched.key, *key))
        *key = rq->current->sched.key;
    return true;
}

void credit2_pull_lagging(unsigned int cpu)
{
    struct runq *mine = &per_cpu(runq, cpu);

    for (unsigned int i = 0; i < PULL_QUEUES; i++) {
        unsigned int victim = next_common(&sched_waiting, &cpu_online, NULL, (mine->steal_cursor + 1) % CPU_MAX);
        if (victim == CPU_MAX)
            return;
        mine->steal_cursor = victim;
        if (victim == cpu)
            continue;
        struct runq *rq = &per_cpu(runq, victim);
        irqflags_t irq = lock_two(cpu, victim);
        struct vcpu *v = queue_find(&rq->queue, cpu, LOOK_LAGGING, true);
        uint64_t least;
        if (v && least_here(mine, &least) && key_before(v->sched.key + MOVE_LEAD, least))
            move_queued(rq, mine, v, cpu);
        unlock_two(cpu, victim, irq);
    }
}
