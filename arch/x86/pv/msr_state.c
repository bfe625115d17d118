/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TSC_AUX (what RDTSCP and RDPID give, without faulting) and SPEC_CTRL. Each CPU remembers what it wrote last, because
 * writing SPEC_CTRL is slow and most guests never change either.
 */
#include "pv/msr_state.h"

#include "cpu/cpuid_fault.h"
#include "cpu/features.h"
#include "hv/domain.h"
#include "hv/percpu.h"
#include "hw/native/cpu.h"
#include "hw/native/msr_index.h"

static DEFINE_PER_CPU(uint32_t, aux_loaded);
static DEFINE_PER_CPU(uint64_t, spec_loaded);

static void aux_load(uint32_t value)
{
    if (!cpu_has_rdtscp || this_cpu(aux_loaded) == value)
        return;
    wrmsr(MSR_TSC_AUX, value);
    this_cpu(aux_loaded) = value;
}

static bool spec_load(uint64_t value)
{
    if (this_cpu(spec_loaded) == value)
        return true;
    if (!wrmsr_safe(MSR_SPEC_CTRL, value))
        return false;
    this_cpu(spec_loaded) = value;
    return true;
}

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
    aux_load(v->arch.tsc_aux);
    spec_load(v->arch.spec_ctrl);
    cpuid_fault_load(v);
}

int pv_msr_state_set(struct vcpu *v, const struct msr_write *w)
{
    irqflags_t flags = irq_save();
    bool good = true;

    switch (w->effect) {
    case MSR_EFFECT_TSC_AUX:
        v->arch.tsc_aux = (uint32_t)w->value;
        aux_load(v->arch.tsc_aux);
        break;
    case MSR_EFFECT_SPEC_CTRL:
        good = spec_load(w->value);
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
