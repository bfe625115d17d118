/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads what the boot CPU says and derives the policies from it, once. */
#include "cpu/cpuid_boot.h"

#include "cpu/xstate_boot.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hw/native/cpu.h"
#include "pv/cpuid_fault.h"

struct arch_cpuid_policies arch_cpuid_policies __ro_after_init;

static void source_cpuid(void *opaque, uint32_t leaf, uint32_t subleaf, union cpuid_leaf *out)
{
    struct cpuid_regs r;

    hw_cpuid(leaf, subleaf, &r);
    *out = (union cpuid_leaf){ { r.eax, r.ebx, r.ecx, r.edx } };
}

static int source_rdmsr(void *opaque, uint32_t msr, uint64_t *value)
{
    return rdmsr_safe(msr, value) ? 0 : -EFAULT;
}

__init void cpuid_boot_init(void)
{
    static const struct cpuid_source cpu = { source_cpuid, source_rdmsr, NULL };
    struct arch_cpuid_policies *p = &arch_cpuid_policies;

    pv_cpuid_fault_init();
    cpuid_policy_raw(&cpu, &p->raw);
    cpuid_policy_host(&p->raw, &xstate_active, NULL, &p->host);
    cpuid_policy_pv_max(&p->host, &p->pv_max);
    cpuid_policy_pv_default(&p->host, &p->pv_max, &p->pv_default);
    log_debug("cpuid: %u basic leaves, XCR0 %#llx for PV guests", p->host.basic[0].a,
              (unsigned long long)cpuid_policy_xcr0(&p->pv_max));
}

struct cpuid_policy *cpuid_policy_new_pv(void)
{
    struct cpuid_policy *p = hv_zalloc(sizeof(*p));

    if (p)
        *p = arch_cpuid_policies.pv_default;
    return p;
}
