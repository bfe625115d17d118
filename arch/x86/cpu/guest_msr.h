/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers that this CPU has in common with whatever guest runs on it: what TSC_AUX and SPEC_CTRL hold. */
#ifndef CPU_GUEST_MSR_H
#define CPU_GUEST_MSR_H

#include "hv/types.h"

/** TSC_AUX, what RDTSCP and RDPID give; nothing where there is none. Interrupts off. */
void guest_msr_load_tsc_aux(uint32_t value);
/** SPEC_CTRL. False: the processor refuses the value, or has none. Interrupts off. */
bool guest_msr_load_spec_ctrl(uint64_t value);

#endif
