/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vCPU in a container: its birth, reset and end. */
#include "hvm/hvm.h"

int hvm_vcpu_create(struct vcpu *v) { return -EOPNOTSUPP; }

void hvm_vcpu_destroy(struct vcpu *v) { }

int hvm_vcpu_reset(struct vcpu *v) { return -EOPNOTSUPP; }

int hvm_vcpu_initialise(struct vcpu *v, uint64_t arg) { return -EOPNOTSUPP; }

long hvm_vcpu_op(uint32_t cmd, struct vcpu *v, uint64_t arg) { return -ENOSYS; }

void hvm_vcpu_dump(const struct vcpu *v) { }

void hvm_leave(struct vcpu *v) { }

void hvm_enter(struct vcpu *v, bool still_loaded) { }
