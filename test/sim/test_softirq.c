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

static bool both(enum lock_level first, enum lock_level second, unsigned int a, unsigned int b)
{
    static spinlock_t l[2];

    spin_lock_init(&l[a], first);
    spin_lock(&l[a]);
    if (a != b)
        spin_lock_init(&l[b], second);
    bool bad = sim_panics(spin_lock(&l[b]));
    spin_unlock(&l[a]);
    if (!bad) /* not last in, first out: that is allowed */
        spin_unlock(&l[b]);
    return !bad;
}

static void lock_order(void **state)
{
    static const struct {
        const char *name;
        enum lock_level first, second;
        unsigned int a, b;
        bool allowed;
    } cases[] = {
        { "upwards", LOCK_EVENT, LOCK_TIME, 0, 1, true },
        { "downwards", LOCK_TIME, LOCK_EVENT, 0, 1, false },
        { "two of one level", LOCK_TIME, LOCK_TIME, 0, 1, false },
        { "two domains' event channels", LOCK_EVENT, LOCK_EVENT, 0, 1, true },
        { "two, the higher address first", LOCK_EVENT, LOCK_EVENT, 1, 0, false },
        { "the same twice", LOCK_EVENT, LOCK_EVENT, 0, 0, false },
        { "a table and one that it names", LOCK_TABLE_L2, LOCK_TABLE_L2, 1, 0, true },
        { "a table and one below", LOCK_TABLE_L2, LOCK_TABLE_L1, 0, 1, true },
        { "a table and one above", LOCK_TABLE_L2, LOCK_TABLE_L3, 0, 1, false },
        { "two level 1 tables", LOCK_TABLE_L1, LOCK_TABLE_L1, 0, 1, false },
        { "unchecked", LOCK_LEAF, LOCK_NONE, 0, 1, true },
    };

    start(1);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        if (both(cases[i].first, cases[i].second, cases[i].a, cases[i].b) != cases[i].allowed)
            fail_msg("%s", cases[i].name);
    both(LOCK_TIME, LOCK_EVENT, 0, 1);
    assert_non_null(strstr(sim_panic_text, "TIME"));
    assert_non_null(strstr(sim_panic_text, "EVENT"));
}

static bool lock_panics(spinlock_t *l) { return sim_panics(spin_lock(l)); }
static bool call_panics(const cpumask_t *mask) { return sim_panics(smp_call(mask, note_cpu, NULL)); }
static bool kill_panics(struct timer *t) { return sim_panics(timer_kill(t)); }

/* A lock that interrupt handlers take is never taken with interrupts on, and one under which others wait never off. */
static void locks_and_interrupts(void **state)
{
    spinlock_t heap = SPINLOCK_INIT(LOCK_HEAP), grant = SPINLOCK_INIT(LOCK_GRANT);

    start(1);
    assert_true(lock_panics(&heap));
    assert_non_null(strstr(sim_panic_text, "HEAP"));
    irq_disable();
    assert_true(lock_panics(&grant));
    assert_non_null(strstr(sim_panic_text, "GRANT"));
    spin_lock(&heap);
    spin_unlock(&heap);
    irq_enable();
    spin_lock(&grant);
    spin_unlock(&grant);
}

/* smp_call() and timer_kill() wait for others, even if there is nobody to be waited for this time. */
static void who_may_wait_for_other_cpus(void **state)
{
    static const struct { enum lock_level held; bool irqs_off, allowed; } cases[] = {
        { LOCK_NONE, false, true },     { LOCK_NONE, true, false },    { LOCK_DOMCTL, false, true },
        { LOCK_GRANT, false, true },    { LOCK_TABLE_L1, false, true }, { LOCK_FRAMES, false, false },
        { LOCK_EVENT, false, false },   { LOCK_SCHED, true, false },   { LOCK_LEAF, false, false },
    };
    cpumask_t nobody;
    struct timer t;

    start(2);
    cpumask_clear_all(&nobody);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        spinlock_t l = SPINLOCK_INIT(cases[i].held);

        *sim_irqs_on = !cases[i].irqs_off;
        spin_lock(&l);
        timer_init(&t, NULL, NULL, 0);
        if (call_panics(&nobody) == cases[i].allowed || kill_panics(&t) == cases[i].allowed)
            fail_msg("case %zu: %s", i, sim_panic_text);
        spin_unlock(&l);
    }
}

static void release_of_what_is_not_held(void **state)
{
    spinlock_t l = SPINLOCK_INIT(LOCK_LEAF);
    start(1);
    assert_true(sim_panics(spin_unlock(&l)));
}

SIM_TESTS(cmocka_unit_test(softirq_where_it_was_raised), cmocka_unit_test(tasklets_in_order),
          cmocka_unit_test(call_on_cpus), cmocka_unit_test(locks_exclude), cmocka_unit_test(readers_and_writers),
          cmocka_unit_test(lock_order), cmocka_unit_test(locks_and_interrupts),
          cmocka_unit_test(who_may_wait_for_other_cpus), cmocka_unit_test(release_of_what_is_not_held))
