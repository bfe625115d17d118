/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The FIFO layout's protocol (xen/event_channel.h). Each port has a word: PENDING, MASKED, LINKED, BUSY, and the
 * number of the next port on its queue. We append at the tail, the guest takes from the head: it reads the link, then
 * clears LINKED and the link with one compare-and-exchange. A queue is empty when the word of its tail is no longer
 * LINKED; then the port goes into the head of the control block instead, and the queue's ready bit is set.
 *
 * What keeps it right:
 *  - a port is on one queue at a time, because only a word that is not LINKED is put on one, under the domain's
 *    queue lock;
 *  - a port that moves to another queue is forgotten as the tail of the old one, so nobody appends behind it there;
 *  - a hostile guest can change any word at any time: it can lose or garble its own events. Every loop here is bounded;
 *    a guest that wins each race long after an honest one would have stopped is crashed.
 */
#include "core/event/fifo.h"

#define LINK_FAIR_TRIES 4   /* before BUSY asks the guest to hold its unmask back */
#define LINK_TRIES      64

#define WORD_BIT(n) (1u << EVTCHN_FIFO_##n)
#define WORD_LINK   ((uint32_t)EVTCHN_FIFO_LINK_MASK)

/** The event word of @port, NULL while the guest has not given its page. */
static event_word_t *fifo_word(struct domain *d, uint32_t port)
{
    struct evtchn_fifo *f = d->events.fifo;
    if (!f || port / FIFO_WORDS_PER_PAGE >= __atomic_load_n(&f->pages, __ATOMIC_ACQUIRE))
        return NULL;
    return &f->array[port / FIFO_WORDS_PER_PAGE][port % FIFO_WORDS_PER_PAGE];
}

static bool word_replace(event_word_t *word, uint32_t *seen, uint32_t wanted)
{
    return __atomic_compare_exchange_n(word, seen, wanted, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/*
 * Marks the port as linked. 1: done; 0: it is linked, masked or not pending any more; -EAGAIN: the guest keeps
 * changing it.
 */
static int word_set_linked(event_word_t *word)
{
    uint32_t w = __atomic_load_n(word, __ATOMIC_SEQ_CST);
    for (unsigned int i = 0; i < LINK_TRIES; i++) {
        if (!(w & WORD_BIT(PENDING)) || (w & (WORD_BIT(MASKED) | WORD_BIT(LINKED))))
            return 0;
        if (word_replace(word, &w, (w & ~WORD_LINK) | WORD_BIT(LINKED)))
            return 1;
    }
    return -EAGAIN;
}

/* Appends @port behind the tail's word. 1: done; 0: the guest has taken the tail off, the queue is empty; -EAGAIN. */
static int word_append(event_word_t *tail, uint32_t port)
{
    uint32_t w = __atomic_load_n(tail, __ATOMIC_SEQ_CST);
    for (unsigned int i = 0; i < LINK_TRIES; i++) {
        if (i == LINK_FAIR_TRIES)
            w = __atomic_or_fetch(tail, WORD_BIT(BUSY), __ATOMIC_SEQ_CST);
        if (!(w & WORD_BIT(LINKED))) {
            if (i >= LINK_FAIR_TRIES)
                __atomic_fetch_and(tail, ~WORD_BIT(BUSY), __ATOMIC_SEQ_CST);
            return 0;
        }
        if (word_replace(tail, &w, (w & ~(WORD_LINK | WORD_BIT(BUSY))) | port))
            return 1;
    }
    __atomic_fetch_and(tail, ~WORD_BIT(BUSY), __ATOMIC_SEQ_CST);
    return -EAGAIN;
}

/* The queue that @e was last on, if it still has @e as its tail, must not append behind it any more. */
static void fifo_forget_tail(struct domain *d, const struct evtchn *e)
{
    struct vcpu *last = domain_vcpu(d, e->last_vcpu);
    if (last && last->fifo && last->fifo->tail[e->last_priority] == e->port)
        last->fifo->tail[e->last_priority] = 0;
}

/* Puts @e on @v's queue if it is pending, not masked and on no queue. Queue lock held. */
static int fifo_link(struct vcpu *v, struct evtchn *e, event_word_t *word)
{
    struct domain *d = v->domain;
    struct evtchn_fifo_vcpu *q = v->fifo;
    uint8_t priority = e->priority;
    if (!q)
        return 0; /* no control block: it stays pending, and is linked when it is raised or unmasked next */
    int rc = word_set_linked(word);
    if (rc <= 0)
        return rc;

    fifo_forget_tail(d, e);
    e->last_vcpu = (uint16_t)v->id;
    e->last_priority = priority;
    uint32_t tail = q->tail[priority];
    event_word_t *tail_word = tail ? fifo_word(d, tail) : NULL;
    q->tail[priority] = e->port;
    rc = tail_word ? word_append(tail_word, e->port) : 0;
    if (rc)
        return rc;
    __atomic_store_n(&q->control->head[priority], e->port, __ATOMIC_SEQ_CST);
    if (!(__atomic_fetch_or(&q->control->ready, 1u << priority, __ATOMIC_SEQ_CST) & (1u << priority)))
        evtchn_upcall(v);
    return 1;
}

static void fifo_try_link(struct vcpu *v, struct evtchn *e, event_word_t *word)
{
    struct evtchn_fifo *f = v->domain->events.fifo;
    irqflags_t flags = spin_lock_irqsave(&f->lock);
    int rc = fifo_link(v, e, word);
    spin_unlock_irqrestore(&f->lock, flags);
    if (rc < 0)
        domain_crash(v->domain, "event word of port %u never holds still", e->port);
}

static void fifo_set_pending(struct vcpu *v, struct evtchn *e)
{
    event_word_t *word = fifo_word(v->domain, e->port);
    if (!word) {
        WRITE_ONCE(e->pending_unmapped, true);
        return;
    }
    uint32_t old = __atomic_fetch_or(word, WORD_BIT(PENDING), __ATOMIC_SEQ_CST);
    if (!(old & (WORD_BIT(MASKED) | WORD_BIT(LINKED))))
        fifo_try_link(v, e, word);
}

static void fifo_clear_pending(struct domain *d, struct evtchn *e)
{
    event_word_t *word = fifo_word(d, e->port);
    e->pending_unmapped = false;
    if (word)
        __atomic_fetch_and(word, ~WORD_BIT(PENDING), __ATOMIC_SEQ_CST);
}

static void fifo_unmask(struct domain *d, struct evtchn *e)
{
    event_word_t *word = fifo_word(d, e->port);
    struct vcpu *v = domain_vcpu(d, e->notify_vcpu);
    if (!word || !v)
        return;
    if (__atomic_and_fetch(word, ~WORD_BIT(MASKED), __ATOMIC_SEQ_CST) & WORD_BIT(PENDING))
        fifo_try_link(v, e, word);
}

static bool fifo_is_pending(struct domain *d, uint32_t port)
{
    event_word_t *word = fifo_word(d, port);
    return word && (__atomic_load_n(word, __ATOMIC_SEQ_CST) & WORD_BIT(PENDING));
}

static bool fifo_is_busy(struct domain *d, uint32_t port)
{
    event_word_t *word = fifo_word(d, port);
    return word && (__atomic_load_n(word, __ATOMIC_SEQ_CST) & WORD_BIT(LINKED));
}

static uint32_t fifo_ports(const struct domain *d) { return EVTCHN_PORTS_FIFO; }

const struct evtchn_layout evtchn_layout_fifo = {
    .ports = fifo_ports,
    .set_pending = fifo_set_pending,
    .clear_pending = fifo_clear_pending,
    .unmask = fifo_unmask,
    .is_pending = fifo_is_pending,
    .is_busy = fifo_is_busy,
};
