/* SPDX-License-Identifier: GPL-2.0-or-later */
/* raw -> host -> max -> default: each step only takes away, except that max policies add what we provide ourselves. */
#include "x86/cpuid/fields.h"

/*
 * Features that come with registers which are neither switched between vCPUs nor emulated: telling a guest of them
 * would be a lie. Whoever begins to keep such a register takes its feature out of here.
 */
static const uint16_t not_kept[] = {
    CPUFEAT_FFXSR,                                                   /* EFER.FFXSR */
    CPUFEAT_DBEXT,                                                   /* address masks of breakpoints */
    CPUFEAT_XSAVES,                                                  /* IA32_XSS */
    CPUFEAT_TSC_ADJUST,                                              /* IA32_TSC_ADJUST */
    CPUFEAT_IBRS, CPUFEAT_AMD_STIBP, CPUFEAT_AMD_SSBD, CPUFEAT_PSFD, /* SPEC_CTRL on AMD; on Intel it is kept, for PV */
    CPUFEAT_IPRED_CTRL, CPUFEAT_RRSBA_CTRL, CPUFEAT_BHI_CTRL,        /* further bits of SPEC_CTRL */
};

void cpuid_features_not_kept(uint32_t off[CPUFEAT_WORDS])
{
    for (size_t i = 0; i < ARRAY_SIZE(not_kept); i++)
        cpufeat_set(off, not_kept[i]);
}

/* What may be advertised whether or not the processor has it: topology hints, and what we emulate. */
static void add_synthetic(uint32_t set[CPUFEAT_WORDS], enum cpuid_guest_type type)
{
    cpufeat_set(set, CPUFEAT_HYPERVISOR);
    cpufeat_set(set, CPUFEAT_HTT);
    cpufeat_set(set, CPUFEAT_CMP_LEGACY);
    if (type == CPUID_GUEST_PV)
        return;
    cpufeat_set(set, CPUFEAT_APIC);
    cpufeat_set(set, CPUFEAT_X2APIC);
}

static void set_limits(struct cpuid_policy *p, uint32_t basic, uint32_t feat, uint32_t extd)
{
    p->basic[0].a = basic;
    p->leaf7[0].a = feat;
    p->extd[0].a = extd;
}

static void mask_features(struct cpuid_policy *p, const uint32_t mask[CPUFEAT_WORDS], bool invert)
{
    uint32_t set[CPUFEAT_WORDS];

    cpuid_policy_features(p, set);
    for (unsigned int i = 0; i < CPUFEAT_WORDS; i++)
        set[i] &= invert ? ~mask[i] : mask[i];
    cpufeat_settle(set, NULL, NULL);
    cpuid_policy_set_features(p, set);
}

/* Leaf 0xD, and the features that need components, follow what the plan accepted. */
static void follow_plan(struct cpuid_policy *p, const struct xstate_plan *plan)
{
    uint64_t xcr0 = plan ? plan->xcr0 : xstate_settle_xcr0(cpuid_policy_xcr0(p) & XSTATE_MANAGED_XCR0);
    uint32_t set[CPUFEAT_WORDS];

    cpuid_policy_features(p, set);
    cpuid_xstate_drop_features(set, xcr0);
    cpuid_policy_set_features(p, set);
    p->xstate[0].a = xcr0;
    p->xstate[0].d = xcr0 >> 32;
    if (plan && plan->xcr0)
        for (unsigned int i = 2; i < CPUID_NR_XSTATE; i++)
            p->xcomp[i] = plan->comp[i];
}

/*
 * Every processor with long mode has these many at least; a guest that believed less would cut its
 * page tables' entries.
 */
static void believable_widths(struct cpuid_policy *p)
{
    union cpuid_leaf *widths = &p->extd[8];

    if (p->extd[0].a < 0x80000008)
        return;
    widths->a = (widths->a & ~0xffffu) | cpuid_physical_width(widths->a & 0xff) | MAX(widths->a >> 8 & 0xff, 48u) << 8;
}

void cpuid_policy_host(const struct cpuid_policy *raw, const struct xstate_plan *plan,
                       const uint32_t off[CPUFEAT_WORDS], struct cpuid_policy *p)
{
    static const uint32_t nothing[CPUFEAT_WORDS];

    *p = *raw;
    set_limits(p, MIN(raw->basic[0].a, CPUID_MAX_BASIC), MIN(raw->leaf7[0].a, CPUID_MAX_FEAT),
               MIN(raw->extd[0].a, CPUID_MAX_EXTD));
    p->basic[1].b &= 0x00ffffff; /* the APIC id is a CPU's, not the machine's */
    believable_widths(p);
    follow_plan(p, plan);
    mask_features(p, off ? off : nothing, true);
    cpuid_xstate_rebuild(p, p);
    p->platform_info &= PLATFORM_INFO_CPUID_FAULTING;
}

static bool is_amd(const struct cpuid_policy *p)
{
    enum cpuid_vendor vendor = cpuid_policy_vendor(p);

    return vendor == CPUID_VENDOR_AMD || vendor == CPUID_VENDOR_HYGON;
}

void cpuid_policy_max(const struct cpuid_policy *host, enum cpuid_guest_type type, struct cpuid_policy *p)
{
    uint32_t set[CPUFEAT_WORDS];

    *p = *host;
    set_limits(p, CPUID_MAX_BASIC, CPUID_MAX_FEAT, CPUID_MAX_EXTD);
    cpuid_policy_features(p, set);
    add_synthetic(set, type);
    if (type == CPUID_GUEST_PV && is_amd(host)) /* SYSENTER is an invalid opcode there beneath a 64-bit hypervisor */
        cpufeat_clear(set, CPUFEAT_SEP);
    cpuid_policy_set_features(p, set);
    mask_features(p, cpufeat_mask(type, false), false);
    cpuid_fields_clear(p, NULL);
    cpuid_xstate_rebuild(p, host);
    p->hv[0].a = p->hv[1].a = 0;
    /* HVM guests' CPUID always exits; making it fault in a PV guest's user space takes the processor's help. */
    if (type != CPUID_GUEST_PV)
        p->platform_info = PLATFORM_INFO_CPUID_FAULTING;
}

void cpuid_policy_default(const struct cpuid_policy *host, const struct cpuid_policy *max, enum cpuid_guest_type type,
                          struct cpuid_policy *p)
{
    uint32_t mask[CPUFEAT_WORDS], present[CPUFEAT_WORDS];

    *p = *max;
    set_limits(p, MIN(host->basic[0].a, CPUID_MAX_BASIC), MIN(host->leaf7[0].a, CPUID_MAX_FEAT),
               MIN(host->extd[0].a, CPUID_MAX_EXTD));
    memcpy(mask, cpufeat_mask(type, true), sizeof(mask));
    /* Topology hints are added by toolstacks when they describe a topology: by default they are the machine's. */
    cpuid_policy_features(host, present);
    if (!cpufeat_test(present, CPUFEAT_HTT))
        cpufeat_clear(mask, CPUFEAT_HTT);
    if (!cpufeat_test(present, CPUFEAT_CMP_LEGACY))
        cpufeat_clear(mask, CPUFEAT_CMP_LEGACY);
    mask_features(p, mask, false);
    cpuid_policy_recalculate(p, host, max, NULL); /* no feature in a leaf that the host's limits put out of reach */
}
