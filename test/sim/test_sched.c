/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scheduler's laws in simulated time: work conserving, CPU time in proportion to weight,
 * no lost wake-up, caps kept.
 */
#include "support/guest_model.h"

#include "hv/smp.h"
#include "hv/softirq.h"

#define MS NS_PER_MS

static void start(unsigned int cpus) { sim_start(&(struct sim_config){ .frames = 65536, .cpus = cpus }); }

/* One domain a vCPU, each computing for ever at its weight. */
static void hog(domid_t id, uint32_t weight)
{
    struct domain *d = sim_domain(id, 1);
    d->sched.weight = weight;
    model_add(d->vcpu[0], 0, 0);
}


/* Hogs of given weights on a number of CPUs: what share of one CPU each must get. */
static void shares(void **state)
{
    static const struct {
        const char *name;
        unsigned int cpus, hogs;
        uint32_t weight[8];
        double share[8];
    } cases[] = {
        { "one alone", 1, 1, { 256 }, { 1 } },
        { "two equal", 1, 2, { 256, 256 }, { .5, .5 } },
        { "one to two", 1, 2, { 256, 512 }, { .333, .667 } },
        { "one, two, five", 1, 3, { 100, 200, 500 }, { .125, .25, .625 } },
        { "extremes", 1, 2, { 1, 65535 }, { 0, 1 } },
        { "three on two CPUs", 2, 3, { 256, 256, 256 }, { .667, .667, .667 } },
        { "five on four CPUs", 4, 5, { 256, 256, 256, 256, 256 }, { .8, .8, .8, .8, .8 } },
        { "seven on three CPUs", 3, 7, { 7, 7, 7, 7, 7, 7, 7 }, { .428, .428, .428, .428, .428, .428, .428 } },
        { "more than one CPU cannot be had", 2, 3, { 10000, 100, 100 }, { 1, .5, .5 } },
        { "weights on two CPUs", 2, 4, { 256, 256, 512, 512 }, { .333, .333, .667, .667 } },
    };

    for (size_t c = 0; c < ARRAY_SIZE(cases); c++) {
        pid_t pid = fork(); /* a machine each */
        if (pid) {
            int status;
            assert_int_equal(waitpid(pid, &status, 0), pid);
            if (status)
                fail_msg("%s", cases[c].name);
            continue;
        }
        start(cases[c].cpus);
        for (unsigned int i = 0; i < cases[c].hogs; i++)
            hog((domid_t)(i + 1), cases[c].weight[i]);
        for (unsigned int t = 1; t <= 500; t++) {
            sim_run_until(t * 20 * MS);
            check_work_conserving();
        }
        double total = 0;
        for (unsigned int i = 0; i < cases[c].hogs; i++) {
            double got = (double)model_used(&models[i]) / (double)now_ns();
            total += got;
            if (got < cases[c].share[i] - .03 || got > cases[c].share[i] + .03) {
                printf("%s: vCPU %u got %.3f of a CPU, not %.3f\n", cases[c].name, i, got, cases[c].share[i]);
                fflush(stdout);
                _exit(1);
            }
        }
        _exit(total < MIN(cases[c].cpus, cases[c].hogs) - .001);
    }
}

static void caps(void **state)
{
    /*
     * All of one domain's budget may go in the first part of a period,
     * so the uncapped domain cannot use the whole rest.
     */
    static const struct { uint32_t vcpus, cap; double cpus; } cases[] = {
        { 1, 50, .5 }, { 1, 10, .1 }, { 4, 150, 1.5 }, { 2, 0, 1.3 },
    };

    start(4);
    unsigned int first[ARRAY_SIZE(cases)];
    for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
        struct domain *d = sim_domain((domid_t)(i + 1), cases[i].vcpus);
        struct vcpu *v;
        d->sched.cap = cases[i].cap;
        first[i] = model_count;
        for_each_vcpu(d, v)
            model_add(v, 0, 0);
    }
    for (unsigned int t = 1; t <= 200; t++) {
        sim_run_until(t * 50 * MS);
        for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++)
            check_places(models[first[i]].v->domain);
    }
    for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
        double got = 0;
        for (unsigned int n = 0; n < cases[i].vcpus; n++)
            got += (double)model_used(&models[first[i] + n]) / (double)now_ns();
        if (cases[i].cap ? got > cases[i].cpus * 1.02 || got < cases[i].cpus * .95 : got < cases[i].cpus)
            fail_msg("domain with cap %u got %.3f CPUs", cases[i].cap, got);
    }
}

/* Who sleeps most of the time gets the CPU soon after it wakes, whatever else there is. */
static void wakeup_latency(void **state)
{
    start(2);
    for (domid_t i = 1; i <= 6; i++)
        hog(i, 256);
    struct domain *d = sim_domain(20, 2);
    struct model *a = model_add(d->vcpu[0], 100 * NS_PER_US, 7 * MS);
    struct model *b = model_add(d->vcpu[1], 50 * NS_PER_US, 3 * MS);
    sim_run_until(10 * NS_PER_SEC);
    assert_true(a->wakes > 1200 && b->wakes > 2500);
    assert_true(a->latency_max <= MS && b->latency_max <= MS);
}

/* Sleepers of all kinds on several CPUs, some pinned, paused and woken at random. */
static struct domain *random_domain[6];

static void check_all(void)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(random_domain); i++)
        check_places(random_domain[i]);
}

static void random_mask(cpumask_t *m, uint64_t r)
{
    cpumask_clear_all(m);
    m->bits[0] = r & 0xff ? r & 0xff : 0xff;
}

static void random_step(uint64_t r, unsigned int *paused)
{
    unsigned int i = (unsigned int)(r >> 8) % ARRAY_SIZE(random_domain);
    struct domain *d = random_domain[i];
    struct vcpu *v = d->vcpu[(r >> 16) % d->max_vcpus];
    cpumask_t mask;

    sim_on_cpu((unsigned int)(r >> 24) % 8);
    switch (r % 8) {
    case 0:
        vcpu_pause(v);
        assert_true(!v->is_running || v == current_vcpu());
        vcpu_unpause(v);
        break;
    case 1:
        if (!paused[i]++)
            domain_pause(d);
        break;
    case 2:
    case 3:
        if (paused[i]) {
            paused[i] = 0;
            domain_unpause(d);
        }
        break;
    case 4:
        random_mask(&mask, r >> 32);
        assert_int_equal(vcpu_set_affinity(v, &mask, NULL), 0);
        break;
    case 5:
        random_mask(&mask, r >> 32);
        assert_int_equal(vcpu_set_affinity(v, NULL, &mask), 0);
        break;
    case 6:
        if (!vcpu_is_idle(current_vcpu()))
            vcpu_yield_current();
        break;
    case 7:
        vcpu_down(v);
        vcpu_up(v);
    }
    if (softirq_pending())
        arch_smp_kick(this_cpu_id());
}

static void random_life(void **state)
{
    uint64_t seed = 99, now = 0;
    unsigned int paused[ARRAY_SIZE(random_domain)] = { 0 };

    start(8);
    for (unsigned int i = 0; i < ARRAY_SIZE(random_domain); i++) {
        struct domain *d = random_domain[i] = sim_domain((domid_t)(i + 1), 4);
        struct vcpu *v;
        d->sched.weight = 64 << i;
        d->sched.cap = i == 2 ? 120 : 0;
        for_each_vcpu(d, v)
            model_add(v, v->id == 0 ? 0 : (v->id * 3 + i) * 300 * NS_PER_US, (v->id + i) * 700 * NS_PER_US);
    }
    for (unsigned int step = 0; step < 20000; step++) {
        uint64_t r = sim_random(&seed);
        random_step(r, paused);
        sim_run_until(now += (r >> 40) % (400 * NS_PER_US));
        if (step % 16 == 0)
            check_all();
    }
    /* Everything is let go: everybody must come to run again, hogs included. */
    cpumask_t all;
    memset(&all, 0xff, sizeof(all));
    for (unsigned int i = 0; i < ARRAY_SIZE(random_domain); i++) {
        struct vcpu *v;
        if (paused[i])
            domain_unpause(random_domain[i]);
        for_each_vcpu(random_domain[i], v)
            vcpu_set_affinity(v, &all, &all);
    }
    uint64_t used[4 * ARRAY_SIZE(random_domain)];
    for (unsigned int i = 0; i < model_count; i++)
        used[i] = model_used(&models[i]);
    for (unsigned int t = 0; t < 1000; t++) {
        sim_run_until(now += MS);
        check_work_conserving();
    }
    check_all();
    for (unsigned int i = 0; i < model_count; i++)
        if (model_used(&models[i]) == used[i])
            fail_msg("vCPU %u does not run any more", i);
}

/* 4,096 CPUs: all are busy when there are more vCPUs than CPUs, and nobody is left behind. */
static void large_machine(void **state)
{
    enum { CPUS = 4096, DOMAINS = 40, VCPUS = 128 };

    sim_start(&(struct sim_config){ .frames = 1 << 18, .cpus = CPUS });
    for (unsigned int i = 0; i < DOMAINS; i++) {
        struct domain *d = sim_domain((domid_t)(i + 1), VCPUS);
        struct vcpu *v;
        for_each_vcpu(d, v)
            model_add(v, v->id % 8 ? 0 : 2 * MS, MS);
    }
    sim_run_until(20 * MS);
    uint64_t idle = 0;
    for (unsigned int cpu = 0; cpu < CPUS; cpu++)
        idle += per_cpu(runq, cpu).current == per_cpu(runq, cpu).idle;
    assert_int_equal(idle, 0);
    sim_run_until(1000 * MS);
    uint64_t total = 0, least_hog = ~0ULL, least_sleeper = ~0ULL;
    for (unsigned int i = 0; i < model_count; i++) {
        uint64_t used = model_used(&models[i]);
        total += used;
        if (models[i].burst)
            least_sleeper = MIN(least_sleeper, used);
        else
            least_hog = MIN(least_hog, used);
    }
    assert_true(total > CPUS * 1000 * MS / 1000 * 999);
    assert_true(least_hog > 600 * MS); /* .8 would be just */
    assert_true(least_sleeper > 180 * MS);
}

static void idle_machine_sleeps(void **state)
{
    start(8);
    struct domain *d = sim_domain(1, 8);
    struct vcpu *v;
    for_each_vcpu(d, v)
        model_add(v, 10 * NS_PER_US, NS_PER_SEC);
    sim_run_until(NS_PER_SEC / 2);
    sim_counters.switches = 0;
    sim_run_until(10 * NS_PER_SEC);
    assert_true(sim_counters.switches < 8 * 10 * 2 + 8);
    for (unsigned int cpu = 0; cpu < 8; cpu++)
        assert_true(cpu_idle_time(cpu) > 9990 * MS);
}

SIM_TESTS(cmocka_unit_test(shares), cmocka_unit_test(caps), cmocka_unit_test(wakeup_latency),
          cmocka_unit_test(random_life), cmocka_unit_test(large_machine), cmocka_unit_test(idle_machine_sleeps))
