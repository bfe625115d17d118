/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Model-specific registers of containers. */
#ifndef HVM_MSR_H
#define HVM_MSR_H

#include "hv/domain.h"

/** RDMSR and WRMSR of the current vCPU @v. False: #GP, and nothing has changed. */
bool hvm_rdmsr(struct vcpu *v, uint32_t msr, uint64_t *value);
bool hvm_wrmsr(struct vcpu *v, uint32_t msr, uint64_t value);

#endif
