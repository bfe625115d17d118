/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Processors that can make CPUID fault outside ring 0 let a PV guest see its policy even without the emulation prefix.
 */
#ifndef PV_CPUID_FAULT_H
#define PV_CPUID_FAULT_H

#include "hv/compiler.h"
#include "hv/types.h"

/** Boot CPU: finds out whether this machine can. */
__init void pv_cpuid_fault_init(void);
/** Makes CPUID fault on this CPU, or not, as @v is to have it. Interrupts off. */
void pv_cpuid_fault_load(const struct vcpu *v);
/** True if guests can be promised the feature. */
bool pv_cpuid_fault_available(void);

#endif
