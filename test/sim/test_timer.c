/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Timers: in order, never early, once. */
#include "sim_test.h"

#include "hv/smp.h"
#include "hv/softirq.h"

static void start(unsigned int cpus) { sim_start(&(struct sim_config){ .frames = 16384, .cpus = cpus }); }

static uint64_t last_fired;
static unsigned int fired;

struct probe { struct timer t; uint64_t want; bool armed; };

static void probe_fires(void *data)
{
    struct probe *p = data;

    assert_true(p->armed);
    assert_true(now_ns() >= p->want);
    assert_int_equal(now_ns(), p->want); /* an idle machine is not late either */
    assert_true(p->want >= last_fired);
    assert_int_equal(this_cpu_id(), p->t.cpu);
    last_fired = p->want;
    p->armed = false;
    fired++;
}

/* Timers are set, moved, stopped at random; each armed one fires at its time and on its CPU. */
static void random_life(void **state)
{
    static struct probe probe[200];
    uint64_t seed = 11, now = 0;
    unsigned int expected = 0;

    start(8);
    for (size_t i = 0; i < ARRAY_SIZE(probe); i++)
        timer_init(&probe[i].t, probe_fires, &probe[i], (unsigned int)i % 8);
    for (unsigned int step = 0; step < 20000; step++) {
        uint64_t r = sim_random(&seed);
        struct probe *p = &probe[r % ARRAY_SIZE(probe)];
        sim_on_cpu((unsigned int)(r >> 10) % 8);
        switch ((r >> 20) % 8) {
        case 0:
            timer_stop(&p->t);
            expected -= p->armed;
            p->armed = false;
            break;
        case 1:
            timer_migrate(&p->t, (unsigned int)(r >> 30) % 8);
            break;
        case 2:
            sim_run_until(now += (r >> 40) % 5000);
            break;
        default:
            p->want = now + 1 + (r >> 40) % 20000;
            timer_set(&p->t, p->want);
            expected += !p->armed;
            p->armed = true;
        }
        assert_int_equal(timer_active(&p->t), p->armed);
    }
    sim_run_until(now + 100000);
    assert_int_equal(fired, expected);
    for (size_t i = 0; i < ARRAY_SIZE(probe); i++)
        assert_false(probe[i].armed);
}

static struct timer again;
static void sets_itself_in_the_past(void *data)
{
    if (++fired < 1000)
        timer_set(&again, 1);
}

/* A timer that is always due does not keep the CPU from the rest of its work. */
static void always_due(void **state)
{
    start(1);
    timer_init(&again, sets_itself_in_the_past, NULL, 0);
    timer_set(&again, 1);
    sim_run_until(NS_PER_SEC);
    assert_int_equal(fired, 1000);
}

static void kills_itself(void *data)
{
    struct timer *t = data;
    fired++;
    timer_kill(t);
    free(t); /* from here on nobody may look at it: the sanitizer sees */
}

static void kill_in_callback(void **state)
{
    start(1);
    struct timer *t = malloc(sizeof(*t));
    timer_init(t, kills_itself, t, 0);
    timer_set(t, 100);
    sim_run_until(1000);
    assert_int_equal(fired, 1);
}

static void dead_stays_dead(void **state)
{
    start(1);
    static struct probe p;
    timer_init(&p.t, probe_fires, &p, 0);
    timer_set(&p.t, 100);
    timer_kill(&p.t);
    timer_set(&p.t, 200);
    sim_run_until(1000);
    assert_int_equal(fired, 0);
}

static struct timer slow;
static void waits_for_kick(void *data)
{
    fired++;
    if (fired == 1) { /* moved and set again while it runs: the other CPU must not run it at the same time */
        timer_migrate(&slow, 1);
        timer_set(&slow, now_ns());
        sim_exit_path(1);
        assert_int_equal(fired, 1);
    }
}

static void not_on_two_cpus(void **state)
{
    start(2);
    timer_init(&slow, waits_for_kick, NULL, 0);
    timer_set(&slow, 100);
    sim_run_until(NS_PER_MS);
    assert_int_equal(fired, 2);
}

/* The vCPU's own timers. */
static bool virq_pending(struct vcpu *v, int port) { return evtchn_port_pending(v->domain, (uint32_t)port); }

static void vcpu_timers(void **state)
{
    start(1);
    struct domain *d = sim_domain(1, 1);
    struct vcpu *v = d->vcpu[0];
    int port = evtchn_bind_virq(d, VIRQ_TIMER, 0);

    assert_true(port > 0);
    sim_run_until(NS_PER_MS);
    assert_int_equal(vcpu_timer_set_singleshot(v, 10, VCPU_SSHOTTMR_future), -ETIME);
    assert_false(virq_pending(v, port));
    assert_int_equal(vcpu_timer_set_singleshot(v, 10, 0), 0); /* past: at once */
    sim_run_until(NS_PER_MS + 1);
    assert_true(virq_pending(v, port));

    d->shared_info->evtchn_pending[0] = 0;
    assert_int_equal(vcpu_timer_set_periodic(v, NS_PER_MS - 1), -EINVAL);
    assert_int_equal(vcpu_timer_set_periodic(v, ~0ULL), -EINVAL);
    assert_int_equal(vcpu_timer_set_periodic(v, 5 * NS_PER_MS), 0);
    for (unsigned int i = 1; i <= 20; i++) {
        sim_run_until(NS_PER_MS + i * 5 * NS_PER_MS);
        assert_false(virq_pending(v, port));
        sim_run_until(NS_PER_MS + 1 + i * 5 * NS_PER_MS);
        assert_true(virq_pending(v, port));
        d->shared_info->evtchn_pending[0] = 0;
    }
    vcpu_timer_stop_periodic(v);
    sim_run_until(NS_PER_SEC);
    assert_false(virq_pending(v, port));

    vcpu_timer_op(v, (uint64_t)-5);
    sim_run_until(2 * NS_PER_SEC);
    assert_true(virq_pending(v, port));
}

/* What the guest reads in shared_info, for several clocks and offsets. */
static void wallclock(void **state)
{
    static const struct { const char *name; uint64_t base; int64_t offset; uint64_t sec; uint32_t nsec; } cases[] = {
        { "the epoch", 0, 0, 0, 0 },
        { "an ordinary day", 1700000000123456789ULL, 0, 1700000000, 123456789 },
        { "ahead", 1700000000000000000ULL, 3600000000000LL, 1700003600, 0 },
        { "behind", 1700000000000000000ULL, -1, 1699999999, 999999999 },
        { "before the epoch", 5, -10, 0, 0 },
        { "after 2106", 5000000000000000007ULL, 0, 5000000000, 7 },
    };

    start(1);
    struct domain *d = sim_domain(1, 1);
    shared_info_t *s = d->shared_info;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        uint32_t version = s->wc_version;
        d->time_offset_ns = cases[i].offset;
        wallclock_set(cases[i].base);
        if (s->wc_sec != (uint32_t)cases[i].sec || s->xen_wc_sec_hi != cases[i].sec >> 32 ||
            s->wc_nsec != cases[i].nsec)
            fail_msg("%s", cases[i].name);
        assert_true(s->wc_version != version && !(s->wc_version & 1));
        s->wc_version = (uint32_t)sim_random(&(uint64_t){ i + 1 }); /* the guest may write what it likes */
        domain_update_wallclock(d);
        assert_false(s->wc_version & 1);
    }
}

SIM_TESTS(cmocka_unit_test(random_life), cmocka_unit_test(always_due), cmocka_unit_test(kill_in_callback),
          cmocka_unit_test(dead_stays_dead), cmocka_unit_test(not_on_two_cpus), cmocka_unit_test(vcpu_timers),
          cmocka_unit_test(wallclock))
