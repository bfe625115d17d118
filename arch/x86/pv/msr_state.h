/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside arch/x86/pv: model-specific registers whose value is a vCPU's own while it runs. */
#ifndef PV_MSR_STATE_H
#define PV_MSR_STATE_H

#include "hv/types.h"
#include "x86/msr/pv.h"

/** Remembers the value and makes it effective; @v is current. -EPERM: the processor refuses it. */
int pv_msr_state_set(struct vcpu *v, const struct msr_write *w);
/** Makes @v's values effective on this CPU. Interrupts off. */
void pv_msr_state_load(const struct vcpu *v);

#endif
