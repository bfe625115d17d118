/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a vCPU in a container has of its own. Written by the CPU that runs it, or by anyone while it is paused, but for
 * what is said to be atomic.
 */
#ifndef ARCH_HVM_VCPU_H
#define ARCH_HVM_VCPU_H

#include "hv/types.h"

struct hvm_vcpu {
    uint8_t upcall_vector; /* of events, 0: none (HVMOP_set_evtchn_upcall_vector) */
};

#endif
