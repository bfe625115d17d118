/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time stamp counter as a vCPU of a container reads it. */
#ifndef HVM_TIME_H
#define HVM_TIME_H

#include "hv/domain.h"

/** What every vCPU's counter of @d is an offset to, at system time @now, which is the present. */
uint64_t hvm_tsc_base(const struct domain *d, uint64_t now);
/** What RDTSC gives @v at system time @now. */
uint64_t hvm_tsc(const struct vcpu *v, uint64_t now);
/** The guest writes its counter: it goes on from @value, and TSC_ADJUST with it. */
void hvm_tsc_write(struct vcpu *v, uint64_t value);
void hvm_tsc_adjust_write(struct vcpu *v, uint64_t value);
/** When the guest's counter is at @tsc, which may be past: system time, TIME_NEVER if that is beyond counting. */
uint64_t hvm_tsc_to_time(const struct vcpu *v, uint64_t tsc, uint64_t now);

#endif
