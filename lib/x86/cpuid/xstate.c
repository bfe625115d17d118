/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leaf 0xD of a policy follows its features: never a toolstack's numbers, never the processor's totals. */
#include "x86/cpuid/fields.h"

static const struct {
    uint16_t feature;
    uint64_t components;
} xstate_features[] = {
    { CPUFEAT_XSAVE, XSTATE_LEGACY }, { CPUFEAT_AVX, XSTATE_YMM },  { CPUFEAT_MPX, XSTATE_BND },
    { CPUFEAT_AVX512F, XSTATE_AVX512 }, { CPUFEAT_PKU, XSTATE_PKRU }, { CPUFEAT_LWP, XSTATE_LWP },
};

void cpuid_xstate_drop_features(uint32_t set[CPUFEAT_WORDS], uint64_t xcr0)
{
    for (size_t i = 0; i < ARRAY_SIZE(xstate_features); i++)
        if (xstate_features[i].components & ~xcr0)
            cpufeat_clear(set, xstate_features[i].feature);
}

static uint64_t wanted_components(const struct cpuid_policy *p)
{
    uint64_t wanted = 0;

    for (size_t i = 0; i < ARRAY_SIZE(xstate_features); i++)
        if (cpuid_policy_has(p, xstate_features[i].feature))
            wanted |= xstate_features[i].components;
    return cpuid_policy_has(p, CPUFEAT_XSAVE) ? wanted : 0;
}

void cpuid_xstate_rebuild(struct cpuid_policy *p, const struct cpuid_policy *from)
{
    uint64_t xcr0 = xstate_settle_xcr0(wanted_components(p) & cpuid_policy_xcr0(from));
    struct xstate_component comp[XSTATE_MAX_COMPONENTS] = { { 0 } };
    uint32_t caps = p->xstate[1].a;

    for (uint64_t left = xcr0 & ~XSTATE_LEGACY; left; left &= left - 1) {
        unsigned int i = __builtin_ctzll(left);

        comp[i] = from->xcomp[i];
        comp[i].flags &= XSTATE_COMP_ALIGN64;
        comp[i].reserved = 0;
    }
    memcpy(p->xcomp, comp, sizeof(comp));
    if (!xcr0)
        return;
    p->xstate[0] = (union cpuid_leaf){ { xcr0, 0, xstate_size_std(p->xcomp, xcr0), xcr0 >> 32 } };
    p->xstate[1].a = caps;
}
