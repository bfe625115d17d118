/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an operation costs does not grow with the machine. Two counts: locks taken, by a wrapped spin_lock(), and steps,
 * which are the basic blocks of core/sched and core/event that were run: both are compiled for this test so that each
 * block calls __sanitizer_cov_trace_pc(). So the figures are the program's own, the same on every host.
 */
#include "sim_test.h"

#include "core/event/layout.h"
#include "hv/lock.h"
#include "hv/softirq.h"

#define MS NS_PER_MS

static uint64_t locks, steps;

void __wrap_spin_lock(spinlock_t *l);
void __real_spin_lock(spinlock_t *l);
void __wrap_spin_lock(spinlock_t *l)
{
    locks++;
    __real_spin_lock(l);
}

void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void) { steps++; }

struct cost { uint64_t locks, steps; };

#define COST(statement)                                                          \
    ({                                                                           \
        locks = steps = 0;                                                       \
        statement;                                                               \
        (struct cost){ locks, steps };                                           \
    })

/* Each case is a machine of its own; what it counts comes back. */
static struct cost count(struct cost (*fn)(unsigned int n, unsigned int k), unsigned int n, unsigned int k)
{
    int ends[2], status;
    struct cost c;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (!pid) {
        c = fn(n, k);
        _exit(write(ends[1], &c, sizeof(c)) != sizeof(c));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_int_equal(read(ends[0], &c, sizeof(c)), sizeof(c));
    close(ends[0]);
    close(ends[1]);
    return c;
}

static void pin(struct vcpu *v, unsigned int cpu)
{
    cpumask_t only;
    cpumask_clear_all(&only);
    cpumask_set(&only, cpu);
    assert_int_equal(vcpu_set_affinity(v, &only, NULL), 0);
}

/* @waiting CPUs of @cpus have two vCPUs each that may run nowhere else; another CPU looks for work. */
static struct cost goes_idle(unsigned int cpus, unsigned int waiting)
{
    sim_start(&(struct sim_config){ .frames = 1 << 18, .cpus = cpus });
    for (unsigned int i = 0; i < waiting; i++) {
        struct domain *d = sim_domain((domid_t)(i + 1), 2);
        pin(d->vcpu[0], 2 * i + 1);
        pin(d->vcpu[1], 2 * i + 1);
    }
    sim_run_until(MS);
    sim_on_cpu(0);
    softirq_raise(SOFTIRQ_SCHEDULE);
    return COST(sim_exit_path(0));
}

static void idle_beside_pinned(void **state)
{
    static const unsigned int cpus[] = { 8, 64, 512, 4096 };
    struct cost first = count(goes_idle, 4, 1);
    printf("4 CPUs, one waits: %lu locks, %lu steps\n", first.locks, first.steps);
    for (unsigned int i = 0; i < ARRAY_SIZE(cpus); i++) {
        struct cost c = count(goes_idle, cpus[i], 1), half = count(goes_idle, cpus[i], cpus[i] / 2);
        printf("%u CPUs, one waits: %lu locks, %lu steps; half of them: %lu, %lu\n", cpus[i], c.locks, c.steps,
               half.locks, half.steps);
        assert_int_equal(c.locks, first.locks);
        assert_true(c.steps <= first.steps + 4 * CPU_MAX / 64); /* words of the set of CPUs */
        assert_true(half.locks <= cpus[i] / 2 + first.locks); /* each once */
    }
}

static evtchn_port_t port;

static void send_setup(unsigned int vcpus, struct domain **d)
{
    sim_start(&(struct sim_config){ .frames = 1 << 16, .cpus = 2 });
    *d = sim_domain(1, vcpus);
    struct vcpu *v;
    for_each_vcpu(*d, v)
        if (v->id && v->id != vcpus - 1)
            vcpu_down(v);
    pin((*d)->vcpu[0], 0);
    if (vcpus > 1)
        pin((*d)->vcpu[vcpus - 1], 1);
    sim_run_until(MS);
    port = (evtchn_port_t)evtchn_bind_ipi(*d, 0);
    (*d)->shared_info->evtchn_mask[0] = ~0UL;
    sim_guest_window(&port, sizeof(port));
}

static struct cost send_again(struct domain *d)
{
    d->shared_info->evtchn_pending[0] = 0;
    return COST(evtchn_send(d, port));
}

/* The last of @vcpus polls for something else when @polls, or has done so. */
static struct cost send_while(unsigned int vcpus, unsigned int polls)
{
    struct domain *d;
    evtchn_port_t other;
    send_setup(vcpus, &d);
    other = (evtchn_port_t)evtchn_bind_ipi(d, 0);
    struct vcpu *v = d->vcpu[vcpus - 1];
    if (polls) {
        sim_on_cpu(v->processor);
        assert_ptr_equal(current_vcpu(), v);
        evtchn_port_t mine = port;
        port = other;
        assert_int_equal(vcpu_poll_current((uint64_t)&port, 1, 0), 0);
        port = mine;
        sim_settle();
        assert_false(v->is_running);
    }
    if (polls == 2) {
        assert_int_equal(evtchn_send(d, other), 0);
        sim_settle();
        assert_true(v->is_running);
    }
    sim_on_cpu(0);
    return send_again(d);
}

static void send_beside_polls(void **state)
{
    static const unsigned int vcpus[] = { 2, 64, 65, 128, 512, 2048, 8192 };
    struct cost never = count(send_while, 2, 0);
    for (unsigned int i = 0; i < ARRAY_SIZE(vcpus); i++) {
        struct cost none = count(send_while, vcpus[i], 0), now = count(send_while, vcpus[i], 1),
                    over = count(send_while, vcpus[i], 2);
        printf("%u vCPUs: nobody polls %lu steps, one polls %lu, one polled %lu\n", vcpus[i], none.steps, now.steps,
               over.steps);
        assert_int_equal(none.steps, never.steps);
        assert_int_equal(over.steps, never.steps);
        assert_int_equal(over.locks, never.locks);
        assert_true(now.steps <= never.steps + 20 + 3 * vcpus[i] / 64);
    }
}

/* A port is taken beside @used others, the lowest of which has just been closed and taken again. */
static struct cost take_port(unsigned int used, unsigned int unused)
{
    sim_start(&(struct sim_config){ .frames = 1 << 16, .cpus = 1 });
    const struct domain_config config = { .max_vcpus = 1, .max_evtchn_port = ~0u, .max_grant_frames = 1 };
    struct domain *d;
    assert_int_equal(domain_create(1, &config, &d), 0);
    d->events.layout = &evtchn_layout_fifo;
    for (unsigned int i = 0; i < used; i++)
        assert_true(evtchn_alloc_unbound(d, 1) > 0);
    evtchn_alloc_unbound(d, 1); /* what the next one needs is there */
    assert_int_equal(evtchn_close(d, (uint32_t)used + 1), 0);
    assert_int_equal(evtchn_close(d, 1), 0);
    assert_int_equal(evtchn_alloc_unbound(d, 1), 1);
    int next = 0;
    struct cost c = COST(next = evtchn_alloc_unbound(d, 1));
    assert_int_equal(next, used + 1);
    return c;
}

static void ports(void **state)
{
    struct cost few = count(take_port, 10, 0);
    for (unsigned int used = 1000; used <= 100000; used *= 10) {
        struct cost c = count(take_port, used, 0);
        printf("%u ports: %lu steps to take the next, %lu with 10\n", used, c.steps, few.steps);
        assert_true(c.steps <= few.steps + 3 * used / 64);
    }
}

/* The last port of a domain whose every vCPU has a timer's VIRQ is closed. */
static struct cost close_timer(unsigned int vcpus, unsigned int unused)
{
    sim_start(&(struct sim_config){ .frames = 1 << 16, .cpus = 2 });
    struct domain *d = sim_domain(1, vcpus);
    int last = 0;
    for (unsigned int i = 0; i < vcpus && i < 1000; i++)
        last = evtchn_bind_virq(d, VIRQ_TIMER, i);
    assert_true(last > 0);
    return COST(assert_int_equal(evtchn_close(d, (uint32_t)last), 0));
}

static void virqs(void **state)
{
    struct cost one = count(close_timer, 1, 0), many = count(close_timer, 2048, 0);
    printf("closing a timer's port: %lu locks with one vCPU, %lu with 2048\n", one.locks, many.locks);
    assert_int_equal(one.locks, many.locks);
    assert_int_equal(one.steps, many.steps);
}

SIM_TESTS(cmocka_unit_test(idle_beside_pinned), cmocka_unit_test(send_beside_polls), cmocka_unit_test(ports),
          cmocka_unit_test(virqs))
