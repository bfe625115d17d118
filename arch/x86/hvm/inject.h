/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside hvm: what goes in with the next entry. */
#ifndef HVM_INJECT_H
#define HVM_INJECT_H

#include "hv/domain.h"

/** Hands the vendor what is to be delivered to @v, which is about to run. Interrupts are off. */
void hvm_deliver(struct vcpu *v, const struct cpu_user_regs *regs);
/** The guest is at an IRET, which ends an NMI. */
void hvm_iret_reached(struct vcpu *v, const struct cpu_user_regs *regs);

#endif
