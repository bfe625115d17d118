/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A domain stops itself, or is stopped because of what it did: shutdown, resume, crash, watchdogs. */
#include "base/format.h"
#include "core/domain/domain.h"
#include "hv/hypercall.h"

/*
 * A shutdown may be declared with locks held under which no event may be raised, so the toolstack is told from a
 * tasklet.
 */
static struct tasklet shutdown_tell;

static void shutdown_told(void *unused)
{
    virq_raise_global(VIRQ_DOM_EXC);
}

static void shutdown_notify(void)
{
    if (!shutdown_tell.fn)
        tasklet_init(&shutdown_tell, shutdown_told, NULL);
    tasklet_schedule(&shutdown_tell);
}

/* Latches the reason and stops the vCPUs. The reason that counts, or -1 if the domain was shutting down already. */
static int shutdown_begin(struct domain *d, uint32_t reason)
{
    struct vcpu *v;
    irqflags_t flags = spin_lock_irqsave(&d->shutdown_lock);
    if (d->shutdown_code == ~0u)
        d->shutdown_code = reason;
    int code = d->is_shutting_down ? -1 : (int)d->shutdown_code;
    if (code >= 0 && !d->is_hardware) {
        d->is_shutting_down = d->is_shut_down = true;
        for_each_vcpu(d, v) {
            v->paused_for_shutdown = true;
            vcpu_pause_nosync(v);
        }
    }
    spin_unlock_irqrestore(&d->shutdown_lock, flags);
    return code;
}

void domain_shutdown(struct domain *d, uint32_t reason)
{
    int code = shutdown_begin(d, reason);
    if (code < 0)
        return;
    if (d->is_hardware)
        arch_hardware_shutdown((uint32_t)code);
    if (code == SHUTDOWN_suspend && d->suspend_port)
        evtchn_send(d, d->suspend_port);
    else
        shutdown_notify();
}

void domain_resume(struct domain *d)
{
    struct vcpu *v;
    irqflags_t flags = spin_lock_irqsave(&d->shutdown_lock);
    d->is_shutting_down = d->is_shut_down = false;
    d->shutdown_code = ~0u;
    for_each_vcpu(d, v) {
        if (!v->paused_for_shutdown)
            continue;
        v->paused_for_shutdown = false;
        vcpu_unpause(v);
    }
    spin_unlock_irqrestore(&d->shutdown_lock, flags);
}

void domain_crash(struct domain *d, const char *fmt, ...)
{
    char text[200];
    va_list args;
    if (__atomic_exchange_n(&d->crash_reported, true, __ATOMIC_RELAXED)) {
        domain_shutdown(d, SHUTDOWN_crash);
        return;
    }
    va_start(args, fmt);
    vformat(text, sizeof(text), fmt, args);
    va_end(args);

    const struct vcpu *v = current_vcpu();
    if (v->domain == d) {
        log_error("Domain %u (vcpu#%u) crashed: %s", d->id, v->id, text);
        arch_dump_vcpu(v);
    } else {
        log_error("Domain %u crashed: %s (reported by d%uv%u)", d->id, text, v->domain->id, v->id);
    }
    domain_shutdown(d, SHUTDOWN_crash);
}

static void watchdog_expired(void *data)
{
    struct domain *d = data;
    if (d->is_shutting_down)
        return;
    log_warning("Watchdog of domain %u expired", d->id);
    domain_shutdown(d, SHUTDOWN_watchdog);
}

void domain_watchdogs_init(struct domain *d)
{
    for (unsigned int i = 0; i < DOMAIN_WATCHDOGS; i++)
        timer_init(&d->watchdog[i].timer, watchdog_expired, d, 0);
}

void domain_watchdogs_stop(struct domain *d)
{
    for (unsigned int i = 0; i < DOMAIN_WATCHDOGS; i++)
        timer_kill(&d->watchdog[i].timer);
}

static void watchdog_arm(struct domain *d, unsigned int i, uint32_t timeout_s)
{
    timer_set(&d->watchdog[i].timer, now_ns() + timeout_s * NS_PER_SEC);
}

static long watchdog_new(struct domain *d, uint32_t timeout_s)
{
    if (!timeout_s)
        return -EINVAL;
    for (unsigned int i = 0; i < DOMAIN_WATCHDOGS; i++) {
        if (d->watchdog[i].used)
            continue;
        d->watchdog[i].used = true;
        watchdog_arm(d, i, timeout_s);
        return i + 1;
    }
    return -ENOSPC;
}

static long watchdog_change(struct domain *d, unsigned int i, uint32_t timeout_s)
{
    if (!d->watchdog[i].used)
        return -EINVAL;
    if (timeout_s) {
        watchdog_arm(d, i, timeout_s);
    } else {
        timer_stop(&d->watchdog[i].timer);
        d->watchdog[i].used = false;
    }
    return 0;
}

long domain_watchdog(struct domain *d, uint32_t id, uint32_t timeout_s)
{
    if (id > DOMAIN_WATCHDOGS)
        return -EINVAL;
    spin_lock(&d->lock);
    long rc = id ? watchdog_change(d, id - 1, timeout_s) : watchdog_new(d, timeout_s);
    spin_unlock(&d->lock);
    return rc;
}
