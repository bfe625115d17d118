/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The null policy: a vCPU that runs has a CPU to itself, nobody waits while a CPU that it may use is nobody's, and
 * pools with different policies lie side by side and exchange domains.
 */
#include "support/guest_model.h"

#include "hv/cpupool.h"
#include "hv/options.h"
#include "hv/softirq.h"

#define MS NS_PER_MS

static struct domain *dom[64];

static void start(unsigned int cpus, unsigned int domains, uint32_t vcpus, bool null)
{
    hv_options.sched = null ? OPTION_SCHED_NULL : OPTION_SCHED_CREDIT2;
    sim_start(&(struct sim_config){ .frames = 65536, .cpus = cpus });
    for (unsigned int i = 0; i < domains; i++) {
        struct vcpu *v;
        dom[i] = sim_domain((domid_t)(i + 1), vcpus);
        for_each_vcpu(dom[i], v)
            model_add(v, 0, 0);
    }
}

static void run(uint64_t ms) { sim_run_until(now_ns() + ms * MS); }

static unsigned int running(void)
{
    unsigned int nr = 0;
    for (unsigned int i = 0; i < model_count; i++)
        nr += models[i].v->is_running;
    return nr;
}

/* Four CPUs, six who compute for ever: four do, each where it is; who goes down makes room for the next. */
static void a_cpu_each(void **state)
{
    start(4, 6, 1, true);
    run(50);
    assert_int_equal(running(), 4);
    uint64_t switches = sim_counters.switches;
    run(1000);
    assert_int_equal(sim_counters.switches, switches); /* nobody is ever asked to go */
    struct vcpu *out = NULL, *in[2];
    unsigned int waiting = 0;
    for (unsigned int i = 0; i < 6; i++)
        if (models[i].v->is_running)
            out = models[i].v;
        else
            in[waiting++] = models[i].v;
    assert_int_equal(waiting, 2);
    unsigned int cpu = out->processor;
    vcpu_down(out);
    run(50);
    assert_true(in[0]->is_running && !in[1]->is_running && in[0]->processor == cpu);
    vcpu_up(out); /* and has to wait now, behind the other */
    run(50);
    assert_false(out->is_running || in[1]->is_running);
    vcpu_down(in[0]);
    run(50);
    assert_true(in[1]->is_running && in[1]->processor == cpu);
}

/* Blocked is not gone: its CPU stays its own, and idle. */
static void asleep_keeps_its_cpu(void **state)
{
    start(2, 3, 1, true);
    models[0].burst = models[1].burst = MS;
    models[0].sleep = models[1].sleep = 9 * MS;
    run(1000);
    unsigned int held = 0;
    for (unsigned int i = 0; i < 3; i++)
        held += model_used(&models[i]) > 0;
    assert_int_equal(held, 2);
}

static unsigned int cpus_taken_twice(void)
{
    unsigned int wrong = 0, seen[64] = { 0 };

    for (unsigned int i = 0; i < model_count; i++) {
        const struct vcpu *v = models[i].v;
        if (v->sched.policy == &sched_null && v->sched.own_cpu != CPU_MAX)
            wrong += seen[v->sched.own_cpu]++;
    }
    return wrong;
}

/* A runnable vCPU of a null pool without a CPU, while one that it may use is nobody's. */
static unsigned int waits_in_vain(void)
{
    unsigned int wrong = 0;

    for (unsigned int i = 0; i < model_count; i++) {
        const struct vcpu *v = models[i].v;
        if (v->sched.policy != &sched_null || !vcpu_runnable(v) || v->is_running)
            continue;
        for (unsigned int cpu = 0; cpu < cpu_count; cpu++) {
            bool held = false;
            for (unsigned int k = 0; k < model_count; k++)
                held |= models[k].v->sched.policy == &sched_null && models[k].v->sched.own_cpu == cpu;
            wrong += cpumask_test(&v->cpus, cpu) && !held;
        }
    }
    return wrong;
}

static void some_change(uint64_t *r)
{
    struct model *m = &models[sim_random(r) % model_count];
    cpumask_t one = { { 1ULL << sim_random(r) % cpu_count } }, all;
    uint32_t id = sim_random(r) % 2;

    memset(&all, 0xff, sizeof(all));
    switch (sim_random(r) % 8) {
    case 0: vcpu_down(m->v); break;
    case 1: vcpu_up(m->v); break;
    case 2: vcpu_set_affinity(m->v, &one, NULL); break;
    case 3: vcpu_set_affinity(m->v, &all, &one); break;
    case 4: cpupool_move_domain(m->v->domain, id); break;
    case 5: cpupool_remove_cpu(id, CPUPOOL_ANY); break;
    case 6: cpupool_add_cpu(id, CPUPOOL_ANY); break;
    case 7: vcpu_yield_current(); break;
    }
}

/* Two pools, one with each policy; vCPUs, CPUs and domains come and go. */
static void side_by_side(void **state)
{
    uint32_t id = CPUPOOL_ANY;
    uint64_t r = 5;

    start(8, 6, 2, false);
    assert_int_equal(cpupool_create(&id, &sched_null), 0);
    for (unsigned int i = 0; i < 4; i++)
        assert_int_equal(cpupool_remove_cpu(0, CPUPOOL_ANY), 0);
    for (unsigned int i = 0; i < 4; i++)
        assert_int_equal(cpupool_add_cpu(id, CPUPOOL_ANY), 0);
    for (unsigned int step = 0; step < 20000; step++) {
        sim_on_cpu(sim_random(&r) % cpu_count);
        some_change(&r);
        run(sim_random(&r) % 3 + 1);
        assert_int_equal(cpus_taken_twice(), 0);
        assert_int_equal(waits_in_vain(), 0);
    }
}

/* As large as machines get: everybody who fits runs, and nothing happens afterwards. */
static void large_machine(void **state)
{
    start(4096, 64, 64, true);
    run(200);
    assert_int_equal(running(), 4096);
    uint64_t switches = sim_counters.switches;
    run(2000);
    assert_int_equal(sim_counters.switches, switches);
}

/* The dead hold no CPU, although somebody may keep their domain's pages, and with them the domain, for ever. */
static void the_dead_hold_no_cpu(void **state)
{
    struct vcpu *dies = NULL, *waits = NULL;

    start(2, 3, 1, true);
    run(50);
    for (unsigned int i = 0; i < 3; i++)
        *(models[i].v->is_running ? &dies : &waits) = models[i].v;
    struct domain *d = dies->domain;
    unsigned int cpu = dies->processor;
    mfn_t m = domain_alloc_frames(d, 0, 0);
    assert_true(frame_get(mfn_to_frame(m), d));
    while (domain_kill(d) == -ERESTART)
        run(1);
    run(50);
    assert_true(waits->is_running && waits->processor == cpu);
    assert_int_equal(d->life, DOMAIN_DEAD); /* and still there */
}

SIM_TESTS(cmocka_unit_test(a_cpu_each), cmocka_unit_test(the_dead_hold_no_cpu),
          cmocka_unit_test(asleep_keeps_its_cpu), cmocka_unit_test(side_by_side), cmocka_unit_test(large_machine))
