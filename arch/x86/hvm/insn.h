/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The instruction at which the current vCPU stopped, carried out by lib/x86/emulate. */
#ifndef HVM_INSN_H
#define HVM_INSN_H

#include "hv/domain.h"
#include "hv/types.h"

/* What an instruction may be, for who asks to carry it out: nothing else is done in its place. */
#define HVM_INSN_MEMORY  BIT(0) /* plain ones, on memory that may be a device's */
#define HVM_INSN_CONTROL BIT(1) /* CR0 to CR8, CLTS, LMSW, SMSW */
#define HVM_INSN_DEBUG   BIT(2) /* DR0 to DR7 */
#define HVM_INSN_XCR     BIT(3) /* XSETBV */
#define HVM_INSN_PORT    BIT(4) /* INS, OUTS */

/**
 * Carries it out if it is of @kinds, and moves on. It may raise an exception of the guest's. False: it is not of these,
 * or cannot be done; nothing has changed.
 */
bool hvm_instruction(struct vcpu *v, struct cpu_user_regs *regs, unsigned int kinds);
/** The length of it; 0: it cannot be read, or is none. */
unsigned int hvm_instruction_length(struct vcpu *v, const struct cpu_user_regs *regs);
/** RIP goes on to @next behind an instruction that is done: the interrupt shadow ends, single steps trap. */
void hvm_advance(struct vcpu *v, struct cpu_user_regs *regs, uint64_t next);

#endif
