/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU pools: their errors, that a vCPU runs on its pool's CPUs only whatever is changed, and what a removed CPU does.
 */
#include "sim_test.h"

#include "guest.h"
#include "core/sched/policy.h"
#include "hv/cpupool.h"
#include "hv/heap.h"

enum { CPUS = 6, GUESTS = 4, VCPUS = 3 };
static struct domain *dom[GUESTS];
static unsigned long switches, wrong;

/* The law: nothing is put on a CPU that is not its pool's, and its pool's set is what the pool says. */
static void switched(struct vcpu *prev, struct vcpu *next)
{
    *guest_regs() = next->arch.regs;
    if (vcpu_is_idle(next))
        return;
    switches++;
    wrong += !cpumask_test(cpupool_cpus_of(next->domain), this_cpu_id());
}

static void start(void)
{
    sim_start(&(struct sim_config){ .frames = 16384, .cpus = CPUS });
    sim_guest_window(box, sizeof(box));
    sim_switched = switched;
    for (unsigned int i = 0; i < GUESTS; i++)
        dom[i] = sim_domain((domid_t)(i + 1), VCPUS);
    sim_settle();
}

static unsigned int running_on(unsigned int cpu)
{
    unsigned int nr = 0;
    struct vcpu *v;
    for (unsigned int i = 0; i < GUESTS; i++)
        for_each_vcpu(dom[i], v)
            nr += v->is_running && v->processor == cpu;
    return nr;
}

static void a_pool_of_its_own(void **state)
{
    start();
    uint32_t id = CPUPOOL_ANY;
    assert_int_equal(cpupool_create(&id, &sched_credit2), 0);
    assert_int_equal(id, 1);
    assert_int_equal(cpupool_move_domain(dom[0], id), -ENOENT); /* no CPU in it */
    assert_int_equal(cpupool_add_cpu(id, 5), -ENODEV);
    assert_int_equal(cpupool_remove_cpu(id, 5), -EADDRNOTAVAIL);
    assert_int_equal(cpupool_remove_cpu(0, 5), 0);
    sim_run_until(now_ns() + NS_PER_SEC);
    assert_int_equal(running_on(5), 0); /* in no pool: it idles, though others wait */
    cpumask_t free = cpupool_free_cpus();
    assert_true(cpumask_test(&free, 5) && cpumask_weight(&free) == 1);
    assert_int_equal(cpupool_add_cpu(id, CPUPOOL_ANY), 0);
    assert_int_equal(cpupool_move_domain(dom[0], id), 0);
    sim_run_until(now_ns() + NS_PER_SEC);
    assert_int_equal(running_on(5), 1);
    struct vcpu *v;
    for_each_vcpu(dom[0], v)
        assert_int_equal(v->processor, 5);
    assert_int_equal(cpupool_id_of(dom[0]), id);
    assert_int_equal(cpupool_destroy(id), -EBUSY);
    assert_int_equal(cpupool_remove_cpu(id, 5), -EBUSY); /* its last, and a domain needs it */
    assert_int_equal(cpupool_move_domain(dom[0], 0), 0);
    assert_int_equal(cpupool_destroy(id), -EBUSY); /* it has a CPU */
    assert_int_equal(cpupool_remove_cpu(id, CPUPOOL_ANY), 0);
    assert_int_equal(cpupool_destroy(id), 0);
    assert_int_equal(cpupool_destroy(id), -ENOENT);
    assert_int_equal(cpupool_add_cpu(0, 5), 0);
    sim_run_until(now_ns() + NS_PER_SEC);
    assert_int_equal(running_on(5), 1);
    assert_int_equal(wrong, 0);
}

static void numbers(void **state)
{
    start();
    static const struct { uint32_t id; int rc; uint32_t got; } t[] = {
        { 0, -EEXIST, 0 }, { 7, 0, 7 }, { 7, -EEXIST, 7 }, { CPUPOOL_ANY, 0, 1 }, { CPUPOOL_ANY, 0, 2 }, { 3, 0, 3 },
        { CPUPOOL_ANY, 0, 4 },
    };
    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        uint32_t id = t[i].id;
        assert_int_equal(cpupool_create(&id, &sched_credit2), t[i].rc);
        assert_int_equal(id, t[i].got);
    }
    static const uint32_t in_order[] = { 0, 1, 2, 3, 4, 7 };
    uint32_t id = 0, domains;
    cpumask_t cpus;
    for (size_t i = 0; i < ARRAY_SIZE(in_order); i++, id++) {
        assert_int_equal(cpupool_info(&id, &domains, &cpus, NULL), 0);
        assert_int_equal(id, in_order[i]);
        assert_int_equal(domains, id ? 0 : GUESTS);
        assert_int_equal(cpumask_weight(&cpus), id ? 0 : CPUS);
    }
    assert_int_equal(cpupool_info(&id, &domains, &cpus, NULL), -ENOENT);
    assert_int_equal(cpupool_add_cpu(9, 0), -ENOENT);
    assert_int_equal(cpupool_add_cpu(1, CPUS), -EINVAL);
    assert_int_equal(cpupool_add_cpu(1, CPUPOOL_ANY), -ENODEV);
    assert_int_equal(cpupool_remove_cpu(9, 0), -ENOENT);
    assert_int_equal(cpupool_remove_cpu(1, 0), -EADDRNOTAVAIL);
    assert_int_equal(cpupool_remove_cpu(1, CPUPOOL_ANY), -EINVAL);
    assert_int_equal(cpupool_join(dom[0], 9), -ESRCH);
    assert_int_equal(cpupool_join(dom[0], 1), -ENODEV);
}

/* An affinity is kept, counts where the pool has such CPUs, and does not keep a vCPU from running elsewhere. */
static void affinity_within_a_pool(void **state)
{
    start();
    uint32_t id = CPUPOOL_ANY;
    cpumask_t only = { { 1u << 1 } }, far = { { 1u << 5 } };
    struct vcpu *v = dom[0]->vcpu[0];
    assert_int_equal(vcpu_set_affinity(v, &only, NULL), 0);
    sim_run_until(now_ns() + NS_PER_SEC);
    assert_int_equal(v->processor, 1);
    assert_int_equal(cpupool_create(&id, &sched_credit2), 0);
    assert_int_equal(cpupool_remove_cpu(0, 4), 0);
    assert_int_equal(cpupool_remove_cpu(0, 5), 0);
    assert_int_equal(cpupool_add_cpu(id, 4), 0);
    assert_int_equal(cpupool_add_cpu(id, 5), 0);
    assert_int_equal(cpupool_move_domain(dom[0], id), 0);
    sim_run_until(now_ns() + NS_PER_SEC);
    assert_true(v->processor == 4 || v->processor == 5);
    assert_int_equal(vcpu_set_affinity(v, &only, NULL), -EINVAL); /* not in its pool */
    assert_true(cpumask_test(&v->hard_affinity, 1));
    assert_int_equal(vcpu_set_affinity(v, &far, NULL), 0);
    sim_run_until(now_ns() + NS_PER_SEC);
    assert_int_equal(v->processor, 5);
    assert_int_equal(cpupool_remove_cpu(id, 5), 0);
    sim_run_until(now_ns() + NS_PER_SEC);
    assert_int_equal(v->processor, 4);
    assert_int_equal(cpupool_add_cpu(id, 5), 0);
    sim_run_until(now_ns() + NS_PER_SEC);
    assert_int_equal(v->processor, 5); /* it wanted that, and may again */
}

/* Anything in any order; CPUs are in at most one pool, and who may run does. */
static void random_changes(void **state)
{
    start();
    uint64_t r = 11;
    for (unsigned int step = 0; step < 20000; step++) {
        uint32_t id = sim_random(&r) % 4, cpu = sim_random(&r) % (CPUS + 1), domains;
        cpumask_t cpus, seen = { { 0 } }, free = cpupool_free_cpus();
        switch (sim_random(&r) % 5) {
        case 0:
            id = id ? id : CPUPOOL_ANY;
            if (id != CPUPOOL_ANY || sim_random(&r) % 9 == 0)
                cpupool_create(&id, &sched_credit2);
            break;
        case 1: cpupool_destroy(id); break;
        case 2: cpupool_add_cpu(id, cpu == CPUS ? CPUPOOL_ANY : cpu); break;
        case 3: cpupool_remove_cpu(id, cpu == CPUS ? CPUPOOL_ANY : cpu); break;
        case 4: cpupool_move_domain(dom[sim_random(&r) % GUESTS], id); break;
        }
        sim_run_until(now_ns() + sim_random(&r) % (5 * NS_PER_MS));
        assert_int_equal(wrong, 0);
        free = cpupool_free_cpus();
        unsigned int total = cpumask_weight(&free), members = 0;
        for (id = 0; !cpupool_info(&id, &domains, &cpus, NULL); id++) {
            cpumask_t both;
            cpumask_and(&both, &seen, &cpus);
            assert_true(cpumask_empty(&both));
            assert_true(!domains || !cpumask_empty(&cpus));
            for (unsigned int w = 0; w < CPUMASK_WORDS; w++)
                seen.bits[w] |= cpus.bits[w];
            total += cpumask_weight(&cpus);
            members += domains;
        }
        assert_int_equal(total, CPUS);
        assert_int_equal(members, GUESTS);
        for (unsigned int i = 0; i < GUESTS; i++)
            assert_true(cpumask_test(cpupool_cpus_of(dom[i]), dom[i]->vcpu[0]->processor));
    }
    assert_true(switches > 1000);
}

/* What is dead but still mapped by somebody does not keep a pool. */
static void the_dead_keep_no_pool(void **state)
{
    start();
    uint32_t id = CPUPOOL_ANY;
    assert_int_equal(cpupool_create(&id, &sched_credit2), 0);
    assert_int_equal(cpupool_remove_cpu(0, 3), 0);
    assert_int_equal(cpupool_add_cpu(id, 3), 0);
    assert_int_equal(cpupool_move_domain(dom[1], id), 0);
    mfn_t m = domain_alloc_frames(dom[1], 0, 0);
    assert_true(frame_get(mfn_to_frame(m), dom[1]));
    guest_kill_stages(dom[1]);
    assert_int_equal(cpupool_remove_cpu(id, 3), 0);
    assert_int_equal(cpupool_destroy(id), 0);
    assert_int_equal(cpupool_id_of(dom[1]), 0);
    frame_put(mfn_to_frame(m));
    domain_put(dom[1]);
    sim_settle();
    assert_null(domain_get_by_id(2));
}

SIM_TESTS(cmocka_unit_test(a_pool_of_its_own), cmocka_unit_test(numbers), cmocka_unit_test(affinity_within_a_pool),
          cmocka_unit_test(random_changes), cmocka_unit_test(the_dead_keep_no_pool))
