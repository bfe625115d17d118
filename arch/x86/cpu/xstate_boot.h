/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Measures the extended state of this machine and obeys lib/x86/xstate's plan. */
#ifndef CPU_XSTATE_BOOT_H
#define CPU_XSTATE_BOOT_H

#include "hv/compiler.h"
#include "x86/xstate/plan.h"

/** What all CPUs run with. Valid after xstate_boot_init(). */
extern struct xstate_plan xstate_active;
/** Bits of MXCSR that this machine has. */
extern uint32_t mxcsr_mask;

/**
 * Boot CPU: measures, plans, logs the findings, adds CR4.OSXSAVE to hv_cr4 and to this CPU if the plan uses XSAVE.
 * CPU features must have been detected.
 */
__init void xstate_boot_init(void);
/** Every other CPU, after cpu_control_init(): 0, or -ENODEV when it cannot run what the boot CPU's plan decided. */
int xstate_init_cpu(void);

#endif
