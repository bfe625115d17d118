/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU. Its life is a small state machine that only core/sched moves:
 *
 *   down --up--> runnable <--> running          paused n times, or blocked: neither runnable nor running
 *                    ^  \--block--> blocked --event/timer--> runnable
 */
#ifndef HV_VCPU_H
#define HV_VCPU_H

#include "hv/cpumask.h"
#include "hv/event.h"
#include "hv/sched.h"
#include "hv/time.h"

#include <arch/vcpu.h> /* struct arch_vcpu */

/* pause_flags: any bit set means "not to run". */
#define VPF_DOWN        (1u << 0)  /* not initialised or taken down */
#define VPF_BLOCKED     (1u << 1)  /* SCHEDOP_block: an event ends it */
#define VPF_POLLED      (1u << 2)  /* SCHEDOP_poll */
#define VPF_BLOCKED_HV  (1u << 3)  /* waits for the hypervisor */

/* What VCPUOP_register_*_phys_area tells of. */
enum vcpu_area { VCPU_AREA_RUNSTATE, VCPU_AREA_TIME, VCPU_AREAS };

#define VCPU_VIRQS 24 /* NR_VIRQS of the ABI */

struct vcpu {
    uint32_t id;
    struct domain *domain;

    /* scheduling: owned by core/sched */
    uint32_t processor;         /* where it runs or ran last; only the scheduler changes it, under the queue's lock */
    uint32_t pause_flags;       /* VPF_*, atomic */
    uint32_t pause_count;       /* hypervisor's own nested pauses, atomic */
    uint32_t controller_pauses; /* those of them that are a debugger's */
    uint32_t debug_event;       /* why a debugger stopped it, until it has asked; atomic */
    bool is_running;            /* on a CPU, or its state still is */
    bool is_initialised;        /* a context was set */
    bool paused_for_shutdown;   /* its domain shut down; under shutdown_lock */
    bool affinity_overridden;   /* SCHEDOP_pin_override; saved_affinity is the real one */
    cpumask_t saved_affinity;
    struct sched_vcpu sched;
    cpumask_t hard_affinity, soft_affinity; /* as asked for */
    cpumask_t cpus;             /* where it may run: hard_affinity within the domain's pool; has an online CPU */
    uint8_t runstate;           /* RUNSTATE_* */
    struct vcpu_runstate_info runstate_info;
    uint64_t runstate_area;     /* guest VA registered by VCPUOP_register_runstate_memory_area; 0: none */
    bool runstate_narrow;       /* it, or what is mapped, has the layout of 32-bit code, which registered it */

    /* vcpu_info: in shared_info, or where the guest registered it (mapped; reference held) */
    vcpu_info_t *info;
    mfn_t info_mfn;             /* MFN_NONE while it is in shared_info */
    vcpu_info_t *info_fallback; /* ours, while a vCPU that shared_info has no room for has none */
    uint64_t time_area;         /* guest VA of VCPUOP_register_vcpu_time_memory_area; 0: none */
    void *area[VCPU_AREAS];     /* those by guest frame address, mapped; their frames are referenced. NULL: none */

    /* timers */
    struct timer singleshot;
    struct timer periodic;
    struct timer poll;
    uint64_t periodic_period, periodic_last; /* ns; 0: off */

    /* events */
    uint32_t virq_port[VCPU_VIRQS]; /* 0: unbound; under the domain's event lock */
    spinlock_t virq_lock;       /* LOCK_EVENT_SOURCE: virq_port, and that the ports stay bound */
    struct evtchn_fifo_vcpu *fifo; /* queues, once the guest gave a control block */
    int32_t poll_port;          /* SCHEDOP_poll: >0 the one port, -1 several, 0 none */
    bool poll_listed;           /* it stands in domain.polling; its own */

    struct arch_vcpu arch;
};

/** True if only the scheduler decides whether it runs. */
static inline bool vcpu_runnable(const struct vcpu *v);

/** The idle vCPU of each CPU belongs to a domain without id that no list holds. */
static inline bool vcpu_is_idle(const struct vcpu *v);

/* Core. */
struct vcpu *vcpu_create(struct domain *d, uint32_t id);
/** Pauses, and waits until it has left its CPU (unless it is the current one). Counted. */
void vcpu_pause(struct vcpu *v);
/** Pauses without waiting. */
void vcpu_pause_nosync(struct vcpu *v);
void vcpu_unpause(struct vcpu *v);
/** The dying domain's vCPU gives up what it holds of the guest's memory, and its timers. */
void vcpu_release(struct vcpu *v);
/** A context was set, so that it can be taken up; or it was reset. */
void vcpu_set_initialised(struct vcpu *v, bool initialised);
/** Frees what vcpu_create() made; @v does not run and nobody can find it any more. */
void vcpu_destroy(struct vcpu *v);
/** A vCPU of @cpu's own, for when nothing else is to run. Boot and CPU hotplug. NULL: no memory. */
struct vcpu *vcpu_create_idle(unsigned int cpu);
/** The vCPU @id of @d or NULL; @id comes from a guest. */
struct vcpu *domain_vcpu(const struct domain *d, uint32_t id);
/**
 * VCPUOP_register_vcpu_info. 0, -ENXIO (crosses the page or is unaligned), -EINVAL (second time, running, not the
 * domain's RAM).
 */
int vcpu_map_info(struct vcpu *v, gfn_t g, uint32_t offset);
void vcpu_unmap_info(struct vcpu *v);
/**
 * Where @area of @v is from now on, by guest frame address; ~0: nowhere. What is known of it is written there first. @v
 * is stopped, perhaps by several callers at once, or the current one. 0, -ENXIO (crosses the page or is unaligned),
 * -EINVAL (not the domain's RAM, or not to be written).
 */
int vcpu_map_area(struct vcpu *v, enum vcpu_area area, uint64_t gaddr);
/** Both are taken back; @v will not run again. */
void vcpu_unmap_areas(struct vcpu *v);
void vcpu_down(struct vcpu *v);
void vcpu_up(struct vcpu *v);
/** A run state as 64-bit code, or 32-bit code (@narrow), has it in its memory. */
struct runstate_image {
    char bytes[sizeof(struct vcpu_runstate_info)];
    size_t size, entry; /* of the whole; where state_entry_time is */
};
void vcpu_runstate_image(bool narrow, const struct vcpu_runstate_info *info, struct runstate_image *out);
/** Arch duty: the hypercall under way is by 32-bit code. */
bool arch_caller_is_narrow(void);
/** Copies the runstate to the registered area; current vCPU's address space must be loaded. */
void vcpu_update_runstate_area(struct vcpu *v);

/* Arch duties. */
int arch_vcpu_create(struct vcpu *v);
void arch_vcpu_destroy(struct vcpu *v);
/**
 * VCPUOP_initialise and XEN_DOMCTL_setvcpucontext: @ctx is a copied struct vcpu_guest_context. 0, -EINVAL, … Nothing
 * changes on error. Who calls then says vcpu_set_initialised().
 */
int arch_vcpu_set_context(struct vcpu *v, const struct vcpu_guest_context *ctx);
/** VCPUOP_initialise's argument from the caller's memory. */
int arch_vcpu_initialise(struct vcpu *v, uint64_t arg);
int arch_vcpu_reset(struct vcpu *v);
/** Rewrites @v's vcpu_time_info. Called at switch-in and after recalibration. */
void arch_vcpu_update_time(struct vcpu *v);
/** Saves @prev's state out of this CPU and loads @next's; the register frame of this CPU becomes @next's. IRQs off. */
void arch_context_switch(struct vcpu *prev, struct vcpu *next);
/** @v has left the CPU but lazily held state may remain; make the CPU forget it before @v is destroyed or inspected. */
void arch_sync_vcpu(struct vcpu *v);
long arch_vcpu_op(uint32_t cmd, struct vcpu *v, uint64_t arg);

#endif
