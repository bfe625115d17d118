/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU that waits for an event (SCHEDOP_block), for certain ports (SCHEDOP_poll), or lets others go first. It first
 * sets its flag and then looks whether what it waits for is there already; who makes it happen first makes it visible
 * and then looks at the flag. So no wake-up is lost. The switch itself happens on the way out of the hypercall.
 */
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hv/smp.h"
#include "hv/softirq.h"
#include "hv/trace.h"
#include "runq.h"

#define POLL_MAX 128

static bool clear_flag(struct vcpu *v, uint32_t flag)
{
    return __atomic_fetch_and(&v->pause_flags, ~flag, __ATOMIC_SEQ_CST) & flag;
}

void vcpu_block_current(void)
{
    struct vcpu *v = current_vcpu();

    __atomic_store_n(&v->info->evtchn_upcall_mask, 0, __ATOMIC_SEQ_CST); /* xen/sched.h: blocking enables delivery */
    __atomic_fetch_or(&v->pause_flags, VPF_BLOCKED, __ATOMIC_SEQ_CST);
    if (arch_event_deliverable(v)) {
        clear_flag(v, VPF_BLOCKED);
        return;
    }
    TRACE_OF(TRC_SCHED_BLOCK, v);
    softirq_raise(SOFTIRQ_SCHEDULE);
}

void vcpu_unblock(struct vcpu *v)
{
    if (clear_flag(v, VPF_BLOCKED | VPF_POLLED))
        vcpu_wake(v);
}

void vcpu_notify(struct vcpu *v)
{
    vcpu_unblock(v);
    if (v != current_vcpu() && READ_ONCE(v->is_running))
        arch_smp_kick(v->processor);
}

void vcpu_yield_current(void)
{
    TRACE_OF(TRC_SCHED_YIELD, current_vcpu());
    current_vcpu()->sched.yielded = true;
    softirq_raise(SOFTIRQ_SCHEDULE);
}

/*
 * Who polls stands in the domain's bitmap, so that an event looks at those alone, and in a count, so that most events
 * need not look at all. A vCPU enters itself, before it says that it sleeps, and leaves by itself when it runs again:
 * nobody else changes its bit, so a bit is never set for one that does not poll, nor missing for one that does.
 */
static void poll_enter(struct vcpu *v)
{
    struct domain *d = v->domain;

    v->poll_listed = true;
    __atomic_fetch_or(&d->polling[v->id / 64], BIT(v->id % 64), __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&d->poll_count, 1, __ATOMIC_SEQ_CST);
}

static void poll_leave(struct vcpu *v)
{
    struct domain *d = v->domain;

    v->poll_listed = false;
    __atomic_fetch_sub(&d->poll_count, 1, __ATOMIC_SEQ_CST);
    __atomic_fetch_and(&d->polling[v->id / 64], ~BIT(v->id % 64), __ATOMIC_SEQ_CST);
}

void sched_poll_settle(struct vcpu *v)
{
    if (unlikely(v->poll_listed) && !(READ_ONCE(v->pause_flags) & VPF_POLLED))
        poll_leave(v);
}

static void poll_mark(struct vcpu *v, int32_t port)
{
    WRITE_ONCE(v->poll_port, port);
    if (!v->poll_listed)
        poll_enter(v);
    __atomic_fetch_or(&v->pause_flags, VPF_POLLED, __ATOMIC_SEQ_CST);
}

static void poll_end(struct vcpu *v)
{
    if (clear_flag(v, VPF_POLLED))
        vcpu_wake(v);
}

static void poll_timeout(void *data) { poll_end(data); }

void sched_poll_init(struct vcpu *v) { timer_init(&v->poll, poll_timeout, v, v->processor); }

/* 1: @v needs not wait, an event can be delivered or one of the ports is pending. */
static int poll_check(struct vcpu *v, const evtchn_port_t *port, uint32_t nr)
{
    struct domain *d = v->domain;
    int pending = 0;

    if (arch_event_deliverable(v))
        return 1;
    for (uint32_t i = 0; i < nr; i++) {
        if (!port[i] || port[i] >= d->events.valid)
            return -EINVAL;
        pending |= evtchn_port_pending(d, port[i]);
    }
    return pending;
}

int vcpu_poll_current(uint64_t ports_va, uint32_t nr, uint64_t timeout_ns)
{
    struct vcpu *v = current_vcpu();
    evtchn_port_t port[POLL_MAX];

    if (nr > POLL_MAX)
        return -EINVAL;
    if (!arch_guest_range_ok(ports_va, nr * sizeof(port[0])))
        return -EFAULT;
    if (arch_event_deliverable(v))
        return 0; /* whatever the ports are */
    if (arch_copy_from_guest(port, ports_va, nr * sizeof(port[0])))
        return -EFAULT;
    int rc = poll_check(v, port, nr); /* mostly it is there: nobody need know that we asked */
    if (rc)
        return MIN(rc, 0);
    poll_mark(v, nr == 1 ? (int32_t)port[0] : -1);
    rc = poll_check(v, port, nr);
    if (rc) {
        poll_end(v);
        sched_poll_settle(v);
        return MIN(rc, 0);
    }
    if (timeout_ns) {
        timer_migrate(&v->poll, v->processor);
        timer_set(&v->poll, timeout_ns);
    } else {
        timer_stop(&v->poll);
    }
    TRACE_OF(TRC_SCHED_BLOCK, v);
    softirq_raise(SOFTIRQ_SCHEDULE);
    return 0;
}

void vcpu_poll_notify(struct domain *d, uint32_t port)
{
    for (uint32_t word = 0; word < (d->max_vcpus + 63) / 64; word++) {
        unsigned long bits = __atomic_load_n(&d->polling[word], __ATOMIC_SEQ_CST);
        for (; bits; bits &= bits - 1) {
            struct vcpu *v = d->vcpu[word * 64 + (uint32_t)__builtin_ctzl(bits)];
            int32_t wanted = READ_ONCE(v->poll_port);
            if ((READ_ONCE(v->pause_flags) & VPF_POLLED) && (wanted == -1 || wanted == (int32_t)port))
                poll_end(v);
        }
    }
}
