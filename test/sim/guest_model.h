/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests as the scheduler sees them: each vCPU computes for `burst` ns of its own CPU time, then blocks for `sleep` ns,
 * and so on; burst 0 computes for ever. And the laws that hold at every moment.
 */
#ifndef GUEST_MODEL_H
#define GUEST_MODEL_H

#include "sim_test.h"

#include "core/sched/runq.h"

struct model {
    struct vcpu *v;
    uint64_t burst, sleep;       /* ns */
    uint64_t left;               /* of this burst */
    uint64_t used;               /* CPU time in all */
    uint64_t since;              /* when it was switched in */
    uint64_t serial;             /* of the pending end of burst: older ones are void */
    uint64_t woken, latency_max; /* from wake-up to CPU */
    uint64_t wakes;
};

#define MODELS_MAX 8192
static struct model models[MODELS_MAX];
static unsigned int model_count;

struct burst_end { struct model *m; uint64_t serial; };

static inline struct model *model_of(const struct vcpu *v)
{
    return v->arch.regs.rip ? &models[v->arch.regs.rip - 1] : NULL;
}

static inline void model_wakes(void *data)
{
    struct model *m = data;
    m->woken = now_ns();
    m->wakes++;
    sim_on_cpu((unsigned int)(m->wakes * 7 + m->v->id) % cpu_count); /* the event comes from anywhere */
    vcpu_unblock(m->v);
}

static inline void model_burst_ends(void *data)
{
    struct burst_end e = *(struct burst_end *)data;
    free(data);
    if (e.serial != e.m->serial || !e.m->v->is_running)
        return;
    sim_on_cpu(e.m->v->processor);
    e.m->left = 0;
    vcpu_block_current();
    sim_at(now_ns() + e.m->sleep, model_wakes, e.m);
}

static inline void model_in(struct model *m)
{
    m->since = now_ns();
    if (m->woken) {
        m->latency_max = MAX(m->latency_max, now_ns() - m->woken);
        m->woken = 0;
    }
    if (!m->burst)
        return;
    if (!m->left)
        m->left = m->burst;
    struct burst_end *e = malloc(sizeof(*e));
    *e = (struct burst_end){ m, ++m->serial };
    sim_at(now_ns() + m->left, model_burst_ends, e);
}

static inline void model_out(struct model *m)
{
    uint64_t ran = now_ns() - m->since;
    m->used += ran;
    m->left -= MIN(ran, m->left);
    m->serial++;
}

/* The model's number travels in RIP, which arch/sim saves and loads like a register. */
static inline void model_switched(struct vcpu *prev, struct vcpu *next)
{
    if (!vcpu_is_idle(prev) && model_of(prev))
        model_out(model_of(prev));
    next->arch.regs = *guest_regs();
    if (vcpu_is_idle(next))
        return;
    assert_true(cpumask_test(&next->cpus, this_cpu_id()));
    assert_int_equal(next->processor, this_cpu_id());
    if (model_of(next))
        model_in(model_of(next));
}

static inline struct model *model_add(struct vcpu *v, uint64_t burst, uint64_t sleep)
{
    struct model *m = &models[model_count++];
    *m = (struct model){ .v = v, .burst = burst, .sleep = sleep };
    v->arch.regs.rip = model_count;
    sim_switched = model_switched;
    return m;
}

/* CPU time so far, what is running now included. */
static inline uint64_t model_used(const struct model *m)
{
    return m->used + (m->v->is_running ? now_ns() - m->since : 0);
}

/* Every vCPU is in exactly one place, and it is the right one. */
static inline void check_places(struct domain *d)
{
    struct vcpu *v;

    for_each_vcpu(d, v) {
        const struct runq *rq = &per_cpu(runq, v->processor);
        bool running = rq->current == v;
        assert_int_equal(running, v->is_running);
        assert_int_equal(vcpu_runnable(v), running || v->sched.place != SCHED_OFF);
        assert_false(running && v->sched.place != SCHED_OFF);
        assert_int_equal(v->runstate_info.state == RUNSTATE_running, running);
        if (v->sched.place != SCHED_OFF)
            assert_int_equal(v->runstate_info.state, RUNSTATE_runnable);
        struct vcpu_runstate_info r;
        vcpu_runstate_get(v, &r);
        assert_int_equal(r.time[0] + r.time[1] + r.time[2] + r.time[3], now_ns());
    }
}

/* No CPU idles while a vCPU that may run there waits. */
static inline void check_work_conserving(void)
{
    for (unsigned int cpu = 0; cpu < cpu_count; cpu++) {
        const struct runq *rq = &per_cpu(runq, cpu);
        assert_int_equal(cpumask_test(&sched_waiting, cpu), rq->queue.nr != 0);
        for (struct rb_node *n = rq->queue.first; n; n = rb_next(n)) {
            const struct vcpu *v = vcpu_of(sched_of(n));
            for (unsigned int i = 0; i < cpu_count; i++)
                if (per_cpu(runq, i).current == per_cpu(runq, i).idle && cpumask_test(&v->hard_affinity, i))
                    fail_msg("d%uv%u waits for CPU %u, CPU %u idles", v->domain->id, v->id, cpu, i);
        }
    }
}

#endif
