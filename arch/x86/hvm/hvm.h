/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HVM containers (PVH, HVM), as guest/, entry/ and domctl/ see them. Memory is hvm/p2m.h's. A function that has the
 * name of a duty (hvm_vcpu_create(): arch_vcpu_create()) is that duty for vCPUs and domains of this kind.
 */
#ifndef HVM_HVM_H
#define HVM_HVM_H

#include "hv/compiler.h"
#include "hv/domain.h"

struct hypercall;

/** Looks for what runs containers on this machine, and says what it found. Boot. */
__init void hvm_detect(void);
/** This machine runs containers. */
bool hvm_available(void);

/* Domains. */

/**
 * 0; -EOPNOTSUPP: this machine runs no containers; -ENODEV: a CPU refuses; -ENOMEM. hvm_domain_destroy() also undoes
 * half of it. Under the domctl lock.
 */
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
/** What XEN_DOMCTL_getvcpucontext gives. @v is paused. */
void hvm_vcpu_get_context(struct vcpu *v, struct vcpu_guest_context *c);

/** General registers, RIP, RSP and RFLAGS of @v, which is current or does not run. */
struct cpu_user_regs *hvm_regs(const struct vcpu *v);
/** What was under way in @v, which does not run or is current, is forgotten: an event, an NMI, HLT. */
void hvm_vcpu_state_forget(struct vcpu *v);
/** Every register of @v, which is current, as the start-up interrupt with @vector leaves it. */
void hvm_vcpu_reset_to(struct vcpu *v, uint8_t vector);

/* Switching and running. Interrupts are off. */

/** One turn of the current vCPU: it runs until something happens, and that is dealt with; or it need not run now. */
void hvm_run(struct cpu_user_regs *regs);

/** Loads what @v needs and this CPU does not have yet; @v is to be current. */
void hvm_enter(struct vcpu *v, bool still_loaded);

/**
 * Where a guest can change XCR0 unseen, all that it could ever enable is saved and loaded from the start. After
 * fpu_vcpu_init() and fpu_vcpu_reset().
 */
void hvm_fpu_widen(struct vcpu *v);

/* Events. */

/** Something would be delivered to @v now, so that it need not wait. */
bool hvm_event_deliverable(const struct vcpu *v);
/** @v's upcall became pending: requests the interrupt that the guest wants for it. Any context. */
void hvm_event_raised(struct vcpu *v);
/** HVMOP_set_evtchn_upcall_vector for vCPU @id of @d. 0, -EINVAL. */
int hvm_upcall_vector_set(struct domain *d, uint32_t id, uint8_t vector);
/** HVM_PARAM_CALLBACK_IRQ has become @via. */
void hvm_callback_set(struct domain *d, uint64_t via);

/* Exceptions of the current vCPU; a second one on top of one that is to be delivered is what the CPU makes of it. */

void hvm_inject_fault(struct vcpu *v, unsigned int vector, uint32_t error);
void hvm_inject_page_fault(struct vcpu *v, uint32_t error, uint64_t address);
static inline void hvm_inject_gp(struct vcpu *v) { hvm_inject_fault(v, 13, 0); }
static inline void hvm_inject_ud(struct vcpu *v) { hvm_inject_fault(v, 6, 0); }
/** The guest is beyond help: the domain shuts down as its toolstack wants it, a reboot mostly. */
void hvm_triple_fault(struct vcpu *v);

/** As arch_hypercall_narrow(): @call by 32-bit code of the current vCPU. */
long hvm_hypercall_narrow(struct hypercall *call);

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
