/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TSC_AUX (what RDTSCP and RDPID give, without faulting), SPEC_CTRL, and whether CPUID faults. */
#include "pv/msr_state.h"

#include "cpu/cpuid_fault.h"
#include "cpu/guest_msr.h"
#include "hv/domain.h"
#include "hw/native/cpu.h"

/*
 * CPUID faults for every guest but the hardware domain, which finds out about the machine by the plain instruction, and
 * for any guest that turned it on for its own user mode.
 */
static void cpuid_fault_load(const struct vcpu *v)
{
    cpuid_fault_set(!v->domain->is_hardware || (v->arch.msr_misc_features & MISC_FEATURES_CPUID_FAULT));
}

void pv_msr_state_load(const struct vcpu *v)
{
    guest_msr_load_tsc_aux(v->arch.tsc_aux);
    guest_msr_load_spec_ctrl(v->arch.spec_ctrl);
    cpuid_fault_load(v);
}

int pv_msr_state_set(struct vcpu *v, const struct msr_write *w)
{
    irqflags_t flags = irq_save();
    bool good = true;

    switch (w->effect) {
    case MSR_EFFECT_TSC_AUX:
        v->arch.tsc_aux = (uint32_t)w->value;
        guest_msr_load_tsc_aux(v->arch.tsc_aux);
        break;
    case MSR_EFFECT_SPEC_CTRL:
        good = guest_msr_load_spec_ctrl(w->value);
        if (good)
            v->arch.spec_ctrl = w->value;
        break;
    case MSR_EFFECT_MISC_FEATURES:
        v->arch.msr_misc_features = w->value;
        cpuid_fault_load(v);
        break;
    default:
        good = false;
    }
    irq_restore(flags);
    return good ? 0 : -EPERM;
}
