/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event channels: numbered ports of a domain, each bound to a port of another domain, a virtual or a physical interrupt, or
 * an IPI. Two layouts of the pending bits (2-level and FIFO) behind one ops table.
 */
#ifndef HV_EVENT_H
#define HV_EVENT_H

#include "hv/lock.h"
#include "public.h"

#define EVTCHN_PORTS_2L   4096u
#define EVTCHN_PORTS_FIFO 131072u

enum evtchn_state { EVTCHN_FREE, EVTCHN_RESERVED, EVTCHN_UNBOUND, EVTCHN_INTERDOMAIN, EVTCHN_PIRQ, EVTCHN_VIRQ, EVTCHN_IPI };

struct evtchn {
    uint8_t state;      /* enum evtchn_state */
    uint8_t priority;   /* FIFO: 0 highest .. 15 */
    bool masked_pending;
    uint8_t last_priority;
    uint16_t last_vcpu; /* FIFO: where it was last queued */
    uint16_t notify_vcpu;
    uint32_t port;
    union {
        domid_t unbound_remote;
        struct { domid_t domid; uint32_t port; } interdomain;
        struct { uint32_t pirq; } pirq;
        uint32_t virq;
    };
};

struct evtchn_fifo;

/** Per domain; struct domain embeds one. `lock` protects everything but the pending bits. */
struct evtchn_space {
    spinlock_t lock;
    struct evtchn **bucket;     /* groups of EVTCHN_BUCKET ports, allocated as needed */
    uint32_t valid;             /* ports below this exist */
    uint32_t max_port;          /* limit set by the toolstack, inclusive */
    uint32_t active;
    struct evtchn_fifo *fifo;   /* NULL: 2-level */
};
#define EVTCHN_BUCKET 128u

int evtchn_init(struct domain *d, uint32_t max_port);
/** Closes everything; preemptible: -ERESTART while there is more. */
int evtchn_destroy_all(struct domain *d);
void evtchn_free(struct domain *d);

/** EVTCHNOP_send on behalf of @d. */
int evtchn_send(struct domain *d, uint32_t port);
/** Raises VIRQ @virq of vCPU @v, per-vCPU or (global VIRQs) wherever the domain bound it. Any context. */
void virq_raise_vcpu(struct vcpu *v, uint32_t virq);
void virq_raise_domain(struct domain *d, uint32_t virq);
/** Raises a global VIRQ in the domain that handles it (dom0 unless XEN_DOMCTL_set_virq_handler said otherwise). */
void virq_raise_global(uint32_t virq);
/** Raises the port bound to @pirq in @d. True if it became pending. IRQ context. */
bool pirq_raise(struct domain *d, uint32_t pirq);
/** Ports for the hypervisor's own use in @d's name are not needed: toolstack rings use alloc_unbound. */

/** True if @port of @v's domain is pending, in whichever layout. */
bool evtchn_port_pending(struct domain *d, uint32_t port);
/** A vCPU gets another vcpu_info: everything may be pending. */
void vcpu_mark_events_pending(struct vcpu *v);

/* Arch duties. */
/** @v has upcall_pending set and unmasked: get it to notice (wake it if blocked, kick its CPU if it runs elsewhere). */
void arch_vcpu_events_pending(struct vcpu *v);
/** EVTCHNOP_bind_pirq: @d wants @pirq delivered; share as BIND_PIRQ__WILL_SHARE. 0, -EPERM, -EBUSY, -EINVAL. */
int arch_pirq_bind(struct vcpu *v, uint32_t pirq, bool share);
void arch_pirq_unbind(struct domain *d, uint32_t pirq);
/** The guest unmasked or finished @pirq. */
void arch_pirq_eoi(struct domain *d, uint32_t pirq);
void arch_pirq_set_affinity(struct domain *d, uint32_t pirq, const struct vcpu *v);

#endif
