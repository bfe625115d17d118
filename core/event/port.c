/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ports as such: the table that grows in buckets, taking and giving back, and the beginning and end of a domain's
 * ports.
 *
 * Port structures are never freed before the domain is, so a pointer to one stays good without a lock; what it says is
 * protected as hv/event.h states. Port 0 is never given out: the ABI uses it for "none".
 */
#include "base/bitmap.h"
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
    size_t end = MIN(s->max_port + 1, s->layout->ports(d));
    for (size_t port = 0; (port = bitmap_next_zero(s->used, end, port)) < end; port++) {
        if (port == s->valid) {
            int rc = port_grow(d);
            if (rc)
                return rc;
        }
        if (!s->layout->is_busy(d, (uint32_t)port))
            return (int)port;
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
    bitmap_set(d->events.used, (size_t)port);
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
    bitmap_clear(d->events.used, e->port);
    d->events.active--;
}

void evtchn_lock_pair(struct domain *a, struct domain *b)
{
    if (a == b) {
        spin_lock(&a->events.lock);
        return;
    }
    spin_lock_two(&a->events.lock, &b->events.lock);
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
    s->used = hv_zalloc_array(BITMAP_WORDS(s->max_port + 1), sizeof(*s->used));
    if (!s->bucket || !s->used)
        return -ENOMEM;
    /* dom0 has ports for every guest: those of many guests are there before they are, and not missing after them. */
    do {
        int rc = port_grow(d);
        if (rc)
            return rc;
    } while (d->is_hardware && s->valid < HARDWARE_DOMAIN_PORTS);
    s->bucket[0][0].state = EVTCHN_RESERVED;
    bitmap_set(s->used, 0);
    return 0;
}

/*
 * Closes every port that is in use, as the bitmap says now. What an earlier call that was not continued had closed may
 * be bound again, so each part begins at the first port. A part that gives way has closed many, so there is an end
 * where nobody binds meanwhile: the domain is dying, or is paused, or the caller does it to itself.
 */
static int port_close_all(struct domain *d)
{
    struct evtchn_space *s = &d->events;
    size_t end = s->max_port + 1, closed = 0;
    /* Whoever takes a port from now on sees that the domain is dying, if it is. */
    spin_lock(&s->lock);
    spin_unlock(&s->lock);
    for (size_t port = 1; (port = bitmap_next_set(s->used, end, port)) < end; port++) {
        if (hypercall_preempt_every(closed++, 64) || evtchn_close(d, (uint32_t)port) == -ERESTART)
            return -ERESTART;
    }
    return 0;
}

/* Back to two levels. */
static void port_drop_fifo(struct domain *d)
{
    spin_lock(&d->events.lock);
    struct evtchn_fifo *fifo = evtchn_fifo_detach(d);
    spin_unlock(&d->events.lock);
    evtchn_fifo_free(fifo);
}

int evtchn_destroy_all(struct domain *d)
{
    BUG_ON(d->life < DOMAIN_DYING);
    if (!d->events.used)
        return 0;
    int rc = port_close_all(d);
    if (!rc)
        port_drop_fifo(d);
    return rc;
}

int evtchn_reset(struct domain *d)
{
    int rc = port_close_all(d);
    if (!rc)
        port_drop_fifo(d); /* a guest that binds while it resets keeps what it bound, and its layout */
    return rc;
}

void evtchn_free(struct domain *d)
{
    struct evtchn_space *s = &d->events;
    BUG_ON(s->active);
    for (uint32_t i = 0; i < s->valid / EVTCHN_BUCKET; i++)
        hv_free(s->bucket[i]);
    hv_free(s->bucket);
    hv_free(s->used);
    hv_free(s->pirq_port);
    s->bucket = NULL;
    s->used = NULL;
    s->pirq_port = NULL;
    s->valid = 0;
}
