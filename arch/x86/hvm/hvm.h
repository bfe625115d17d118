/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HVM containers (PVH, HVM), as guest/, entry/ and domctl/ see them. Memory is hvm/p2m.h's. A function that has the
 * name of a duty (hvm_vcpu_create(): arch_vcpu_create()) is that duty for vCPUs and domains of this kind.
 */
#ifndef HVM_HVM_H
#define HVM_HVM_H

#include "hv/domain.h"

/* Domains. */

/** 0, -EOPNOTSUPP: this machine runs no containers; -EINVAL, -ENOMEM. hvm_domain_destroy() also undoes half of it. */
int hvm_domain_create(struct domain *d, const struct domain_config *config);
int hvm_domain_relinquish(struct domain *d);
void hvm_domain_destroy(struct domain *d);

/* vCPUs. */

int hvm_vcpu_create(struct vcpu *v);
void hvm_vcpu_destroy(struct vcpu *v);
int hvm_vcpu_reset(struct vcpu *v);
/** VCPUOP_initialise: @arg is a struct vcpu_hvm_context in the caller's memory. */
int hvm_vcpu_initialise(struct vcpu *v, uint64_t arg);
long hvm_vcpu_op(uint32_t cmd, struct vcpu *v, uint64_t arg);
void hvm_vcpu_dump(const struct vcpu *v);

/* Switching and running. Interrupts are off. */

/** Stores what only this CPU has of @v. */
void hvm_leave(struct vcpu *v);
/** Loads what @v needs and this CPU does not have yet; @v is to be current. */
void hvm_enter(struct vcpu *v, bool still_loaded);

/* Events. */

/** An event may be delivered to @v now. */
bool hvm_event_deliverable(const struct vcpu *v);

/* The caller's memory: linear addresses of the current vCPU, by its page tables as they are. 0 or -EFAULT. */
int hvm_copy_from_guest(void *dst, uint64_t src, size_t len);
int hvm_copy_to_guest(uint64_t dst, const void *src, size_t len);
int hvm_clear_guest(uint64_t dst, size_t len);
bool hvm_guest_range_ok(uint64_t va, size_t len);
/** The guest frame that holds @va in the address space of @v, which does not run or is current. False: none. */
bool hvm_linear_to_gfn(const struct vcpu *v, uint64_t va, gfn_t *g);

/**
 * Every CPU has forgotten what it cached of @d's guest-physical memory. May wait for other CPUs. Which may have cached
 * something is said by d->arch.dirty_cpus.
 */
void hvm_flush_tlb(struct domain *d);

#endif
