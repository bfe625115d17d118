/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VCPUOP_initialise of a container's vCPU. */
#include "hvm/hvm.h"

int hvm_vcpu_initialise(struct vcpu *v, uint64_t arg) { return -EOPNOTSUPP; }
