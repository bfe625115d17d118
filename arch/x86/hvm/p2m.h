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

/** The frame at @g and what kind of entry leads to it; MFN_NONE where that kind has none. Any context, no reference. */
mfn_t hvm_p2m_lookup(struct domain *d, gfn_t g, enum p2m_type *kind);
/** arch_guest_frame_get(): a reference on the frame at @g, allocated on demand, marked dirty if @write; or NULL. */
struct frame *hvm_frame_get(struct domain *d, gfn_t g, bool write);
/** What the CPU loads as nested page table: its machine address. */
paddr_t hvm_p2m_root(const struct domain *d);

enum hvm_p2m_answer {
    HVM_P2M_RETRY,   /* the access is allowed now */
    HVM_P2M_EMULATE, /* nothing is there: reads give all ones, writes vanish, unless a device is emulated there */
    HVM_P2M_REFUSED, /* the guest cannot go on: its memory cannot be had */
};
#define HVM_P2M_WRITE BIT(0)
#define HVM_P2M_FETCH BIT(1)
/** The CPU found no way to @gpa of @v's domain, for an access of kind @access. @v is current. */
enum hvm_p2m_answer hvm_p2m_fault(struct vcpu *v, uint64_t gpa, unsigned int access);

/* arch_physmap_*() of a container. */
int hvm_physmap_populate(struct domain *d, gfn_t g, mfn_t m, unsigned int order);
bool hvm_physmap_give_back(struct domain *d, gfn_t g, struct heap_run *run);
int hvm_physmap_add(struct domain *d, gfn_t g, struct frame *f);
int hvm_physmap_remove(struct domain *d, gfn_t g);
long hvm_physmap_maximum(const struct domain *d);

#endif
