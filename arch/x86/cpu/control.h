/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control registers as the hypervisor wants them. What CPUID claims is tried before it is relied on, one bit at a time
 * and where a fault is caught: a claim that the processor does not keep costs the feature, never the boot.
 */
#ifndef CPU_CONTROL_H
#define CPU_CONTROL_H

#include "hv/compiler.h"
#include "hv/types.h"

/** The CR4 that the hypervisor itself runs with; guests' bits are added in pv/. Changes during boot only. */
extern uint64_t hv_cr4;

/** The boot CPU: tries each claimed bit of CR4 and EFER, and sets CR0, CR4, EFER and PAT. Faults are caught already. */
__init void cpu_control_boot(void);
/**
 * Another CPU, its tables loaded: the same values. 0, or -ENODEV if it refuses what the first took, which was logged.
 */
int cpu_control_init(void) __must_check;
/** Whether a page of 1 GiB can be used where CPUID claims so. Boot CPU on head.S's tables. */
__init void cpu_control_try_1g_pages(void);
/** Whether RDTSCP, RDPID and TSC_AUX are there where CPUID claims so. Boot CPU. */
__init void cpu_control_try_tsc_aux(void);

#endif
