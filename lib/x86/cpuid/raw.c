/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a processor, or a recording of one, into a policy. */
#include "x86/cpuid/policy.h"
#include "x86/msr/index.h"

/* A leaf above the reader's limit answers garbage on some processors, and is zero for us. */
static bool readable(const struct cpuid_policy *p, uint32_t leaf, uint32_t subleaf)
{
    if (leaf >= XEN_CPUID_FIRST_LEAF && leaf < 0x80000000)
        return false;
    return cpuid_policy_within(p, leaf, subleaf);
}

/* Sub-leaves of 0xD exist for the components that sub-leaves 0 and 1 name. */
static bool xstate_exists(const struct cpuid_policy *p, uint32_t i)
{
    uint64_t user = cpuid_policy_xcr0(p), supervisor = p->xstate[1].c | (uint64_t)p->xstate[1].d << 32;

    return i < 2 || (user | supervisor) >> i & 1;
}

static void read_limits(const struct cpuid_source *source, struct cpuid_policy *p)
{
    source->cpuid(source->opaque, 0, 0, &p->basic[0]);
    source->cpuid(source->opaque, 0x80000000, 0, &p->extd[0]);
    if (p->extd[0].a >> 16 != 0x8000)
        p->extd[0] = (union cpuid_leaf){ { 0x80000000 } };
    if (p->basic[0].a >= 7)
        source->cpuid(source->opaque, 7, 0, &p->leaf7[0]);
}

/* What depends on the register state of the CPU that was read, and not on the CPU. */
static void clear_dynamic(struct cpuid_policy *p)
{
    uint32_t set[CPUFEAT_WORDS];

    cpuid_policy_features(p, set);
    cpufeat_clear(set, CPUFEAT_OSXSAVE);
    cpufeat_clear(set, CPUFEAT_OSPKE);
    cpuid_policy_set_features(p, set);
    p->xstate[0].b = 0;
    p->xstate[1].b = 0;
}

void cpuid_policy_raw(const struct cpuid_source *source, struct cpuid_policy *p)
{
    memset(p, 0, sizeof(*p));
    read_limits(source, p);
    for (unsigned int i = 0; i < CPUID_SERIALISED_LEAVES; i++) {
        uint32_t leaf, subleaf;
        bool indexed;

        cpuid_slot_address(i, &leaf, &subleaf);
        indexed = subleaf != XEN_CPUID_NO_SUBLEAF;
        if (leaf == 0 || leaf == 0x80000000 || !readable(p, leaf, subleaf))
            continue;
        if (leaf == 0xd && !xstate_exists(p, subleaf))
            continue;
        source->cpuid(source->opaque, leaf, indexed ? subleaf : 0, cpuid_policy_slot(p, leaf, subleaf));
    }
    clear_dynamic(p);
    if (!source->rdmsr)
        return;
    if (source->rdmsr(source->opaque, MSR_PLATFORM_INFO, &p->platform_info))
        p->platform_info = 0;
    if (!cpuid_policy_has(p, CPUFEAT_ARCH_CAPS) ||
        source->rdmsr(source->opaque, MSR_ARCH_CAPS, &p->arch_caps))
        p->arch_caps = 0;
}
