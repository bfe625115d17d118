/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guests that compute and sleep: see guest_model.h. */
#include "guest_model.h"

struct model models[MODELS_MAX];
unsigned int model_count;

struct burst_end { struct model *m; uint64_t serial; };

static struct model *model_of(const struct vcpu *v)
{
    return v->arch.regs.rip ? &models[v->arch.regs.rip - 1] : NULL;
}

static void model_wakes(void *data)
{
    struct model *m = data;
    m->woken = now_ns();
    m->wakes++;
    sim_on_cpu((unsigned int)(m->wakes * 7 + m->v->id) % cpu_count); /* the event comes from anywhere */
    vcpu_unblock(m->v);
}

static void model_burst_ends(void *data)
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

static void model_in(struct model *m)
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

static void model_out(struct model *m)
{
    uint64_t ran = now_ns() - m->since;
    m->used += ran;
    m->left -= MIN(ran, m->left);
    m->serial++;
}

/* The model's number travels in RIP, which arch/sim saves and loads like a register. */
static void model_switched(struct vcpu *prev, struct vcpu *next)
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

struct model *model_add(struct vcpu *v, uint64_t burst, uint64_t sleep)
{
    struct model *m = &models[model_count++];
    *m = (struct model){ .v = v, .burst = burst, .sleep = sleep };
    v->arch.regs.rip = model_count;
    sim_switched = model_switched;
    return m;
}

uint64_t model_used(const struct model *m)
{
    return m->used + (m->v->is_running ? now_ns() - m->since : 0);
}

void check_places(struct domain *d)
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

void check_work_conserving(void)
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
