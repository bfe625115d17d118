/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUID faulting: Intel's MISC_FEATURES_ENABLES bit 0 (SDM vol. 4), where PLATFORM_INFO bit 31 announces it. It is on
 * for every PV guest except the hardware domain, which finds out about the machine by the plain instruction, and for
 * any guest that turned it on for its own user mode.
 */
#include "pv/cpuid_fault.h"

#include "hv/percpu.h"
#include "hw/native/cpu.h"
#include "hv/domain.h"
#include "x86/cpuid/policy.h"

#define MSR_MISC_FEATURES  0x00000140u
#define MSR_PLATFORM_INFO  0x000000ceu
#define FAULT_ENABLE       1u

static bool available __ro_after_init;
static DEFINE_PER_CPU(bool, faulting);

__init void pv_cpuid_fault_init(void)
{
    uint64_t info, enables;

    available = rdmsr_safe(MSR_PLATFORM_INFO, &info) && (info & PLATFORM_INFO_CPUID_FAULTING) &&
                rdmsr_safe(MSR_MISC_FEATURES, &enables) &&
                wrmsr_safe(MSR_MISC_FEATURES, enables & ~(uint64_t)FAULT_ENABLE);
}

bool pv_cpuid_fault_available(void) { return available; }

void pv_cpuid_fault_load(const struct vcpu *v)
{
    bool want = !v->domain->is_hardware || (v->arch.msr_misc_features & FAULT_ENABLE);
    uint64_t enables;

    if (!available || this_cpu(faulting) == want || !rdmsr_safe(MSR_MISC_FEATURES, &enables))
        return;
    wrmsr_safe(MSR_MISC_FEATURES, want ? enables | FAULT_ENABLE : enables & ~(uint64_t)FAULT_ENABLE);
    this_cpu(faulting) = want;
}
