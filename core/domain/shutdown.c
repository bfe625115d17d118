/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A domain stops itself, or is stopped because of what it did: shutdown, resume, crash, watchdogs. */
#include "base/format.h"
#include "core/domain/domain.h"
#include "hv/hypercall.h"

/*
 * What may be called under locks only marks: a shutdown is declared with the locks of events, queues and page types
 * held, with interrupts off, and by the very function that raises an event. So nobody is notified here, whatever the
 * reason is; a tasklet does it, without a lock, before this CPU returns to a guest. It holds a reference on the domain.
 */
static void shutdown_told(void *data)
{
    struct domain *d = data;
    /* Cleared first: who stops the domain again from now on queues another notification. */
    __atomic_store_n(&d->tell_queued, false, __ATOMIC_SEQ_CST);
    uint32_t port = __atomic_exchange_n(&d->tell_port, 0, __ATOMIC_SEQ_CST);
    if (port)
        evtchn_send(d, port);
    else
        virq_raise_global(VIRQ_DOM_EXC);
    domain_put(d);
}

void domain_shutdown_init(struct domain *d)
{
    spin_lock_init(&d->shutdown_lock, LOCK_SHUTDOWN);
    tasklet_init(&d->tell, shutdown_told, d);
}

/* @port: the listener's, 0: the toolstack as such. */
static void shutdown_tell(struct domain *d, uint32_t port)
{
    __atomic_store_n(&d->tell_port, port, __ATOMIC_SEQ_CST);
    if (__atomic_exchange_n(&d->tell_queued, true, __ATOMIC_SEQ_CST))
        return; /* the notification is queued */
    if (domain_get(d))
        tasklet_schedule(&d->tell);
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
    irqflags_t flags = irq_save(); /* an interrupt may raise events */
    evtchn_forbid();
    int code = shutdown_begin(d, reason);
    if (code >= 0 && !d->is_hardware) {
        domain_changed(d->id);
        shutdown_tell(d, code == SHUTDOWN_suspend ? d->suspend_port : 0);
    }
    evtchn_allow();
    irq_restore(flags);
    if (code >= 0 && d->is_hardware)
        arch_hardware_shutdown((uint32_t)code);
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
    domain_changed(d->id);
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
