/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Setting the FIFO layout up and taking it down: control blocks (one a vCPU), pages of the event array, priorities.
 *
 * The first control block switches the domain over; ports that are pending in the old layout become pending in the new
 * one once the guest gives the page with their words. The pages are held as writable until every port is closed.
 */
#include "core/event/fifo.h"
#include "hv/heap.h"
#include "hv/log.h"

/* Marks what the 2-level bitmaps have pending. events.lock held. */
static void fifo_take_over_pending(struct domain *d)
{
    for (uint32_t port = 1; port < MIN(d->events.valid, EVTCHN_PORTS_2L); port++)
        if (evtchn_layout_2l.is_pending(d, port))
            evtchn_find(d, port)->pending_unmapped = true;
}

/* events.lock held. */
static int fifo_switch_over(struct domain *d)
{
    if (d->events.fifo)
        return 0;
    struct evtchn_fifo *f = hv_zalloc(sizeof(*f));
    if (!f)
        return -ENOMEM;
    spin_lock_init(&f->lock, LOCK_EVENT_QUEUE);
    d->events.fifo = f;
    __atomic_store_n(&d->events.layout, &evtchn_layout_fifo, __ATOMIC_SEQ_CST);
    fifo_take_over_pending(d);
    return 0;
}

static int fifo_install_control(struct vcpu *v, struct frame *frame, uint32_t offset)
{
    struct domain *d = v->domain;
    if (v->fifo)
        return -EINVAL;
    struct evtchn_fifo_vcpu *q = hv_zalloc(sizeof(*q));
    if (!q)
        return -ENOMEM;
    int rc = fifo_switch_over(d);
    if (rc) {
        hv_free(q);
        return rc;
    }
    q->frame = frame;
    q->control = (void *)((char *)mfn_to_virt(frame_to_mfn(frame)) + offset);
    for (unsigned int i = 0; i < EVTCHN_FIFO_MAX_QUEUES; i++)
        q->control->head[i] = 0;
    irqflags_t flags = spin_lock_irqsave(&d->events.fifo->lock);
    v->fifo = q;
    spin_unlock_irqrestore(&d->events.fifo->lock, flags);
    return 0;
}

int evtchn_fifo_init_control(struct domain *d, uint64_t gfn_nr, uint32_t offset, uint32_t vcpu)
{
    struct vcpu *v = domain_vcpu(d, vcpu);
    if (!v)
        return -ENOENT;
    if (offset > PAGE_SIZE - sizeof(evtchn_fifo_control_block_t) || offset % 8)
        return -EINVAL;
    struct frame *frame = arch_guest_frame_get(d, gfn(gfn_nr), true);
    if (!frame)
        return -EINVAL;
    spin_lock(&d->events.lock);
    int rc = fifo_install_control(v, frame, offset);
    spin_unlock(&d->events.lock);
    if (rc)
        arch_guest_frame_put(frame, true);
    return rc;
}

static int fifo_add_page(struct domain *d, struct frame *frame)
{
    struct evtchn_fifo *f = d->events.fifo;
    if (!f)
        return -EOPNOTSUPP;
    uint32_t page = f->pages;
    if (page >= FIFO_PAGES)
        return -ENOSPC;
    f->frame[page] = frame;
    f->array[page] = mfn_to_virt(frame_to_mfn(frame));
    __atomic_store_n(&f->pages, page + 1, __ATOMIC_SEQ_CST);

    for (uint32_t i = 0; i < FIFO_WORDS_PER_PAGE; i++) {
        struct evtchn *e = evtchn_find(d, page * FIFO_WORDS_PER_PAGE + i);
        if (e && __atomic_exchange_n(&e->pending_unmapped, false, __ATOMIC_SEQ_CST) && e->state != EVTCHN_FREE)
            evtchn_raise(d, e);
    }
    return 0;
}

int evtchn_fifo_expand(struct domain *d, uint64_t gfn_nr)
{
    if (!READ_ONCE(d->events.fifo))
        return -EOPNOTSUPP;
    struct frame *frame = arch_guest_frame_get(d, gfn(gfn_nr), true);
    if (!frame)
        return -EINVAL;
    spin_lock(&d->events.lock);
    int rc = fifo_add_page(d, frame);
    spin_unlock(&d->events.lock);
    if (rc)
        arch_guest_frame_put(frame, true);
    return rc;
}

int evtchn_set_priority(struct domain *d, uint32_t port, uint32_t priority)
{
    int rc = -EINVAL;
    spin_lock(&d->events.lock);
    struct evtchn *e = evtchn_find(d, port);
    if (e && !d->events.fifo)
        rc = -ENOSYS;
    else if (e && port && priority <= EVTCHN_FIFO_PRIORITY_MIN) {
        WRITE_ONCE(e->priority, (uint8_t)priority);
        rc = 0;
    }
    spin_unlock(&d->events.lock);
    return rc;
}

struct evtchn_fifo *evtchn_fifo_detach(struct domain *d)
{
    struct evtchn_fifo *f = d->events.fifo;
    struct vcpu *v;
    if (!f || d->events.active)
        return NULL; /* the 2-level layout has no room for every port that may be bound */
    d->events.layout = &evtchn_layout_2l;
    d->events.fifo = NULL;
    for_each_vcpu(d, v) {
        if (!v->fifo)
            continue;
        v->fifo->next_released = f->released;
        f->released = v->fifo;
        v->fifo = NULL;
    }
    return f;
}

void evtchn_fifo_free(struct evtchn_fifo *f)
{
    struct evtchn_fifo_vcpu *next;
    if (!f)
        return;
    for (struct evtchn_fifo_vcpu *q = f->released; q; q = next) {
        next = q->next_released;
        arch_guest_frame_put(q->frame, true);
        hv_free(q);
    }
    for (uint32_t i = 0; i < f->pages; i++)
        arch_guest_frame_put(f->frame[i], true);
    hv_free(f);
}
