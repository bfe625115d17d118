/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Physical interrupts as event channels. What a pirq is, and who may have it, the architecture knows (arch_pirq_*). */
#include "core/event/layout.h"
#include "hv/heap.h"

#define PIRQ_LIMIT 8192u

/* Makes room for @pirq in the table. events.lock held. */
static int pirq_make_room(struct domain *d, uint32_t pirq)
{
    struct evtchn_space *s = &d->events;
    if (pirq < s->pirq_count)
        return 0;
    uint32_t count = MAX(64u, ROUND_UP(pirq + 1, 64u));
    uint32_t *table = hv_zalloc_array(count, sizeof(*table));
    if (!table)
        return -ENOMEM;
    irqflags_t flags = spin_lock_irqsave(&s->pirq_lock);
    uint32_t *old = s->pirq_port;
    if (old)
        memcpy(table, old, s->pirq_count * sizeof(*table));
    s->pirq_port = table;
    s->pirq_count = count;
    spin_unlock_irqrestore(&s->pirq_lock, flags);
    hv_free(old);
    return 0;
}

static int pirq_bind_locked(struct domain *d, uint32_t pirq, uint32_t flags)
{
    struct evtchn *e;
    int rc = pirq_make_room(d, pirq);
    if (rc)
        return rc;
    if (d->events.pirq_port[pirq])
        return -EEXIST;
    int port = evtchn_take_port(d, &e);
    if (port < 0)
        return port;

    /* Bound before the architecture may let the first interrupt through. */
    e->pirq = pirq;
    e->state = EVTCHN_PIRQ;
    irqflags_t irq = spin_lock_irqsave(&d->events.pirq_lock);
    d->events.pirq_port[pirq] = (uint32_t)port;
    spin_unlock_irqrestore(&d->events.pirq_lock, irq);
    rc = arch_pirq_bind(d->vcpu[0], pirq, flags & BIND_PIRQ__WILL_SHARE);
    if (!rc)
        return port;

    irq = spin_lock_irqsave(&d->events.pirq_lock);
    d->events.pirq_port[pirq] = 0;
    spin_unlock_irqrestore(&d->events.pirq_lock, irq);
    evtchn_free_port(d, e);
    return rc;
}

int evtchn_bind_pirq(struct domain *d, uint32_t pirq, uint32_t flags)
{
    if (pirq >= PIRQ_LIMIT || !domain_vcpu(d, 0))
        return -EINVAL;
    spin_lock(&d->events.lock);
    int rc = pirq_bind_locked(d, pirq, flags);
    spin_unlock(&d->events.lock);
    return rc;
}

bool pirq_raise(struct domain *d, uint32_t pirq)
{
    irqflags_t flags = spin_lock_irqsave(&d->events.pirq_lock);
    uint32_t port = pirq < d->events.pirq_count ? d->events.pirq_port[pirq] : 0;
    if (port)
        evtchn_raise(d, evtchn_find(d, port));
    spin_unlock_irqrestore(&d->events.pirq_lock, flags);
    return port != 0;
}
