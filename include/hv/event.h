/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event channels: numbered ports of a domain, each bound to a port of another domain, a virtual or a physical
 * interrupt, or an IPI. Two layouts of the pending bits (2-level and FIFO) behind one ops table.
 *
 * Who names whom: each end of an interdomain channel holds a reference on the domain of the other end, so that domain
 * is not freed while it is named. Two domains may name each other and still end: a dying domain closes all its ports,
 * which gives back the references of both ends.
 *
 * Which ports are in use stands in one bitmap, which whoever closes them all looks at: no place is remembered where
 * somebody stopped, because what was below it may have been bound again since.
 */
#ifndef HV_EVENT_H
#define HV_EVENT_H

#include "hv/lock.h"
#include "hv/percpu.h"
#include "public.h"

#define EVTCHN_PORTS_2L   4096u
#define EVTCHN_PORTS_FIFO 131072u

enum evtchn_state {
    EVTCHN_FREE,
    EVTCHN_RESERVED,
    EVTCHN_UNBOUND,
    EVTCHN_INTERDOMAIN,
    EVTCHN_PIRQ,
    EVTCHN_VIRQ,
    EVTCHN_IPI
};

/*
 * One port. A port is bound and freed under its domain's lock; an interdomain pair changes only under both domains'
 * locks, so either lock keeps the peer in place. A VIRQ or pirq port is also protected by the lock of its source
 * (LOCK_EVENT_SOURCE).
 */
struct evtchn {
    uint8_t state;          /* enum evtchn_state */
    uint8_t priority;       /* FIFO: 0 highest .. 15 */
    uint8_t last_priority;  /* FIFO: the queue that it was last put on */
    bool pending_unmapped;  /* FIFO: raised before the guest gave the page that holds its word */
    uint16_t last_vcpu;
    uint16_t notify_vcpu;
    uint32_t port;
    union {
        domid_t unbound_remote;
        struct { struct domain *domain; uint32_t port; } interdomain; /* the other end, whose domain it references */
        uint32_t pirq;
        uint32_t virq;
    };
};

struct evtchn_fifo;
struct evtchn_fifo_vcpu;
struct evtchn_layout;

/** Per domain; struct domain embeds one. `lock` protects everything but the pending bits. */
struct evtchn_space {
    spinlock_t lock;                    /* LOCK_EVENT */
    const struct evtchn_layout *layout; /* 2-level or FIFO */
    struct evtchn **bucket;             /* groups of EVTCHN_BUCKET ports, allocated as needed, freed with the domain */
    uint32_t valid;                     /* ports below this exist */
    uint32_t max_port;                  /* limit set by the toolstack, inclusive */
    unsigned long *used;                /* bitmap of the ports up to max_port that are not free; port 0 never is */
    uint32_t active;                    /* ports in use, without port 0 */
    struct evtchn_fifo *fifo;           /* NULL: 2-level */
    spinlock_t pirq_lock;               /* LOCK_EVENT_SOURCE */
    uint32_t *pirq_port;                /* 0: unbound; under pirq_lock */
    uint32_t pirq_count;
};
#define EVTCHN_BUCKET 128u

/** A new domain's ports, none bound, none above @max_port. 0 or -ENOMEM; evtchn_free() in either case. */
int evtchn_init(struct domain *d, uint32_t max_port);
/** Closes everything that the dying domain has; preemptible: -ERESTART while there is more. */
int evtchn_destroy_all(struct domain *d);
/** The memory of @d's ports, none of which is bound. When nobody refers to the domain. */
void evtchn_free(struct domain *d);

/*
 * Between the two this CPU raises no event, because it may hold a lock that raising takes: debug builds look, at each
 * event, whether the lock is held in that run or not. They nest. Interrupts are off.
 */
DECLARE_PER_CPU(uint32_t, evtchn_forbidden);
static inline void evtchn_forbid(void) { this_cpu(evtchn_forbidden)++; }
static inline void evtchn_allow(void) { this_cpu(evtchn_forbidden)--; }

/** EVTCHNOP_send on behalf of @d. */
int evtchn_send(struct domain *d, uint32_t port);
/** Raises VIRQ @virq of vCPU @v, per-vCPU or (global VIRQs) wherever the domain bound it. Any context. */
void virq_raise_vcpu(struct vcpu *v, uint32_t virq);
/** Raises a global VIRQ in the domain that handles it (dom0 unless XEN_DOMCTL_set_virq_handler said otherwise). */
void virq_raise_global(uint32_t virq);
/**
 * Raises the port bound to @pirq in @d; true if there is one. IRQ context; no lock of level LOCK_EVENT_SOURCE or above
 * held.
 */
bool pirq_raise(struct domain *d, uint32_t pirq);
/** The domain that global @virq goes to; NULL: the hardware domain again. 0, -EINVAL (not global, @d is dying). */
int virq_set_handler(uint32_t virq, struct domain *d);
/** True if global @virq goes to @d and @d has bound it. */
bool virq_is_heard(uint32_t virq, struct domain *d);
/** @d dies, and says so already: it handles no global VIRQ any more, and never will. */
void virq_forget_handler(struct domain *d);
/** If @d is the hardware domain, there is none any more: hardware_domain has no reference of its own. */
void virq_forget_hardware_domain(const struct domain *d);

/*
 * event_channel_op, one function an operation. @d is the domain whose ports are meant (the caller's unless stated);
 * ports are returned, errors are negative: -EINVAL no such port or wrong state, -ENOSPC no port left, -ENOENT no such
 * vCPU, -ENOMEM.
 */
int evtchn_alloc_unbound(struct domain *d, domid_t remote);
/** -EINVAL unless @remote_port is unbound and was meant for @d, and @remote is not dying. */
int evtchn_bind_interdomain(struct domain *d, struct domain *remote, uint32_t remote_port);
/** -EEXIST if already bound; -EINVAL for a number that does not exist, or a global VIRQ on a vCPU other than 0. */
int evtchn_bind_virq(struct domain *d, uint32_t virq, uint32_t vcpu);
int evtchn_bind_ipi(struct domain *d, uint32_t vcpu);
/** Also what arch_pirq_bind() returns. -EEXIST if already bound. */
int evtchn_bind_pirq(struct domain *d, uint32_t pirq, uint32_t flags);
int evtchn_bind_vcpu(struct domain *d, uint32_t port, uint32_t vcpu);
/** 0, -EINVAL; -ERESTART: other vCPUs of @d keep closing and binding this very port, to be tried again. */
int evtchn_close(struct domain *d, uint32_t port);
int evtchn_unmask(struct domain *d, uint32_t port);
int evtchn_status(struct domain *d, uint32_t port, struct evtchn_status *out);
/** Closes all ports that are bound when it begins, and returns to the 2-level layout. 0 or -ERESTART. */
int evtchn_reset(struct domain *d);
int evtchn_fifo_init_control(struct domain *d, uint64_t gfn, uint32_t offset, uint32_t vcpu);
int evtchn_fifo_expand(struct domain *d, uint64_t gfn);
int evtchn_set_priority(struct domain *d, uint32_t port, uint32_t priority);

/** True if @port of @v's domain is pending, in whichever layout. */
bool evtchn_port_pending(struct domain *d, uint32_t port);
/** A vCPU gets another vcpu_info: everything may be pending. */
void vcpu_mark_events_pending(struct vcpu *v);

/* Arch duties. */
/** @v's upcall became pending. Who is told of it by other means than the flag is told now; the vCPU is then woken. */
void arch_event_raised(struct vcpu *v);
/** EVTCHNOP_bind_pirq: @d wants @pirq delivered; share as BIND_PIRQ__WILL_SHARE. 0, -EPERM, -EBUSY, -EINVAL. */
int arch_pirq_bind(struct vcpu *v, uint32_t pirq, bool share);
void arch_pirq_unbind(struct domain *d, uint32_t pirq);
/** The guest unmasked or finished @pirq. */
void arch_pirq_eoi(struct domain *d, uint32_t pirq);
void arch_pirq_set_affinity(struct domain *d, uint32_t pirq, const struct vcpu *v);

#endif
