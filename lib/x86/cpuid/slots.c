/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which leaves a policy holds and where. The ranges below are the only list: order, lookup, count and limits all follow
 * from them.
 */
#include "x86/cpuid/policy.h"

/* @count slots from @leaf on (no sub-leaves), or @count sub-leaves of @leaf. @at: first slot within the policy. */
static const struct slot_range {
    uint32_t leaf;
    uint16_t count;
    bool subleaves;
    uint16_t at;
} slot_ranges[] = {
#define SLOT(member, first) (offsetof(struct cpuid_policy, member) / sizeof(union cpuid_leaf) + (first))
    { 0x0, 4, false, SLOT(basic, 0) },
    { 0x4, CPUID_NR_CACHE, true, SLOT(leaf4, 0) },
    { 0x5, 2, false, SLOT(basic, 5) },
    { 0x7, CPUID_NR_FEAT, true, SLOT(leaf7, 0) },
    { 0x8, 3, false, SLOT(basic, 8) },
    { 0xb, CPUID_NR_TOPO, true, SLOT(leafb, 0) },
    { 0xc, 1, false, SLOT(basic, 0xc) },
    { 0xd, CPUID_NR_XSTATE, true, SLOT(xstate, 0) },
    { XEN_CPUID_FIRST_LEAF, 1, false, SLOT(hv, 0) },
    { XEN_CPUID_FIRST_LEAF + 0x100, 1, false, SLOT(hv, 1) },
    { 0x80000000, CPUID_NR_EXTD, false, SLOT(extd, 0) },
#undef SLOT
};

static union cpuid_leaf *slot_at(struct cpuid_policy *p, const struct slot_range *r, uint32_t i)
{
    return (union cpuid_leaf *)p + r->at + i;
}

union cpuid_leaf *cpuid_policy_slot(struct cpuid_policy *p, uint32_t leaf, uint32_t subleaf)
{
    for (size_t i = 0; i < ARRAY_SIZE(slot_ranges); i++) {
        const struct slot_range *r = &slot_ranges[i];

        if (r->subleaves && leaf == r->leaf)
            return subleaf < r->count ? slot_at(p, r, subleaf) : NULL;
        if (!r->subleaves && leaf - r->leaf < r->count)
            return subleaf == XEN_CPUID_NO_SUBLEAF ? slot_at(p, r, leaf - r->leaf) : NULL;
    }
    return NULL;
}

void cpuid_slot_address(unsigned int index, uint32_t *leaf, uint32_t *subleaf)
{
    const struct slot_range *r = slot_ranges;

    for (; index >= r->count; r++)
        index -= r->count;
    *leaf = r->subleaves ? r->leaf : r->leaf + index;
    *subleaf = r->subleaves ? index : XEN_CPUID_NO_SUBLEAF;
}

bool cpuid_policy_within(const struct cpuid_policy *p, uint32_t leaf, uint32_t subleaf)
{
    if (leaf >= 0x80000000)
        return leaf == 0x80000000 || leaf <= p->extd[0].a;
    if (leaf >= XEN_CPUID_FIRST_LEAF)
        return true;
    if (leaf > p->basic[0].a)
        return false;
    return leaf != 7 || subleaf == XEN_CPUID_NO_SUBLEAF || subleaf <= p->leaf7[0].a;
}

enum cpuid_vendor cpuid_policy_vendor(const struct cpuid_policy *p)
{
    static const struct {
        char name[12]; /* EBX, EDX, ECX */
        enum cpuid_vendor vendor;
    } vendors[] = {
        { { 'G', 'e', 'n', 'u', 'i', 'n', 'e', 'I', 'n', 't', 'e', 'l' }, CPUID_VENDOR_INTEL },
        { { 'A', 'u', 't', 'h', 'e', 'n', 't', 'i', 'c', 'A', 'M', 'D' }, CPUID_VENDOR_AMD },
        { { 'H', 'y', 'g', 'o', 'n', 'G', 'e', 'n', 'u', 'i', 'n', 'e' }, CPUID_VENDOR_HYGON },
    };
    uint32_t words[3] = { p->basic[0].b, p->basic[0].d, p->basic[0].c };

    for (size_t i = 0; i < ARRAY_SIZE(vendors); i++)
        if (!memcmp(words, vendors[i].name, sizeof(words)))
            return vendors[i].vendor;
    return CPUID_VENDOR_OTHER;
}

static uint32_t *feature_word(struct cpuid_policy *p, unsigned int word)
{
    const struct cpufeat_word *w = cpufeat_word_at(word);

    if (w->msr)
        return &p->arch_caps_word[w->reg];
    return &cpuid_policy_slot(p, w->leaf, w->subleaf)->reg[w->reg];
}

/* On AMD 0x80000001.EDX repeats these bits of leaf 1; they are no features of their own. */
#define COMMON_1D 0x0183f3ffu
#define WORD_1D   0
#define WORD_E1D  2

static bool repeats_1d(const struct cpuid_policy *p)
{
    enum cpuid_vendor vendor = cpuid_policy_vendor(p);

    return vendor == CPUID_VENDOR_AMD || vendor == CPUID_VENDOR_HYGON;
}

void cpuid_policy_features(const struct cpuid_policy *p, uint32_t set[CPUFEAT_WORDS])
{
    for (unsigned int i = 0; i < CPUFEAT_WORDS; i++)
        set[i] = *feature_word((struct cpuid_policy *)p, i);
    set[WORD_E1D] &= ~COMMON_1D;
}

void cpuid_policy_set_features(struct cpuid_policy *p, const uint32_t set[CPUFEAT_WORDS])
{
    for (unsigned int i = 0; i < CPUFEAT_WORDS; i++)
        *feature_word(p, i) = set[i];
    if (repeats_1d(p))
        *feature_word(p, WORD_E1D) |= set[WORD_1D] & COMMON_1D;
}

bool cpuid_policy_has(const struct cpuid_policy *p, unsigned int feature)
{
    return *feature_word((struct cpuid_policy *)p, feature / 32) >> (feature % 32) & 1;
}
