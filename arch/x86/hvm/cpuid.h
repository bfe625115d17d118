/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUID of containers. */
#ifndef HVM_CPUID_H
#define HVM_CPUID_H

#include "hv/domain.h"

/** What CPUID gives the current vCPU @v, from its registers into them. */
void hvm_cpuid(struct vcpu *v, struct cpu_user_regs *regs);

#endif
