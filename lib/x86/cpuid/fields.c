/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fields that are no feature bits. A guest's policy keeps those listed here, where telling the guest is harmless and a
 * toolstack may want to choose (identity, caches, topology); whatever is not listed is zero for guests, so a leaf that
 * a future processor fills with something new is never passed on unseen.
 */
#include "x86/cpuid/fields.h"

#define ALL 0xffffffffu

enum { ANY_VENDOR, INTEL_ONLY, AMD_ONLY };

static const struct field_row {
    uint32_t leaf;
    uint8_t first, last; /* sub-leaves; ignored where the leaf has none */
    uint8_t vendor;
    uint32_t mask[4];
} field_rows[] = {
    { 0x00000000, 0, 0, ANY_VENDOR, { ALL, ALL, ALL, ALL } },        /* limit, vendor */
    { 0x00000001, 0, 0, ANY_VENDOR, { ALL, 0x00ffff00, 0, 0 } },     /* signature; CLFLUSH size, logical processors */
    { 0x00000002, 0, 0, ANY_VENDOR, { ALL, ALL, ALL, ALL } },        /* cache descriptors */
    { 0x00000004, 0, 5, ANY_VENDOR, { ALL, ALL, ALL, ALL } },        /* cache parameters */
    { 0x00000007, 0, 0, ANY_VENDOR, { ALL, 0, 0, 0 } },              /* limit */
    { 0x0000000b, 0, 1, ANY_VENDOR, { 0x1f, 0xffff, 0xff00, 0 } },   /* topology shifts, counts, level types */
    { 0x40000000, 0, 0, ANY_VENDOR, { 0xff, 0, 0, 0 } },             /* limit chosen by the toolstack */
    { 0x40000100, 0, 0, ANY_VENDOR, { 0xff, 0, 0, 0 } },
    { 0x80000000, 0, 0, ANY_VENDOR, { ALL, ALL, ALL, ALL } },
    { 0x80000001, 0, 0, AMD_ONLY, { ALL, 0xf0000000, 0, 0 } },       /* signature; package type */
    { 0x80000002, 0, 0, ANY_VENDOR, { ALL, ALL, ALL, ALL } },        /* brand string */
    { 0x80000003, 0, 0, ANY_VENDOR, { ALL, ALL, ALL, ALL } },
    { 0x80000004, 0, 0, ANY_VENDOR, { ALL, ALL, ALL, ALL } },
    { 0x80000005, 0, 0, AMD_ONLY, { ALL, ALL, ALL, ALL } },          /* L1 caches and TLBs */
    { 0x80000006, 0, 0, INTEL_ONLY, { 0, 0, ALL, 0 } },              /* L2 */
    { 0x80000006, 0, 0, AMD_ONLY, { ALL, ALL, ALL, ALL } },          /* L2, L3 */
    { 0x80000008, 0, 0, ANY_VENDOR, { 0xffff, 0, 0, 0 } },           /* address widths */
    { 0x80000008, 0, 0, AMD_ONLY, { 0xffff, 0, 0xf0ff, 0 } },        /* core count, APIC id size */
    { 0x80000019, 0, 0, AMD_ONLY, { ALL, ALL, 0, 0 } },              /* 1 GiB page TLBs */
    { 0x8000001a, 0, 0, AMD_ONLY, { 0x7, 0, 0, 0 } },                /* SIMD data path widths */
};

static bool vendor_matches(uint8_t wanted, enum cpuid_vendor vendor)
{
    bool amd = vendor == CPUID_VENDOR_AMD || vendor == CPUID_VENDOR_HYGON;

    return wanted == ANY_VENDOR || (wanted == AMD_ONLY ? amd : vendor == CPUID_VENDOR_INTEL);
}

void cpuid_fields_allowed(const struct cpuid_policy *p, uint32_t leaf, uint32_t subleaf, union cpuid_leaf *mask)
{
    enum cpuid_vendor vendor = cpuid_policy_vendor(p);

    *mask = (union cpuid_leaf){ { 0 } };
    for (size_t i = 0; i < ARRAY_SIZE(field_rows); i++) {
        const struct field_row *r = &field_rows[i];

        if (r->leaf != leaf || !vendor_matches(r->vendor, vendor))
            continue;
        if (subleaf != XEN_CPUID_NO_SUBLEAF && (subleaf < r->first || subleaf > r->last))
            continue;
        for (unsigned int reg = 0; reg < 4; reg++)
            mask->reg[reg] |= r->mask[reg];
    }
}

/* Registers that are feature words: judged bit by bit elsewhere. */
static void allow_feature_words(uint32_t leaf, uint32_t subleaf, union cpuid_leaf *mask)
{
    for (unsigned int i = 0; i < CPUFEAT_WORDS; i++) {
        const struct cpufeat_word *w = cpufeat_word_at(i);

        if (!w->msr && w->leaf == leaf && w->subleaf == subleaf)
            mask->reg[w->reg] = ALL;
    }
}

static void tell_lost(const struct cpuid_feedback *feedback, struct cpuid_lost lost, uint32_t bits)
{
    for (; feedback && bits; bits &= bits - 1) {
        lost.bit = __builtin_ctz(bits);
        feedback->lost(feedback->opaque, &lost);
    }
}

void cpuid_fields_clear(struct cpuid_policy *p, const struct cpuid_feedback *feedback)
{
    for (unsigned int i = 0; i < CPUID_SERIALISED_LEAVES; i++) {
        uint32_t leaf, subleaf;
        union cpuid_leaf mask, *slot;

        cpuid_slot_address(i, &leaf, &subleaf);
        if (leaf == 0xd) /* rebuilt as a whole */
            continue;
        cpuid_fields_allowed(p, leaf, subleaf, &mask);
        allow_feature_words(leaf, subleaf, &mask);
        slot = cpuid_policy_slot(p, leaf, subleaf);
        for (unsigned int reg = 0; reg < 4; reg++) {
            tell_lost(feedback, (struct cpuid_lost){ .leaf = leaf, .subleaf = subleaf, .reg = reg,
                                                     .reason = CPUID_LOST_COMPUTED }, slot->reg[reg] & ~mask.reg[reg]);
            slot->reg[reg] &= mask.reg[reg];
        }
    }
}
