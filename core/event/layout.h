/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The seam between what a port is and where its pending bit lies; and the helpers that the files of this folder share.
 */
#ifndef CORE_EVENT_LAYOUT_H
#define CORE_EVENT_LAYOUT_H

#include "hv/domain.h"
#include "hv/event.h"

/**
 * Where pending and mask bits live. The guest shares the memory and may change any bit at any time, so each function
 * looks at a word once. set_pending and unmask run under a lock that closing the port takes too; is_* need none.
 */
struct evtchn_layout {
    uint32_t (*ports)(const struct domain *d); /* how many there are */
    void (*set_pending)(struct vcpu *v, struct evtchn *e);
    void (*clear_pending)(struct domain *d, struct evtchn *e);
    void (*unmask)(struct domain *d, struct evtchn *e);
    bool (*is_pending)(struct domain *d, uint32_t port);
    /** The guest may still find a trace of the port's last use in its queues: not to be given out. */
    bool (*is_busy)(struct domain *d, uint32_t port);
};
extern const struct evtchn_layout evtchn_layout_2l, evtchn_layout_fifo;

/** The port's structure, NULL if @port does not exist. Stays valid as long as the domain. */
struct evtchn *evtchn_find(struct domain *d, uint32_t port);
/** Reserves a free port; the caller sets its state. -ENOSPC, -ENOMEM, -EINVAL (dying). d->events.lock held. */
int evtchn_take_port(struct domain *d, struct evtchn **out);
/** Gives it back. d->events.lock held. */
void evtchn_free_port(struct domain *d, struct evtchn *e);
/** Makes @e pending on the vCPU that it notifies. */
void evtchn_raise(struct domain *d, struct evtchn *e);
/** Sets evtchn_upcall_pending of @v and gets it to notice, once. */
void evtchn_upcall(struct vcpu *v);
/** evtchn_pending_sel where 32-bit code has it. */
uint32_t *evtchn_narrow_selector(struct vcpu *v);
/** VIRQs of which a domain has one, not one a vCPU. */
bool virq_is_global(uint32_t virq);
/**
 * Back to the 2-level layout, unless a port is in use. d->events.lock held. What it returns is to be freed without it.
 */
struct evtchn_fifo *evtchn_fifo_detach(struct domain *d);
/** Gives up the guest's pages; NULL: nothing. Dropping a frame takes locks that come before LOCK_EVENT. */
void evtchn_fifo_free(struct evtchn_fifo *f);

/** Both locks in order of domain id; the same domain twice is one lock. */
void evtchn_lock_pair(struct domain *a, struct domain *b);
void evtchn_unlock_pair(struct domain *a, struct domain *b);

/** @d has bound global @virq, or was made its handler. */
void virq_new_listener(uint32_t virq, struct domain *d);

#endif
