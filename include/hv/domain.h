/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain. Its life goes one way: building, alive, dying, dead. A counted reference keeps the structure; what the
 * domain holds (frames, event channels, grants, vCPUs, timers) is released step by step, preemptibly, once it is
 * dying.
 */
#ifndef HV_DOMAIN_H
#define HV_DOMAIN_H

#include "hv/frame.h"
#include "hv/softirq.h"
#include "hv/vcpu.h"

#include <arch/domain.h> /* struct arch_domain */

enum domain_life { DOMAIN_BUILDING, DOMAIN_ALIVE, DOMAIN_DYING, DOMAIN_DEAD };
enum domain_type { DOMAIN_PV, DOMAIN_HVM, DOMAIN_IDLE, DOMAIN_SYSTEM /* DOMID_IO, DOMID_XEN: own frames, never run */ };

#define DOMAIN_WATCHDOGS 2

/* How far the end of a domain has come. Of whoever is in domain_kill(). */
struct domain_teardown {
    bool busy;                      /* a CPU is in it */
    uint8_t released;               /* parts that are given up, see core/domain/parts.c */
    uint64_t cursor;                /* where the next one goes on, in its own terms; 0: not begun */
    uint64_t frame;                 /* number + 1 of the frame where a walk stands, and which it holds; 0: none */
    bool walk_again;                /* that walk left something that may be behind it */
    struct timer reaper;            /* looks whether hypervisor pages of the dead domain are still mapped */
};

struct domain {
    domid_t id;
    uint8_t type;                   /* enum domain_type */
    uint8_t life;                   /* enum domain_life; forward only, by core/domain/life.c */
    bool is_privileged;             /* a control domain: may use domctl, sysctl, foreign mappings */
    bool is_hardware;               /* owns the machine's devices: dom0 */
    bool is_xenstore;               /* runs xenstored (XEN_DOMCTL_CDF_xs_domain) */
    uint32_t refs;                  /* one is its own, from creation to DOMAIN_DEAD; its frames hold one together */
    struct domain_teardown teardown;
    struct tasklet destroy;         /* frees it when the last reference is gone */
    uint8_t handle[16];
    uint64_t unique_id;             /* of no other domain since the machine started, whatever its id */

    spinlock_t lock;                /* LOCK_DOMAIN */
    struct vcpu **vcpu;             /* [max_vcpus]; entries appear under `lock`, and stay until the domain is dead */
    uint32_t max_vcpus;
    struct sched_domain sched;
    struct cpupool *pool;           /* NULL: pool 0. Under LOCK_CPUPOOL */
    uint32_t pause_count;           /* atomic */
    uint32_t controller_pauses;     /* by XEN_DOMCTL_pausedomain, under `lock` */
    bool debugger_attached;         /* see debugger.h */

    spinlock_t frames_lock;         /* LOCK_FRAMES: the list and the counts below */
    struct frame_list frames;
    uint64_t tot_pages, max_pages, outstanding_pages;
    uint32_t hv_pages;              /* shared hypervisor pages still referenced */

    shared_info_t *shared_info;     /* one page of ours, shared with the domain */
    bool narrow;                    /* it and each vcpu_info have the layout of 32-bit code; see domain_set_narrow() */
    struct evtchn_space events;
    unsigned long *polling;         /* bitmap of max_vcpus: those in SCHEDOP_poll; each changes its own bit, atomic */
    uint32_t poll_count;            /* bits in it; atomic */

    bool is_shutting_down, is_shut_down;
    uint32_t shutdown_code;         /* SHUTDOWN_*, ~0 before */
    uint32_t suspend_port;          /* notified, not VIRQ_DOM_EXC, when it suspends (XEN_DOMCTL_subscribe) */
    struct tasklet tell;            /* notifies of a shutdown, with a reference while tell_queued */
    bool tell_queued;               /* atomic */
    uint32_t tell_port;             /* the port that is sent on, 0: VIRQ_DOM_EXC; atomic */
    bool crash_reported;            /* registers and stack were printed once */
    spinlock_t shutdown_lock;       /* LOCK_SHUTDOWN */
    struct domain_watchdog { struct timer timer; bool used; } watchdog[DOMAIN_WATCHDOGS];

    uint64_t vm_assist;             /* bits VMASST_TYPE_* */
    int64_t time_offset_ns;         /* wall clock shown minus real */
    struct grant_table *grants;
    uint64_t log_tokens, log_stamp, log_dropped; /* guest_log() rate limit */
    struct console_line *console_line; /* CONSOLEIO_write: a line that is not complete yet */

    struct arch_domain arch;
};

extern struct domain *hardware_domain;
extern struct domain *domain_xen;   /* DOMID_XEN: owner of hypervisor pages that tools may map read-only */
extern struct domain *domain_idle;  /* home of the idle vCPUs, vcpu[cpu] */
extern struct domain *domain_io;    /* DOMID_IO: MMIO */

/** Looks up and takes a reference; NULL if there is none or it is dead. */
struct domain *domain_get_by_id(domid_t id);
/** The same, where DOMID_SELF and the caller's own id mean the caller. */
struct domain *domain_get_by_any_id(domid_t id);
bool domain_get(struct domain *d);
void domain_put(struct domain *d);
/** The lowest id >= @id that exists, referenced; NULL past the end. */
struct domain *domain_get_next(domid_t id);
/** The one after @d, referenced, in place of @d, whose reference is dropped. */
static inline struct domain *domain_get_after(struct domain *d)
{
    domid_t next = (domid_t)(d->id + 1);
    domain_put(d);
    return domain_get_next(next);
}
/** Each domain that exists, referenced for its turn; who leaves the loop early keeps @d's reference. */
#define for_each_domain(d) for ((d) = domain_get_next(0); (d); (d) = domain_get_after(d))
/** Without a reference; for the owner of a frame that the caller holds. NULL for FRAME_OWNER_NONE. */
struct domain *domain_by_owner_id(unsigned int owner_id);

/** @id's life has taken a turn: listeners are notified (core/domain/changes.c). Any context. */
void domain_changed(domid_t id);
/** Takes one domain that has changed since it was last taken; false if there is none. */
bool domain_changed_take(domid_t *id);
/** A new listener: everybody who exists counts as changed, and nobody else. */
void domain_changed_restart(void);

struct domain_config {
    uint32_t flags;                 /* XEN_DOMCTL_CDF_* */
    uint32_t max_vcpus;             /* 1.. */
    uint32_t max_evtchn_port;
    uint32_t max_grant_frames, max_maptrack_frames, grant_opts;
    struct xen_arch_domainconfig arch; /* arch_createdomain_check() has accepted it */
    bool privileged, hardware;
};
/** Creates a paused domain in DOMAIN_BUILDING; @out referenced. 0, -EEXIST, -EINVAL, -ENOMEM. */
int domain_create(domid_t id, const struct domain_config *config, struct domain **out);
/** Its toolstack's own pauses, counted. Unpausing starts a domain that was being built. -EINVAL: it is not paused. */
void domain_controller_pause(struct domain *d);
int domain_controller_unpause(struct domain *d);
/** Starts or continues the end of a domain. 0 or -ERESTART. */
int domain_kill(struct domain *d);
/**
 * SCHEDOP_shutdown and the hypervisor's own verdict. Does not return for the hardware domain. Locks below
 * LOCK_SHUTDOWN may be held: it only marks, and listeners are notified later, from a tasklet.
 */
void domain_shutdown(struct domain *d, uint32_t reason);
/** Ends a shutdown: its vCPUs run on. @d is paused. */
void domain_resume(struct domain *d);
/**
 * Creates the domains that own frames but never run (DOMID_IO, DOMID_XEN), and the idle vCPUs' one. Boot. 0 or
 * -ENOMEM.
 */
int domain_init_system(void);
/** SCHEDOP_watchdog. The watchdog's number, 0, -EINVAL, -ENOSPC, -EEXIST. */
long domain_watchdog(struct domain *d, uint32_t id, uint32_t timeout_s);
/**
 * The guest did what no guest may: prints registers, stack and page walk of current, and ends it with SHUTDOWN_crash.
 * Where domain_shutdown() may be called.
 */
void domain_crash(struct domain *d, const char *fmt, ...) __printf_like(2, 3);

#define for_each_vcpu(d, v) \
    for (uint32_t fev_ = 0; fev_ < (d)->max_vcpus; fev_++) if (((v) = (d)->vcpu[fev_]) != NULL)

static inline bool vcpu_runnable(const struct vcpu *v)
{
    return !(__atomic_load_n(&v->pause_flags, __ATOMIC_SEQ_CST) | __atomic_load_n(&v->pause_count, __ATOMIC_SEQ_CST) |
             __atomic_load_n(&v->domain->pause_count, __ATOMIC_SEQ_CST));
}

static inline bool vcpu_is_idle(const struct vcpu *v)
{
    return v->domain->type == DOMAIN_IDLE;
}

/* Arch duties. */
int arch_domain_create(struct domain *d, const struct domain_config *config);
/**
 * Takes a reference on frame @g of @d's RAM, and if @write also the use that lets the hypervisor write to it (a
 * writable type). NULL if there is none or its type forbids. The frame is accessed through
 * mfn_to_virt(frame_to_mfn()).
 */
struct frame *arch_guest_frame_get(struct domain *d, gfn_t g, bool write);
void arch_guest_frame_put(struct frame *f, bool write);
/**
 * Gives up what the architecture holds of frames: page-table roots and the like. 0 or -ERESTART, with the progress in
 * d->teardown.
 */
int arch_domain_relinquish(struct domain *d);
/** Frees what arch_domain_create() made, also if it failed halfway. */
void arch_domain_destroy(struct domain *d);
/** Dumps @v's registers, the top of its stack and the page walk of the faulting address to the log. */
void arch_dump_vcpu(const struct vcpu *v);
/** The domain shut down: for the hardware domain, power off, reboot or crash the machine. */
void arch_hardware_shutdown(uint32_t reason) __attribute__((noreturn));
/**
 * Somebody holds @f for writing (arch_guest_frame_get()), or has it mapped so in page tables: it may change without its
 * owner's CPUs.
 */
bool arch_frame_write_held(const struct frame *f);
/**
 * @f leaves its owner: its last reference was dropped, or it is stolen or no longer shared. Nothing that is cached may
 * lead to it any more, and its type use ends. May wait for other CPUs.
 */
void arch_frame_leaves_domain(struct frame *f);

#endif
