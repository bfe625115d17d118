/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest-physical memory of a container: which frame is where (lib/x86/p2m), and what that means to who asks. */
#ifndef HVM_P2M_H
#define HVM_P2M_H

#include "hv/physmap.h"
#include "x86/p2m/p2m.h"

/** 0 or -ENOMEM. hvm_p2m_destroy() also undoes half of it. */
int hvm_p2m_create(struct domain *d);
/** Preemptible: 0 or -ERESTART. */
int hvm_p2m_relinquish(struct domain *d);
void hvm_p2m_destroy(struct domain *d);

/**
 * The frame at @g and what kind of entry leads to it; MFN_NONE where that kind has none. No reference: it may be
 * another's before this returns. Interrupts on.
 */
mfn_t hvm_p2m_lookup(struct domain *d, gfn_t g, enum p2m_type *kind);
/**
 * A reference on the frame at @g, allocated on demand; or NULL. Only frames of @d's own, pages that are shared with it
 * (shared_info, grant table) among them. The type that a writer holds besides is guest/'s, and after he has it the mark
 * that he may write: hvm_dirty_mark().
 */
struct frame *hvm_frame_get(struct domain *d, gfn_t g, bool write);
/**
 * What the guest itself would reach at @g, whoever owns it (grants and foreign frames too), for a moment: a reference,
 * to be dropped by frame_put(). NULL: nothing, or nothing that it may write to; others' frames we only read. *@kind
 * (or NULL) is what is there.
 */
struct frame *hvm_frame_access(struct domain *d, gfn_t g, bool write, enum p2m_type *kind);
/** What the CPU loads as nested page table: its machine address. */
paddr_t hvm_p2m_root(const struct domain *d);

enum hvm_p2m_answer {
    HVM_P2M_RETRY,   /* the access is allowed now */
    HVM_P2M_PROTECTED, /* a write to what was granted for reading: #GP */
    HVM_P2M_EMULATE, /* nothing is there: reads give all ones, writes vanish, unless a device is emulated there */
    HVM_P2M_REFUSED, /* the guest cannot go on: its memory cannot be had */
};
#define HVM_P2M_WRITE BIT(0)
#define HVM_P2M_FETCH BIT(1)
/**
 * The CPU found no way to @gpa of @v's domain, for an access of kind @access. @v is current, interrupts are on. Of a
 * fetch HVM_P2M_EMULATE says that there is nothing, or nothing that may be executed.
 */
enum hvm_p2m_answer hvm_p2m_fault(struct vcpu *v, uint64_t gpa, unsigned int access);

/* arch_physmap_*() of a container. */
int hvm_physmap_populate(struct domain *d, gfn_t g, mfn_t m, unsigned int order);
bool hvm_physmap_give_back(struct domain *d, gfn_t g, struct heap_run *run);
int hvm_physmap_add(struct domain *d, gfn_t g, struct frame *f);
int hvm_physmap_remove(struct domain *d, gfn_t g);
long hvm_physmap_maximum(const struct domain *d);
/**
 * Frame @m of somebody else's, or granted to itself, is at @g as @type (GRANT or FOREIGN, RW or RO), and the caller's
 * hold (arch_guest_frame_get(), for writing if RW) passes to the entry. 0, -EINVAL, -ENOMEM.
 */
int hvm_physmap_add_foreign(struct domain *d, gfn_t g, mfn_t m, enum p2m_type type);
/** The opposite: the entry must be just that, and its hold is the caller's. 0, -ENOENT, -ENOMEM. */
int hvm_physmap_remove_foreign(struct domain *d, gfn_t g, mfn_t m, enum p2m_type type);

/* Memory that comes to be when it is touched first. */

struct hvm_pod { uint64_t total, cache, entries; /* frames of the domain, of these in the cache; gfns without one */ };
/** The 2^@order gfns from @g on get frames when they are touched. 0, -EINVAL, -EBUSY: something is there; -ENOMEM. */
int hvm_pod_populate(struct domain *d, gfn_t g, unsigned int order);
/** How many frames @d is to have with its cache (NULL: as many as now). 0, -ENOMEM, -ERESTART; *@pod is what it has. */
int hvm_pod_target(struct domain *d, const uint64_t *target, struct hvm_pod *pod);

/*
 * The pool that the map's tables come from, in bytes. 0; -EINVAL; -ENOMEM, and it has come part of the way; -ERESTART.
 */
int hvm_pool_set(struct domain *d, uint64_t bytes);
uint64_t hvm_pool_get(const struct domain *d);

/** Arch: the largest leaf that this machine's CPUs walk, as an order: 9 or 18. */
unsigned int hvm_p2m_order_max(void);

#endif
