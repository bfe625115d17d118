/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUID faulting: processors that can make CPUID fault outside ring 0 let a PV guest see its policy even without the
 * emulation prefix. Bit 0 of Intel's MSR_MISC_FEATURES (SDM vol. 4), where PLATFORM_INFO bit 31 announces it.
 */
#ifndef CPU_CPUID_FAULT_H
#define CPU_CPUID_FAULT_H

#include "hv/compiler.h"
#include "hv/types.h"
#include "x86/msr/index.h"

/** Boot CPU: finds out whether this machine can. */
__init void cpuid_fault_init(void);
/** Makes CPUID fault outside ring 0 on this CPU, or not; nothing where it can't be had. Interrupts off. */
void cpuid_fault_set(bool want);

#endif
