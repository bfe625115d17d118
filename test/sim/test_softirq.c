/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Soft interrupts, tasklets, calls on other CPUs, locks and their order. */
#include "sim_test.h"

#include "hv/lock.h"
#include "hv/smp.h"
#include "hv/softirq.h"

static void start(unsigned int cpus) { sim_start(&(struct sim_config){ .frames = 16384, .cpus = cpus }); }

static char trace[256];
static void note(char c)
{
    size_t n = strlen(trace);
    if (n + 1 < sizeof(trace))
        trace[n] = c;
}

static void rcu_runs(void) { note((char)('0' + this_cpu_id())); }

static void softirq_where_it_was_raised(void **state)
{
    start(4);
    softirq_register(SOFTIRQ_RCU, rcu_runs);
    softirq_raise_on(2, SOFTIRQ_RCU);
    softirq_raise_on(2, SOFTIRQ_RCU); /* once is enough, for the interrupt as well */
    assert_int_equal(sim_counters.kicks, 1);
    softirq_raise(SOFTIRQ_RCU);
    assert_true(softirq_pending());
    assert_int_equal(sim_counters.kicks, 1);
    sim_settle();
    assert_string_equal(trace, "02");
    assert_false(softirq_pending());
}

static void note_letter(void *data) { note(*(char *)data); }

static struct tasklet again;
static void schedules_itself(void *data)
{
    note('x');
    if (strlen(trace) < 5)
        tasklet_schedule(&again);
}

static void tasklets_in_order(void **state)
{
    static char letters[] = "abc";
    struct tasklet t[3] = { 0 };

    start(2);
    for (unsigned int i = 0; i < 3; i++) {
        tasklet_init(&t[i], note_letter, &letters[i]);
        tasklet_schedule_on(&t[i], 1);
        tasklet_schedule_on(&t[i], 0); /* it is queued: no effect */
    }
    sim_settle();
    assert_string_equal(trace, "abc");
    tasklet_schedule(&t[1]);
    sim_settle();
    assert_string_equal(trace, "abcb");
    tasklet_init(&again, schedules_itself, NULL);
    tasklet_schedule(&again);
    sim_settle();
    assert_string_equal(trace, "abcbx");
}

static void note_cpu(void *arg)
{
    assert_false(irqs_enabled());
    note((char)('0' + this_cpu_id()));
}

static void call_on_cpus(void **state)
{
    cpumask_t mask;

    start(8);
    cpumask_clear_all(&mask);
    cpumask_set(&mask, 3);
    cpumask_set(&mask, 5);
    smp_call(&mask, note_cpu, NULL);
    assert_string_equal(trace, "35");
    cpumask_set(&mask, 0);
    cpumask_set(&mask, 100); /* not online */
    smp_call(&mask, note_cpu, NULL);
    assert_string_equal(trace, "35350");
    cpumask_clear_all(&mask);
    smp_call(&mask, note_cpu, NULL);
    assert_string_equal(trace, "35350");
    assert_true(irqs_enabled());
}

static void locks_exclude(void **state)
{
    spinlock_t l = SPINLOCK_INIT(LOCK_LEAF);

    start(2);
    for (unsigned int i = 0; i < 70000; i++) { /* tickets wrap */
        assert_true(spin_trylock(&l));
        assert_true(spin_is_held(&l));
        assert_false(spin_trylock(&l));
        spin_unlock(&l);
        assert_false(spin_is_held(&l));
    }
    spin_lock(&l);
    sim_on_cpu(1);
    assert_false(spin_is_held(&l));
    assert_false(spin_trylock(&l));
    assert_true(sim_panics(spin_lock(&l))); /* waits for ever, which the simulator notices */
}

static void readers_and_writers(void **state)
{
    rwlock_t l = RWLOCK_INIT(LOCK_DOMAIN);

    start(2);
    read_lock(&l);
    sim_on_cpu(1);
    read_lock(&l);
    assert_int_equal(l.state, 2);
    read_unlock(&l);
    sim_on_cpu(0);
    read_unlock(&l);
    write_lock(&l);
    sim_on_cpu(1);
    assert_true(sim_panics(read_lock(&l)));
}

static bool both(enum lock_level first, enum lock_level second, bool same)
{
    spinlock_t a = SPINLOCK_INIT(first), b = SPINLOCK_INIT(second);

    spin_lock(&a);
    bool bad = sim_panics(spin_lock(same ? &a : &b));
    if (!bad) {
        spin_unlock(&a); /* not last in, first out: that is allowed */
        spin_unlock(&b);
    } else {
        spin_unlock(&a);
    }
    return !bad;
}

static void lock_order(void **state)
{
    static const struct { const char *name; enum lock_level first, second; bool same, allowed; } cases[] = {
        { "upwards", LOCK_DOMAIN, LOCK_HEAP, false, true },
        { "downwards", LOCK_HEAP, LOCK_DOMAIN, false, false },
        { "two of one level", LOCK_HEAP, LOCK_HEAP, false, false },
        { "two domains", LOCK_DOMAIN, LOCK_DOMAIN, false, true },
        { "two run queues", LOCK_SCHED, LOCK_SCHED, false, true },
        { "the same twice", LOCK_SCHED, LOCK_SCHED, true, false },
        { "unchecked", LOCK_LEAF, LOCK_NONE, false, true },
    };

    start(1);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        if (both(cases[i].first, cases[i].second, cases[i].same) != cases[i].allowed)
            fail_msg("%s", cases[i].name);
    both(LOCK_HEAP, LOCK_DOMAIN, false);
    assert_non_null(strstr(sim_panic_text, "HEAP"));
    assert_non_null(strstr(sim_panic_text, "DOMAIN"));
}

static void release_of_what_is_not_held(void **state)
{
    spinlock_t l = SPINLOCK_INIT(LOCK_LEAF);
    start(1);
    assert_true(sim_panics(spin_unlock(&l)));
}

SIM_TESTS(cmocka_unit_test(softirq_where_it_was_raised), cmocka_unit_test(tasklets_in_order),
          cmocka_unit_test(call_on_cpus), cmocka_unit_test(locks_exclude), cmocka_unit_test(readers_and_writers),
          cmocka_unit_test(lock_order), cmocka_unit_test(release_of_what_is_not_held))
