/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's CPU policies: see lib/x86/cpuid/policy.h for what each is. */
#ifndef CPU_CPUID_BOOT_H
#define CPU_CPUID_BOOT_H

#include "hv/compiler.h"
#include "x86/cpuid/policy.h"

struct arch_cpuid_policies {
    struct cpuid_policy raw, host, pv_max, pv_default;
};
/** Constant after cpuid_boot_init(). */
extern struct arch_cpuid_policies arch_cpuid_policies;

/** Boot CPU, after xstate_boot_init(). */
__init void cpuid_boot_init(void);

/** A new domain's own copy of the policy that PV guests get without asking; NULL without memory. */
struct cpuid_policy *cpuid_policy_new_pv(void);

#endif
