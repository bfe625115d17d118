/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Closing a port. An interdomain port's peer becomes unbound again, meant for the domain that left; both locks are
 * needed and may have to be taken in the other order, so the peer is read, referenced, and checked again once both are
 * held. The two references by which the ends named each other's domains are dropped when both locks are.
 */
#include "core/event/layout.h"
#include "hv/log.h"

/* Each means that another vCPU of the guest closed and bound this very port meanwhile. After so many the call gives
 * way to what else is to be done and is made again: no answer says "not now", which whoever ends a domain cannot take.
 */
#define CLOSE_TRIES 16

/* The domain at the other end of @port, referenced; NULL if it is no interdomain port. */
static struct domain *close_peer(struct domain *d, uint32_t port)
{
    struct domain *peer = NULL;
    spin_lock(&d->events.lock);
    const struct evtchn *e = evtchn_find(d, port);
    if (e && e->state == EVTCHN_INTERDOMAIN) {
        peer = e->interdomain.domain;
        BUG_ON(!domain_get(peer)); /* the port itself has a reference */
    }
    spin_unlock(&d->events.lock);
    return peer;
}

/* A global VIRQ is recorded with vCPU 0, whichever it notifies; another with the one that it notifies. */
static void close_virq(struct domain *d, struct evtchn *e)
{
    struct vcpu *v = domain_vcpu(d, virq_is_global(e->virq) ? 0 : e->notify_vcpu);
    irqflags_t flags = spin_lock_irqsave(&v->virq_lock);
    BUG_ON(v->virq_port[e->virq] != e->port);
    v->virq_port[e->virq] = 0;
    spin_unlock_irqrestore(&v->virq_lock, flags);
}

static void close_pirq(struct domain *d, uint32_t pirq)
{
    irqflags_t flags = spin_lock_irqsave(&d->events.pirq_lock);
    d->events.pirq_port[pirq] = 0;
    spin_unlock_irqrestore(&d->events.pirq_lock, flags);
    arch_pirq_unbind(d, pirq);
}

/* All locks held that the port's state needs. */
static int close_locked(struct domain *d, struct evtchn *e)
{
    switch (e->state) {
    case EVTCHN_FREE:
    case EVTCHN_RESERVED:
        return -EINVAL;
    case EVTCHN_VIRQ:
        close_virq(d, e);
        break;
    case EVTCHN_PIRQ:
        close_pirq(d, e->pirq);
        break;
    case EVTCHN_INTERDOMAIN: {
        struct evtchn *peer = evtchn_find(e->interdomain.domain, e->interdomain.port);
        BUG_ON(!peer || peer->state != EVTCHN_INTERDOMAIN || peer->interdomain.domain != d ||
               peer->interdomain.port != e->port);
        peer->state = EVTCHN_UNBOUND;
        peer->unbound_remote = d->id;
        break;
    }
    }
    evtchn_free_port(d, e);
    return 0;
}

int evtchn_close(struct domain *d, uint32_t port)
{
    for (unsigned int try = 0; try < CLOSE_TRIES; try++) {
        struct domain *peer = close_peer(d, port), *other = peer ? peer : d;
        evtchn_lock_pair(d, other);
        struct evtchn *e = evtchn_find(d, port);
        bool interdomain = e && e->state == EVTCHN_INTERDOMAIN;
        bool settled = !interdomain || e->interdomain.domain == other;
        int rc = !settled ? -ERESTART : e && port ? close_locked(d, e) : -EINVAL;
        evtchn_unlock_pair(d, other);
        if (interdomain && settled) {
            domain_put(other); /* named by this end */
            domain_put(d);     /* named by the other end */
        }
        if (peer)
            domain_put(peer);
        if (settled)
            return rc;
    }
    return -ERESTART;
}
