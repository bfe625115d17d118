/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside arch/x86/pv: exceptions that come from outside the guest, and the failsafe callback. */
#ifndef PV_ASYNC_H
#define PV_ASYNC_H

#include "hv/types.h"

/* Bits of pv_vcpu.async_masked: being handled by the guest, the next one waits for its IRET. */
#define PV_ASYNC_NMI 0x1u
#define PV_ASYNC_MCE 0x2u

/** Tells the guest's kernel that the selectors in @regs (ds, es, fs, gs) could not all be loaded. */
void pv_failsafe_segments(struct cpu_user_regs *regs);

#endif
