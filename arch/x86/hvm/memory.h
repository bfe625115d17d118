/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Accesses for which the CPU found no memory. */
#ifndef HVM_MEMORY_H
#define HVM_MEMORY_H

#include "hv/domain.h"

/**
 * The current vCPU @v accessed @gpa, for an access of kind HVM_P2M_WRITE, _FETCH: it is let in, or a device answers, or
 * nobody does, or it gets an exception.
 */
void hvm_memory_fault(struct vcpu *v, struct cpu_user_regs *regs, uint64_t gpa, unsigned int access);

#endif
