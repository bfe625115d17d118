/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting and being stopped: block, poll, pause, and the account of it in the runstate. */
#include "sim_test.h"

#include "hv/smp.h"
#include "hv/softirq.h"

#define MS NS_PER_MS

static struct domain *d;
static struct vcpu *v;
static int ports[3];

/* One domain of @vcpus on as many CPUs, all running, and three IPI ports of vCPU 0, masked. */
static void start(unsigned int vcpus)
{
    sim_start(&(struct sim_config){ .frames = 16384, .cpus = vcpus });
    d = sim_domain(1, vcpus);
    v = d->vcpu[0];
    sim_run_until(MS);
    sim_on_cpu(v->processor);
    assert_ptr_equal(current_vcpu(), v);
    for (unsigned int i = 0; i < 3; i++) {
        ports[i] = evtchn_bind_ipi(d, 0);
        assert_true(ports[i] > 0);
        d->shared_info->evtchn_mask[0] |= 1UL << ports[i];
    }
    sim_guest_window(ports, sizeof(ports));
}

static bool runs(void)
{
    unsigned int here = this_cpu_id();
    sim_settle();
    sim_on_cpu(here);
    return v->is_running;
}

static void unmask(int port) { d->shared_info->evtchn_mask[0] &= ~(1UL << port); }

static void block(void **state)
{
    start(1);
    vcpu_block_current();
    assert_false(runs());
    assert_int_equal(v->info->evtchn_upcall_mask, 0);
    assert_int_equal(v->runstate, RUNSTATE_blocked);
    evtchn_send(d, (uint32_t)ports[0]); /* masked: no reason to wake */
    assert_false(runs());
    unmask(ports[1]);
    evtchn_send(d, (uint32_t)ports[1]);
    assert_true(runs());
    vcpu_block_current(); /* one is pending: it returns at once */
    assert_true(runs());
    v->info->evtchn_upcall_pending = 0;
    v->info->evtchn_pending_sel = 0;
    vcpu_block_current();
    assert_false(runs());
    vcpu_timer_set_singleshot(v, 2 * MS, 0);
    assert_true(evtchn_bind_virq(d, VIRQ_TIMER, 0) > 0);
    sim_run_until(3 * MS);
    assert_true(runs());
}

static void poll(void **state)
{
    enum { NONE = 0, LATER = 1000000000 };
    static const struct {
        const char *name;
        uint32_t nr;
        uint64_t timeout;
        int before, after; /* index of the port that is sent before or after the call, -1 none */
        bool sleeps, wakes;
    } cases[] = {
        { "one port, nothing happens", 1, NONE, -1, -1, true, false },
        { "pending already", 1, NONE, 0, -1, false, true },
        { "another is pending", 1, NONE, 1, -1, true, false },
        { "becomes pending", 1, NONE, -1, 0, true, true },
        { "another becomes pending", 1, NONE, -1, 2, true, false },
        { "of several, pending already", 2, NONE, 1, -1, false, true },
        { "of several, becomes pending", 3, NONE, -1, 2, true, true },
        { "no port and no time", 0, NONE, -1, -1, true, false },
        { "timeout in the future", 1, LATER, -1, -1, true, true },
        { "timeout in the past", 1, 1, -1, -1, true, true },
    };

    for (size_t c = 0; c < ARRAY_SIZE(cases); c++) {
        pid_t pid = fork();
        if (pid) {
            int status;
            assert_int_equal(waitpid(pid, &status, 0), pid);
            if (status)
                fail_msg("%s", cases[c].name);
            continue;
        }
        start(1);
        v->info->evtchn_upcall_mask = 1;
        if (cases[c].before >= 0)
            evtchn_send(d, (uint32_t)ports[cases[c].before]);
        bool ok = vcpu_poll_current((uint64_t)ports, cases[c].nr, cases[c].timeout) == 0;
        ok = ok && (runs() || cases[c].timeout == 1) != cases[c].sleeps;
        if (cases[c].timeout == 1)
            ok = true; /* its timer may have fired while it went to sleep */
        if (cases[c].after >= 0)
            evtchn_send(d, (uint32_t)ports[cases[c].after]);
        sim_run_until(2000000000);
        _exit(!(ok && runs() == cases[c].wakes));
    }
}

static void poll_errors(void **state)
{
    start(1);
    assert_int_equal(vcpu_poll_current((uint64_t)ports, 129, 0), -EINVAL);
    assert_int_equal(vcpu_poll_current(16, 1, 0), -EFAULT);
    assert_int_equal(vcpu_poll_current((uint64_t)(ports + 2), 2, 0), -EFAULT);
    ports[1] = 100000;
    assert_int_equal(vcpu_poll_current((uint64_t)ports, 2, 0), -EINVAL);
    assert_true(runs());
    assert_int_equal(v->pause_flags, 0);
    assert_int_equal(d->poll_count, 0);
}

/* An event that the guest can take ends a poll for something else. */
static void poll_ends_by_event(void **state)
{
    start(1);
    unmask(ports[2]);
    v->info->evtchn_upcall_mask = 0;
    assert_int_equal(vcpu_poll_current((uint64_t)ports, 1, 0), 0);
    assert_false(runs());
    evtchn_send(d, (uint32_t)ports[2]);
    assert_true(runs());
}

static void pauses_nest(void **state)
{
    start(2);
    struct vcpu *other = d->vcpu[1];
    vcpu_pause(other);
    assert_false(other->is_running);
    assert_int_equal(other->runstate, RUNSTATE_offline);
    vcpu_pause(other);
    domain_pause(d);
    vcpu_unpause(other);
    vcpu_unpause(other);
    runs();
    assert_false(other->is_running);
    assert_false(v->is_running); /* its own domain: it went as soon as it could */
    domain_unpause(d);
    assert_true(runs());
    assert_true(other->is_running);
    assert_true(sim_panics(vcpu_unpause(other)));
}

/* Two vCPUs in hypercalls that pause each other: one must give way. */
static void mutual_pause(void **state)
{
    start(2);
    struct vcpu *other = d->vcpu[1];
    struct sim_cpu *there = sim_cpu(other->processor);

    there->inside = true; /* it is in its hypercall, which pauses us, and waits */
    sim_on_cpu(there->id);
    vcpu_pause_nosync(v);
    sim_on_cpu(v->processor);
    assert_int_equal(vcpu_pause_restartable(other), -ERESTART);
    assert_int_equal(other->pause_count, 0);
    assert_int_equal(domain_pause_restartable(d), -ERESTART);
    assert_int_equal(d->pause_count, 0);
    sim_exit_path(v->processor); /* we leave */
    assert_false(v->is_running);
    there->inside = false;
    sim_settle();
    assert_true(other->is_running);
    vcpu_unpause(v);
    assert_true(runs());
    sim_on_cpu(v->processor);
    assert_int_equal(vcpu_pause_restartable(other), 0);
    assert_false(other->is_running);
}

static void unwilling_wait_is_found(void **state)
{
    start(2);
    sim_cpu(d->vcpu[1]->processor)->inside = true;
    assert_true(sim_panics(vcpu_pause(d->vcpu[1])));
}

/* What the guest sees of its own runstate, in the old and in the guarded form. */
static void runstate_area(void **state)
{
    static struct vcpu_runstate_info area;

    start(1);
    sim_guest_window(&area, sizeof(area));
    v->runstate_area = (uint64_t)&area;
    for (unsigned int guarded = 0; guarded < 2; guarded++) {
        d->vm_assist = guarded ? BIT(VMASST_TYPE_runstate_update_flag) : 0;
        uint64_t blocked = area.time[RUNSTATE_blocked], now = now_ns();
        vcpu_block_current();
        assert_false(runs());
        sim_run_until(now + 7 * MS);
        vcpu_unblock(v);
        assert_true(runs());
        assert_int_equal(area.state, RUNSTATE_running);
        assert_int_equal(area.state_entry_time, now + 7 * MS);
        assert_int_equal(area.time[RUNSTATE_blocked], blocked + 7 * MS);
    }
    v->runstate_area = 4096; /* unmapped: nothing happens */
    vcpu_update_runstate_area(v);
}

SIM_TESTS(cmocka_unit_test(block), cmocka_unit_test(poll), cmocka_unit_test(poll_errors),
          cmocka_unit_test(poll_ends_by_event), cmocka_unit_test(pauses_nest), cmocka_unit_test(mutual_pause),
          cmocka_unit_test(unwilling_wait_is_found), cmocka_unit_test(runstate_area))
