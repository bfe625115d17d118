/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paravirtual guests, as the rest of arch/x86 sees them. A PV guest's kernel and user mode both run at CPL 3; which of
 * the two runs is pv_vcpu.kernel_mode, and each has its own page table and GS base. Whatever the hardware would do at
 * ring 0 (exceptions, privileged instructions, system calls) ends here and is emulated, or handed to the guest's kernel
 * as a frame on its stack.
 *
 * @regs is always the guest frame of this CPU, guest_regs().
 */
#ifndef PV_PV_H
#define PV_PV_H

#include "hv/domain.h"
#include "hv/percpu.h"
#include "hv/types.h"

/* Entries from the guest (trap/ and entry/). Interrupts on, unless it says otherwise. */

/** An exception in a guest's context that is not a page fault; entry_vector and error_code are set. */
void pv_exception(struct cpu_user_regs *regs);
/** A page fault in a guest's context; @cr2 is the faulting address. */
void pv_page_fault(struct cpu_user_regs *regs, uint64_t cr2);
/**
 * A page fault of the hypervisor's own at @cr2, interrupts off. True: the cause is removed (an LDT page of the guest
 * was mapped, or the translation was stale) and the instruction can be repeated.
 */
bool pv_hypervisor_fault(struct cpu_user_regs *regs, uint64_t cr2);
/** IRET to the guest faulted, its frame is @regs again, interrupts are on. True: the cause is removed, retry. */
bool pv_return_fault_mended(const struct cpu_user_regs *regs, uint64_t cr2);
/**
 * SYSCALL from 64-bit guest user mode, from 32-bit code of either mode, and SYSENTER.
 * rip is that after the instruction.
 */
void pv_syscall(struct cpu_user_regs *regs);
void pv_syscall32(struct cpu_user_regs *regs);
void pv_sysenter(struct cpu_user_regs *regs);
/**
 * IRET to the guest faulted on what is in @regs: CS, SS or RIP are bad. entry_vector and error_code are the fault's,
 * which the guest gets as an exception; the failsafe callback is for data selectors, see pv_failsafe_segments().
 */
void pv_bad_iret(struct cpu_user_regs *regs);
/** False: pv_deliver_events() would do nothing and let the guest run. Interrupts off. */
static inline bool pv_has_events(const struct vcpu *v)
{
    const struct pv_vcpu *pv = &v->arch.pv;

    return pv->segments_bad | READ_ONCE(pv->nmi_pending) | READ_ONCE(pv->mce_pending) |
           (READ_ONCE(v->info->evtchn_upcall_pending) && !READ_ONCE(v->info->evtchn_upcall_mask)) | !vcpu_runnable(v);
}
/**
 * Last step before the guest runs, interrupts off: makes the frame for a pending NMI or event if the guest takes them
 * now. True when the guest must not run yet, because its domain has just been crashed.
 */
bool pv_deliver_events(struct cpu_user_regs *regs);
/** True when the current vCPU @v would be given an NMI, a machine check or an event now. */
bool pv_event_deliverable(const struct vcpu *v);
/** @v has an NMI pending, and is woken for it; any context that may take scheduler locks. */
void pv_nmi_send(struct vcpu *v);
/** The same without locks, so that a blocked vCPU sees it at its next event. NMI context. */
void pv_nmi_mark(struct vcpu *v);

/* Handing something to the guest's kernel. They leave @regs at the handler, or crash the domain. */

/** An entry point of the guest's kernel, and how to enter it. */
struct pv_bounce {
    uint64_t address;
    bool mask_events;     /* event delivery is off in the handler */
    bool has_error;
    uint8_t vector;       /* this and what: for the message, should there be no way to deliver it */
    uint32_t error;
    const char *what;     /* NULL: an exception with this vector */
};
/** Puts the frame of the PV ABI on the guest kernel's stack; enters kernel mode first if the guest was in user mode. */
void pv_bounce(struct cpu_user_regs *regs, const struct pv_bounce *bounce);
/** Raises exception @vector in the guest, with @error if the vector has an error code. */
void pv_inject(struct cpu_user_regs *regs, unsigned int vector, uint32_t error);
/** Raises #PF; the U bit of @error is set to what the guest's mode makes it. */
void pv_inject_page_fault(struct cpu_user_regs *regs, uint32_t error, uint64_t cr2);

/* The current vCPU's mode. */

/**
 * Changes between guest kernel and guest user: page table, GS base, pv.kernel_mode. The other page table must exist.
 */
void pv_toggle_mode(struct vcpu *v);
/**
 * True if I/O instructions and CLI/STI are allowed by the virtual IOPL: a guest kernel counts as ring 1, or, if it
 * asked for architectural_iopl, as the ring 0 that it believes to be in.
 */
static inline bool pv_iopl_ok(const struct vcpu *v)
{
    unsigned int kernel_ring = v->domain->vm_assist & BIT(VMASST_TYPE_architectural_iopl) ? 0 : 1;

    return v->arch.pv.iopl >= (v->arch.pv.kernel_mode ? kernel_ring : 3u);
}

/* A vCPU's life, in part of guest/vcpu.c's. */

/** The PV part of a new vCPU. 0 or -ENOMEM. */
int pv_vcpu_create(struct vcpu *v);
void pv_vcpu_destroy(struct vcpu *v);
/** Gives up page tables and descriptor tables of @v, which does not run, and forgets the rest. 0 or -ERESTART. */
int pv_vcpu_reset(struct vcpu *v);
/** arch_vcpu_set_context() of a PV vCPU. */
int pv_vcpu_set_context(struct vcpu *v, const struct vcpu_guest_context *ctx);
/** Registers, stack and page walks of @v to the log. */
void pv_dump_vcpu(const struct vcpu *v);
/** Loads what @v needs and this CPU does not have yet. Interrupts off; @v is to be current. */
void pv_enter(struct vcpu *v, bool still_loaded);
/** Stores what only this CPU has of @v. Interrupts off. */
void pv_leave(struct vcpu *v);

/* Pieces of a vCPU's state. */

/** Stores this CPU's segment selectors and bases in @v, or loads them from there. Interrupts off. */
void pv_segments_save(struct vcpu *v);
void pv_segments_load(struct vcpu *v);
/** Sets the current vCPU's virtual CR0.TS and the CPU's. */
void pv_set_ts(struct vcpu *v, bool set);
/** Writes or reads virtual debug register @index, 0..7, of @v. -ENODEV: no such register; -EINVAL,
 * -EPERM: not for a guest. */
int pv_debugreg_set(struct vcpu *v, unsigned int index, uint64_t value);
int pv_debugreg_get(const struct vcpu *v, unsigned int index, uint64_t *value);
/** Breakpoints, a bit each as in DR6, that an access of @size to @port meets. */
unsigned int pv_debugreg_port_hits(const struct vcpu *v, unsigned int port, unsigned int size);
/** Brings @v's breakpoints into this CPU, or takes them out. Interrupts off. */
void pv_debugregs_load(const struct vcpu *v);
void pv_debugregs_unload(const struct vcpu *v);
/** #UD: does the instruction at @regs->rip if the PV ABI gives it a meaning, else the guest gets its exception. */
void pv_invalid_opcode(struct cpu_user_regs *regs);
/** Emulates the privileged instruction at @regs->rip after #GP(0). False: it is the guest's own fault. */
bool pv_emulate_privileged(struct cpu_user_regs *regs);

/** Bits that a PV guest may set in its CR4, given its policy; and the part of them that the CPU's CR4 follows. */
uint64_t pv_cr4_settable(const struct domain *d);
#define PV_CR4_IN_CPU (CR4_TSD | CR4_FSGSBASE)
/** Makes this CPU's CR4 fit @v. */
void pv_cr4_load(const struct vcpu *v);

/** Fills @ctx as XEN_DOMCTL_getvcpucontext wants it. @v is paused. */
void pv_vcpu_get_context(struct vcpu *v, struct vcpu_guest_context *ctx);

#endif
