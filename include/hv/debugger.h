/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A debugger in a control domain (gdbsx) that is attached to another domain.
 *
 * While it is attached, a breakpoint or single step in the guest's kernel is not the guest's: it stops the domain as
 * XEN_DOMCTL_pausedomain would, and the debugger, which asks for the state with XEN_DOMCTL_gdbsx_domstatus, starts it
 * again with XEN_DOMCTL_unpausedomain. User mode keeps its own debuggers. The guest can do no more than stop itself.
 */
#ifndef HV_DEBUGGER_H
#define HV_DEBUGGER_H

#include "hv/domain.h"

/**
 * Stops the current vCPU's domain, to which a debugger is attached. @event: what domstatus will tell of the vCPU, once;
 * with 0 nothing, and VIRQ_DEBUGGER is raised instead. Interrupts on, no locks.
 */
void debugger_stop(uint32_t event);

/* Arch duty. */

/**
 * The frame behind @va in the kernel's address space of @v, referenced as arch_guest_frame_get() does; NULL if nothing
 * is mapped there, or nothing of the domain's RAM that may be accessed so. @v may run meanwhile.
 */
struct frame *arch_guest_va_frame_get(const struct vcpu *v, vaddr_t va, bool write);

#endif
