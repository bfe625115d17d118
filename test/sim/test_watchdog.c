/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is found standing still, when, and who is not. */
#include "sim_test.h"

#include "hv/options.h"
#include "hv/watchdog.h"

#define CPUS 4u
#define HZ   18u

static void start(unsigned int seconds, unsigned int hz)
{
    sim_start(&(struct sim_config){ .frames = 16384, .cpus = CPUS });
    hv_options.watchdog = OPTION_WATCHDOG_YES;
    hv_options.watchdog_timeout = seconds;
    sim_watchdog_hz = hz;
    watchdog_start();
}

/* A tick's time goes by for all CPUs but those in @stuck. */
static enum watchdog_finding tick(uint32_t stuck, unsigned int *found)
{
    sim_pass(NS_PER_SEC / HZ);
    for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
        if (stuck >> cpu & 1)
            continue;
        sim_on_cpu(cpu);
        timer_interrupt();
        sim_exit_path(cpu);
    }
    sim_on_cpu(0);
    *found = CPUS;
    return watchdog_tick(found);
}

/* How many ticks until somebody is found; 0: nobody within @most. */
static unsigned int until_found(uint32_t stuck, unsigned int most, enum watchdog_finding *what, unsigned int *found)
{
    for (unsigned int i = 1; i <= most; i++)
        if ((*what = tick(stuck, found)) != WATCHDOG_QUIET)
            return i;
    return 0;
}

static void nobody(void **state)
{
    enum watchdog_finding what;
    unsigned int found;

    start(1, HZ);
    assert_int_equal(until_found(0, 100 * HZ, &what, &found), 0);
    assert_int_equal(sim_watchdog_bites, 0);
}

/* Not before the time is over since the last sign of life, which is at most half a second old. */
static void one(void **state)
{
    static const struct {
        const char *name;
        uint32_t stuck;
        enum watchdog_finding what;
        unsigned int cpu;
        uint64_t bites;
    } t[] = {
        { "the CPU that looks", 1, WATCHDOG_SELF_STUCK, 0, 0 },
        { "another", 4, WATCHDOG_OTHER_STUCK, 2, 1 },
        { "two others", 12, WATCHDOG_OTHER_STUCK, 3, 2 },
        { "all", 15, WATCHDOG_SELF_STUCK, 0, 0 },
    };
    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        if (fork()) { /* one machine in the life of a process */
            int end;
            assert_true(wait(&end) > 0 && end == 0);
            continue;
        }
        enum watchdog_finding what;
        unsigned int found;
        start(3, HZ);
        assert_int_equal(until_found(0, 5 * HZ, &what, &found), 0);
        unsigned int ticks = until_found(t[i].stuck, 100 * HZ, &what, &found);
        if (ticks < 3 * HZ - HZ / 2 || ticks > 3 * HZ + 1 || what != t[i].what || found != t[i].cpu ||
            sim_watchdog_bites != t[i].bites)
            fail_msg("%s: after %u ticks %d, CPU %u, %lu bites", t[i].name, ticks, what, found,
                     (unsigned long)sim_watchdog_bites);
        exit(0);
    }
}

/* Bitten, and still there after the same time again. */
static void deaf(void **state)
{
    enum watchdog_finding what;
    unsigned int found;

    start(2, HZ);
    assert_true(until_found(2, 100 * HZ, &what, &found) && what == WATCHDOG_OTHER_STUCK);
    assert_int_equal(until_found(2, 100 * HZ, &what, &found), 2 * HZ);
    assert_true(what == WATCHDOG_OTHER_DEAF && found == 1);
}

static void comes_back(void **state)
{
    enum watchdog_finding what;
    unsigned int found;

    start(2, HZ);
    for (unsigned int i = 0; i < 20; i++) {
        assert_int_equal(until_found(2, 2 * HZ - HZ / 2 - 1, &what, &found), 0);
        assert_int_equal(until_found(0, 2, &what, &found), 0);
    }
}

static void paused(void **state)
{
    enum watchdog_finding what;
    unsigned int found;

    start(1, HZ);
    watchdog_pause();
    watchdog_pause();
    assert_int_equal(until_found(15, 100 * HZ, &what, &found), 0);
    watchdog_resume();
    assert_int_equal(until_found(15, 100 * HZ, &what, &found), 0);
    watchdog_resume();
    assert_int_equal(until_found(1, 100 * HZ, &what, &found), HZ); /* the time counts from here */
}

static void off(void **state)
{
    enum watchdog_finding what;
    unsigned int found;

    start(0, HZ);
    assert_int_equal(until_found(15, 100 * HZ, &what, &found), 0);
}

static void no_clock(void **state)
{
    enum watchdog_finding what;
    unsigned int found;

    start(5, 0);
    assert_int_equal(until_found(15, 100 * HZ, &what, &found), 0);
}

SIM_TESTS(cmocka_unit_test(nobody), cmocka_unit_test(one), cmocka_unit_test(deaf), cmocka_unit_test(comes_back),
          cmocka_unit_test(paused), cmocka_unit_test(off), cmocka_unit_test(no_clock))
