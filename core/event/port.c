/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ports as such: the table that grows in buckets, taking and giving back, and the beginning and end of a domain's
 * ports.
 *
 * Port structures are never freed before the domain is, so a pointer to one stays good without a lock; what it says is
 * protected as hv/event.h states. Port 0 is never given out: the ABI uses it for "none".
 */
#include "core/event/layout.h"
#include "hv/heap.h"
#include "hv/hypercall.h"
#include "hv/log.h"

#define HARDWARE_DOMAIN_PORTS 512u

struct evtchn *evtchn_find(struct domain *d, uint32_t port)
{
    if (port >= __atomic_load_n(&d->events.valid, __ATOMIC_ACQUIRE))
        return NULL;
    return &d->events.bucket[port / EVTCHN_BUCKET][port % EVTCHN_BUCKET];
}

/* Makes another bucket of ports exist. */
static int port_grow(struct domain *d)
{
    struct evtchn_space *s = &d->events;
    struct evtchn *group = hv_zalloc_array(EVTCHN_BUCKET, sizeof(*group));
    if (!group)
        return -ENOMEM;
    for (uint32_t i = 0; i < EVTCHN_BUCKET; i++)
        group[i].port = s->valid + i;
    s->bucket[s->valid / EVTCHN_BUCKET] = group;
    __atomic_store_n(&s->valid, s->valid + EVTCHN_BUCKET, __ATOMIC_RELEASE);
    return 0;
}

/* The first free port that the guest's queues have forgotten. */
static int port_search(struct domain *d)
{
    struct evtchn_space *s = &d->events;
    uint32_t limit = MIN(s->max_port, s->layout->ports - 1);
    bool skipped = false;
    for (uint32_t port = s->first_free; port <= limit; port++) {
        if (port == s->valid) {
            int rc = port_grow(d);
            if (rc)
                return rc;
        }
        if (evtchn_find(d, port)->state != EVTCHN_FREE)
            continue;
        if (!s->layout->is_busy(d, port)) {
            if (!skipped)
                s->first_free = port + 1;
            return (int)port;
        }
        if (!skipped)
            s->first_free = port;
        skipped = true;
    }
    return -ENOSPC;
}

int evtchn_take_port(struct domain *d, struct evtchn **out)
{
    if (d->life >= DOMAIN_DYING)
        return -EINVAL;
    int port = port_search(d);
    if (port < 0)
        return port;
    struct evtchn *e = evtchn_find(d, (uint32_t)port);
    e->state = EVTCHN_RESERVED;
    e->notify_vcpu = 0;
    e->priority = EVTCHN_FIFO_PRIORITY_DEFAULT;
    d->events.active++;
    *out = e;
    return port;
}

void evtchn_free_port(struct domain *d, struct evtchn *e)
{
    d->events.layout->clear_pending(d, e);
    e->state = EVTCHN_FREE;
    e->notify_vcpu = 0;
    e->priority = EVTCHN_FIFO_PRIORITY_DEFAULT;
    d->events.active--;
    if (e->port < d->events.first_free)
        d->events.first_free = e->port;
}

void evtchn_lock_pair(struct domain *a, struct domain *b)
{
    if (a == b) {
        spin_lock(&a->events.lock);
        return;
    }
    struct domain *low = a->id < b->id ? a : b, *high = low == a ? b : a;
    spin_lock(&low->events.lock);
    spin_lock(&high->events.lock);
}

void evtchn_unlock_pair(struct domain *a, struct domain *b)
{
    if (a != b)
        spin_unlock(&b->events.lock);
    spin_unlock(&a->events.lock);
}

int evtchn_init(struct domain *d, uint32_t max_port)
{
    struct evtchn_space *s = &d->events;
    spin_lock_init(&s->lock, LOCK_EVENT);
    spin_lock_init(&s->pirq_lock, LOCK_EVENT_SOURCE);
    s->layout = &evtchn_layout_2l;
    s->max_port = MIN(max_port, EVTCHN_PORTS_FIFO - 1);
    s->bucket = hv_zalloc_array(EVTCHN_PORTS_FIFO / EVTCHN_BUCKET, sizeof(*s->bucket));
    if (!s->bucket)
        return -ENOMEM;
    /* dom0 has ports for every guest: those of many guests are there before they are, and not missing after them. */
    do {
        int rc = port_grow(d);
        if (rc)
            return rc;
    } while (d->is_hardware && s->valid < HARDWARE_DOMAIN_PORTS);
    s->bucket[0][0].state = EVTCHN_RESERVED;
    s->first_free = 1;
    s->close_next = 1;
    return 0;
}

/* Closes every port, remembering how far it came. */
static int port_close_all(struct domain *d)
{
    struct evtchn_space *s = &d->events;
    /* Whoever takes a port from now on sees that the domain is dying, if it is. */
    spin_lock(&s->lock);
    spin_unlock(&s->lock);
    for (uint32_t port = s->close_next; port < s->valid; port++) {
        if (hypercall_preempt_every(port - s->close_next, 64)) {
            s->close_next = port;
            return -ERESTART;
        }
        if (READ_ONCE(evtchn_find(d, port)->state) != EVTCHN_FREE && evtchn_close(d, port) == -EBUSY) {
            s->close_next = port;
            return -ERESTART;
        }
    }
    s->close_next = 1;
    return 0;
}

int evtchn_destroy_all(struct domain *d)
{
    ASSERT(d->life >= DOMAIN_DYING);
    if (!d->events.bucket)
        return 0;
    int rc = port_close_all(d);
    if (rc)
        return rc;
    spin_lock(&d->events.lock);
    struct evtchn_fifo *fifo = evtchn_fifo_detach(d);
    spin_unlock(&d->events.lock);
    evtchn_fifo_free(fifo);
    return 0;
}

int evtchn_reset(struct domain *d)
{
    int rc = port_close_all(d);
    if (rc)
        return rc;
    /* A guest that binds while it resets keeps what it bound, and its layout. */
    spin_lock(&d->events.lock);
    struct evtchn_fifo *fifo = d->events.active ? NULL : evtchn_fifo_detach(d);
    spin_unlock(&d->events.lock);
    evtchn_fifo_free(fifo);
    return 0;
}

void evtchn_free(struct domain *d)
{
    struct evtchn_space *s = &d->events;
    if (!s->bucket)
        return;
    for (uint32_t i = 0; i < s->valid / EVTCHN_BUCKET; i++)
        hv_free(s->bucket[i]);
    hv_free(s->bucket);
    hv_free(s->pirq_port);
    s->bucket = NULL;
    s->pirq_port = NULL;
    s->valid = 0;
}
