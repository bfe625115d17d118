/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See cpu/cpuid_fault.h. */
#include "cpu/cpuid_fault.h"

#include "hv/percpu.h"
#include "hw/native/cpu.h"
#include "x86/cpuid/policy.h"
#include "x86/msr/index.h"

static bool available __ro_after_init;
static DEFINE_PER_CPU(bool, faulting);

__init void cpuid_fault_init(void)
{
    uint64_t info, enables;

    available = rdmsr_safe(MSR_PLATFORM_INFO, &info) && (info & PLATFORM_INFO_CPUID_FAULTING) &&
                rdmsr_safe(MSR_MISC_FEATURES, &enables) &&
                wrmsr_safe(MSR_MISC_FEATURES, enables & ~(uint64_t)MISC_FEATURES_CPUID_FAULT);
}

void cpuid_fault_set(bool want)
{
    uint64_t enables;

    if (!available || this_cpu(faulting) == want || !rdmsr_safe(MSR_MISC_FEATURES, &enables))
        return;
    enables = want ? enables | MISC_FEATURES_CPUID_FAULT : enables & ~(uint64_t)MISC_FEATURES_CPUID_FAULT;
    wrmsr_safe(MSR_MISC_FEATURES, enables);
    this_cpu(faulting) = want;
}
