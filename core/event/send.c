/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Raising ports: from a guest's send, and the last steps that every source shares. */
#include "core/event/layout.h"
#include "hv/log.h"

#include <narrow_layout.h>

DEFINE_PER_CPU(uint32_t, evtchn_forbidden);

void evtchn_upcall(struct vcpu *v)
{
    /* The exchange orders the pending bits before the flag that makes the guest look for them. */
    if (!__atomic_exchange_n(&v->info->evtchn_upcall_pending, 1, __ATOMIC_SEQ_CST)) {
        arch_event_raised(v);
        vcpu_notify(v);
    }
}

uint32_t *evtchn_narrow_selector(struct vcpu *v)
{
    return (uint32_t *)((char *)v->info + NARROW_VCPU_INFO_EVTCHN_PENDING_SEL);
}

void vcpu_mark_events_pending(struct vcpu *v)
{
    if (READ_ONCE(v->domain->narrow))
        __atomic_store_n(evtchn_narrow_selector(v), ~0u, __ATOMIC_SEQ_CST);
    else
        __atomic_store_n(&v->info->evtchn_pending_sel, ~(xen_ulong_t)0, __ATOMIC_SEQ_CST);
    evtchn_upcall(v);
}

void evtchn_raise(struct domain *d, struct evtchn *e)
{
    ASSERT(!this_cpu(evtchn_forbidden));
    struct vcpu *v = domain_vcpu(d, READ_ONCE(e->notify_vcpu));
    if (!v)
        return;
    READ_ONCE(d->events.layout)->set_pending(v, e);
    if (__atomic_load_n(&d->poll_count, __ATOMIC_SEQ_CST))
        vcpu_poll_notify(d, e->port);
}

int evtchn_send(struct domain *d, uint32_t port)
{
    int rc = 0;
    ASSERT(!this_cpu(evtchn_forbidden));
    spin_lock(&d->events.lock);
    struct evtchn *e = evtchn_find(d, port);
    switch (e ? e->state : EVTCHN_FREE) {
    case EVTCHN_INTERDOMAIN:
        /* Our lock alone keeps the peer's end bound. */
        evtchn_raise(e->interdomain.domain, evtchn_find(e->interdomain.domain, e->interdomain.port));
        break;
    case EVTCHN_IPI:
        evtchn_raise(d, e);
        break;
    case EVTCHN_UNBOUND:
        break; /* nobody is there yet; whoever binds gets an event */
    default:
        rc = -EINVAL;
    }
    spin_unlock(&d->events.lock);
    return rc;
}

int evtchn_unmask(struct domain *d, uint32_t port)
{
    int rc = -EINVAL;
    spin_lock(&d->events.lock);
    struct evtchn *e = port ? evtchn_find(d, port) : NULL;
    if (e)
        d->events.layout->unmask(d, e);
    if (e || !port) /* port 0 exists, and nothing ever happens there */
        rc = 0;
    spin_unlock(&d->events.lock);
    return rc;
}

/* Under the lock, because another vCPU's EVTCHNOP_reset takes the FIFO layout's pages away. */
bool evtchn_port_pending(struct domain *d, uint32_t port)
{
    spin_lock(&d->events.lock);
    bool pending = evtchn_find(d, port) && d->events.layout->is_pending(d, port);
    spin_unlock(&d->events.lock);
    return pending;
}
