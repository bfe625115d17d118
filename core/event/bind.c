/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Giving ports a meaning: unbound, interdomain, VIRQ, IPI; and which vCPU a port notifies. Pirqs are in pirq.c. */
#include "core/event/layout.h"
#include "hv/log.h"

int evtchn_alloc_unbound(struct domain *d, domid_t remote)
{
    struct evtchn *e;
    spin_lock(&d->events.lock);
    int port = evtchn_take_port(d, &e);
    if (port > 0) {
        e->unbound_remote = remote;
        e->state = EVTCHN_UNBOUND;
    }
    spin_unlock(&d->events.lock);
    return port;
}

int evtchn_bind_interdomain(struct domain *d, struct domain *remote, uint32_t remote_port)
{
    struct evtchn *mine, *theirs;
    evtchn_lock_pair(d, remote);
    int port = -EINVAL;
    theirs = remote_port ? evtchn_find(remote, remote_port) : NULL;
    if (!theirs || theirs->state != EVTCHN_UNBOUND || theirs->unbound_remote != d->id || remote->life >= DOMAIN_DYING)
        goto unlock;
    port = evtchn_take_port(d, &mine);
    if (port < 0)
        goto unlock;

    BUG_ON(!domain_get(remote) || !domain_get(d)); /* the caller has a reference on both */
    mine->interdomain.domain = remote;
    mine->interdomain.port = remote_port;
    mine->state = EVTCHN_INTERDOMAIN;
    theirs->interdomain.domain = d;
    theirs->interdomain.port = (uint32_t)port;
    theirs->state = EVTCHN_INTERDOMAIN;
    /* What the peer sent while there was nobody to send to is lost: let the new end look. */
    evtchn_raise(d, mine);
unlock:
    evtchn_unlock_pair(d, remote);
    return port;
}

int evtchn_bind_virq(struct domain *d, uint32_t virq, uint32_t vcpu)
{
    if (virq >= NR_VIRQS || (virq_is_global(virq) && vcpu != 0))
        return -EINVAL;
    struct vcpu *v = domain_vcpu(d, vcpu);
    if (!v)
        return -ENOENT;

    struct evtchn *e;
    spin_lock(&d->events.lock);
    int port = -EEXIST;
    if (v->virq_port[virq])
        goto unlock;
    port = evtchn_take_port(d, &e);
    if (port < 0)
        goto unlock;
    e->notify_vcpu = (uint16_t)vcpu;
    e->virq = virq;
    e->state = EVTCHN_VIRQ;
    irqflags_t flags = spin_lock_irqsave(&v->virq_lock);
    v->virq_port[virq] = (uint32_t)port;
    spin_unlock_irqrestore(&v->virq_lock, flags);
    virq_new_listener(virq, d);
unlock:
    spin_unlock(&d->events.lock);
    return port;
}

int evtchn_bind_ipi(struct domain *d, uint32_t vcpu)
{
    struct evtchn *e;
    if (!domain_vcpu(d, vcpu))
        return -ENOENT;
    spin_lock(&d->events.lock);
    int port = evtchn_take_port(d, &e);
    if (port > 0) {
        e->notify_vcpu = (uint16_t)vcpu;
        e->state = EVTCHN_IPI;
    }
    spin_unlock(&d->events.lock);
    return port;
}

int evtchn_bind_vcpu(struct domain *d, uint32_t port, uint32_t vcpu)
{
    struct vcpu *v = domain_vcpu(d, vcpu);
    if (!v)
        return -ENOENT;
    int rc = -EINVAL;
    spin_lock(&d->events.lock);
    struct evtchn *e = evtchn_find(d, port);
    if (!e)
        goto unlock;
    switch (e->state) {
    case EVTCHN_VIRQ:
        if (!virq_is_global(e->virq))
            break;
        /* fall through */
    case EVTCHN_UNBOUND:
    case EVTCHN_INTERDOMAIN:
    case EVTCHN_PIRQ:
        WRITE_ONCE(e->notify_vcpu, (uint16_t)vcpu);
        rc = 0;
        break;
    }
    if (!rc && e->state == EVTCHN_PIRQ)
        arch_pirq_set_affinity(d, e->pirq, v);
unlock:
    spin_unlock(&d->events.lock);
    return rc;
}

int evtchn_status(struct domain *d, uint32_t port, struct evtchn_status *out)
{
    spin_lock(&d->events.lock);
    const struct evtchn *e = evtchn_find(d, port);
    if (!e) {
        spin_unlock(&d->events.lock);
        return -EINVAL;
    }
    switch (e->state) {
    case EVTCHN_UNBOUND:
        out->status = EVTCHNSTAT_unbound;
        out->u.unbound.dom = e->unbound_remote;
        break;
    case EVTCHN_INTERDOMAIN:
        out->status = EVTCHNSTAT_interdomain;
        out->u.interdomain.dom = e->interdomain.domain->id;
        out->u.interdomain.port = e->interdomain.port;
        break;
    case EVTCHN_PIRQ:
        out->status = EVTCHNSTAT_pirq;
        out->u.pirq = e->pirq;
        break;
    case EVTCHN_VIRQ:
        out->status = EVTCHNSTAT_virq;
        out->u.virq = e->virq;
        break;
    case EVTCHN_IPI:
        out->status = EVTCHNSTAT_ipi;
        break;
    default:
        out->status = EVTCHNSTAT_closed;
    }
    out->vcpu = e->notify_vcpu;
    spin_unlock(&d->events.lock);
    return 0;
}
