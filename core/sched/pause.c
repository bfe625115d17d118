/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pausing: counted, by the hypervisor for itself (vcpu.pause_count) or for a whole domain (domain.pause_count).
 *
 * A CPU that waits for another's vCPU to leave cannot leave its own, so two that wait for each other would do so for
 * ever. Who may meet another such uses the restartable forms: while waiting they watch whether their own vCPU is to
 * stop, and give way.
 */
#include "hv/hypercall.h"
#include "hv/lock_debug.h"
#include "hv/log.h"
#include "runq.h"

static void count_up(uint32_t *count) { __atomic_fetch_add(count, 1, __ATOMIC_SEQ_CST); }

static bool count_down(uint32_t *count)
{
    uint32_t before = __atomic_fetch_sub(count, 1, __ATOMIC_SEQ_CST);
    BUG_ON(!before);
    return before == 1;
}

void vcpu_pause_nosync(struct vcpu *v)
{
    count_up(&v->pause_count);
    vcpu_sleep_nosync(v);
}

void vcpu_pause(struct vcpu *v)
{
    count_up(&v->pause_count);
    if (v == current_vcpu())
        vcpu_sleep_nosync(v);
    else
        vcpu_sleep_sync(v);
}

void vcpu_unpause(struct vcpu *v)
{
    if (count_down(&v->pause_count))
        vcpu_wake(v);
}

/* Waits until @v has left its CPU; false if we are to leave ours first. */
static bool wait_stopped(struct vcpu *v)
{
    const struct vcpu *self = current_vcpu();

    lock_debug_may_wait(LOCK_WAIT_VCPU);
    if (v == self)
        return true;
    while (!vcpu_runnable(v) && __atomic_load_n(&v->is_running, __ATOMIC_ACQUIRE)) {
        if (!vcpu_is_idle(self) && !vcpu_runnable(self))
            return false;
        cpu_relax();
    }
    arch_sync_vcpu(v);
    return true;
}

int vcpu_pause_restartable(struct vcpu *v)
{
    vcpu_pause_nosync(v);
    if (wait_stopped(v))
        return 0;
    vcpu_unpause(v);
    return -ERESTART;
}

static void domain_pause_nosync(struct domain *d)
{
    struct vcpu *v;

    count_up(&d->pause_count);
    for_each_vcpu(d, v)
        vcpu_sleep_nosync(v);
}

int domain_controller_pause_nosync(struct domain *d)
{
    spin_lock(&d->lock);
    bool counted = d->controller_pauses != ~0u;
    d->controller_pauses += counted;
    spin_unlock(&d->lock);
    if (!counted)
        return -EOVERFLOW;
    domain_pause_nosync(d);
    return 0;
}

void domain_pause(struct domain *d)
{
    struct vcpu *v;

    domain_pause_nosync(d);
    for_each_vcpu(d, v)
        if (v != current_vcpu())
            vcpu_sleep_sync(v);
}

int domain_pause_restartable(struct domain *d)
{
    struct vcpu *v;

    domain_pause_nosync(d);
    for_each_vcpu(d, v)
        if (!wait_stopped(v)) {
            domain_unpause(d);
            return -ERESTART;
        }
    return 0;
}

void domain_unpause(struct domain *d)
{
    struct vcpu *v;

    if (!count_down(&d->pause_count))
        return;
    for_each_vcpu(d, v)
        vcpu_wake(v);
}
