/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intel's processors leak unless a bit of IA32_ARCH_CAPABILITIES or an older, simpler design says otherwise; AMD's
 * only where a model is known for it. Sources: Intel, "Affected Processors: Transient Execution Attacks", and the
 * guidance to each; AMD security bulletins 7008, 7013, 7029 and the family's revision guides.
 */
#include "x86/cpuid/leaks.h"

#define L(leak) BIT(CPU_LEAK_##leak)
#define SAME_SINCE_CORE (L(MELTDOWN) | L(L1TF) | L(BUFFERS))

/* Models from @first to @last of one family, which differ from what their vendor's rule says. */
struct models {
    uint8_t vendor;
    uint8_t family, first, last;
    uint32_t without, with;
};

static const struct models models[] = {
    /* In-order Atoms: Bonnell and Saltwell. */
    { CPUID_VENDOR_INTEL, 6, 0x1c, 0x1c, SAME_SINCE_CORE, 0 },
    { CPUID_VENDOR_INTEL, 6, 0x26, 0x27, SAME_SINCE_CORE, 0 },
    { CPUID_VENDOR_INTEL, 6, 0x35, 0x36, SAME_SINCE_CORE, 0 },
    /* Silvermont, Airmont, Xeon Phi. */
    { CPUID_VENDOR_INTEL, 6, 0x37, 0x37, L(L1TF), 0 },
    { CPUID_VENDOR_INTEL, 6, 0x4a, 0x4a, L(L1TF), 0 },
    { CPUID_VENDOR_INTEL, 6, 0x4c, 0x4d, L(L1TF), 0 },
    { CPUID_VENDOR_INTEL, 6, 0x57, 0x57, L(L1TF), 0 },
    { CPUID_VENDOR_INTEL, 6, 0x5a, 0x5a, L(L1TF), 0 },
    { CPUID_VENDOR_INTEL, 6, 0x75, 0x75, L(L1TF), 0 },
    { CPUID_VENDOR_INTEL, 6, 0x85, 0x85, L(L1TF), 0 },
    /* Goldmont, Goldmont Plus, Tremont. */
    { CPUID_VENDOR_INTEL, 6, 0x5c, 0x5c, L(L1TF) | L(BUFFERS), L(REGISTERS) },
    { CPUID_VENDOR_INTEL, 6, 0x5f, 0x5f, L(L1TF) | L(BUFFERS), L(REGISTERS) },
    { CPUID_VENDOR_INTEL, 6, 0x7a, 0x7a, L(L1TF) | L(BUFFERS), L(REGISTERS) },
    { CPUID_VENDOR_INTEL, 6, 0x86, 0x86, SAME_SINCE_CORE, L(REGISTERS) },
    { CPUID_VENDOR_INTEL, 6, 0x96, 0x96, SAME_SINCE_CORE, L(REGISTERS) },
    { CPUID_VENDOR_INTEL, 6, 0x9c, 0x9c, SAME_SINCE_CORE, L(REGISTERS) },
    /* Alder Lake and Raptor Lake, for their small cores. */
    { CPUID_VENDOR_INTEL, 6, 0x97, 0x97, 0, L(REGISTERS) },
    { CPUID_VENDOR_INTEL, 6, 0x9a, 0x9a, 0, L(REGISTERS) },
    { CPUID_VENDOR_INTEL, 6, 0xb7, 0xb7, 0, L(REGISTERS) },
    { CPUID_VENDOR_INTEL, 6, 0xba, 0xba, 0, L(REGISTERS) },
    { CPUID_VENDOR_INTEL, 6, 0xbe, 0xbf, 0, L(REGISTERS) },
    /* Skylake to Tiger Lake and Rocket Lake gather. */
    { CPUID_VENDOR_INTEL, 6, 0x4e, 0x4e, 0, L(GATHER) },
    { CPUID_VENDOR_INTEL, 6, 0x55, 0x55, 0, L(GATHER) },
    { CPUID_VENDOR_INTEL, 6, 0x5e, 0x5e, 0, L(GATHER) },
    { CPUID_VENDOR_INTEL, 6, 0x6a, 0x6a, 0, L(GATHER) },
    { CPUID_VENDOR_INTEL, 6, 0x6c, 0x6c, 0, L(GATHER) },
    { CPUID_VENDOR_INTEL, 6, 0x7d, 0x7e, 0, L(GATHER) },
    { CPUID_VENDOR_INTEL, 6, 0x8c, 0x8e, 0, L(GATHER) },
    { CPUID_VENDOR_INTEL, 6, 0x9e, 0x9e, 0, L(GATHER) },
    { CPUID_VENDOR_INTEL, 6, 0xa5, 0xa7, 0, L(GATHER) },
    /* Zen and Zen+, Zen 2, Zen 3 and 4. */
    { CPUID_VENDOR_AMD, 0x17, 0x00, 0x2f, 0, L(DIVIDER) },
    { CPUID_VENDOR_AMD, 0x17, 0x30, 0xff, 0, L(VECTORS) },
    { CPUID_VENDOR_AMD, 0x19, 0x00, 0xff, 0, L(TIMING) },
    { CPUID_VENDOR_HYGON, 0x18, 0x00, 0xff, 0, L(DIVIDER) },
};

/* The bit that takes a leak off whatever the model. */
static const struct {
    uint32_t leak;
    unsigned int feature;
} free_of[] = {
    { L(MELTDOWN), CPUFEAT_RDCL_NO }, { L(L1TF), CPUFEAT_RDCL_NO },   { L(REGISTERS), CPUFEAT_RFDS_NO },
    { L(GATHER), CPUFEAT_GDS_NO },
};

/* Family and model with their extensions, as CPUID.1 EAX says (SDM 2A, CPUID; APM 3, E.3.2). */
static unsigned int family_of(uint32_t signature)
{
    unsigned int family = signature >> 8 & 0xf;

    return family == 0xf ? family + (signature >> 20 & 0xff) : family;
}

static unsigned int model_of(uint32_t signature)
{
    unsigned int base = signature >> 8 & 0xf;
    unsigned int model = signature >> 4 & 0xf;

    return base == 0xf || base == 6 ? model | (signature >> 12 & 0xf0) : model;
}

static uint32_t by_vendor(enum cpuid_vendor vendor, unsigned int family)
{
    if (vendor == CPUID_VENDOR_AMD || vendor == CPUID_VENDOR_HYGON)
        return 0;
    if (vendor == CPUID_VENDOR_INTEL && family < 6) /* 64 bits came later: the Pentium 4, family 15 */
        return 0;
    return SAME_SINCE_CORE;
}

static uint32_t by_model(enum cpuid_vendor vendor, uint32_t signature, uint32_t leaks)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(models); i++) {
        const struct models *m = &models[i];

        if (m->vendor == vendor && m->family == family_of(signature) && m->first <= model_of(signature) &&
            model_of(signature) <= m->last)
            leaks = (leaks & ~m->without) | m->with;
    }
    return leaks;
}

/* MDS has a bit; with transactions, so has what they leak of the same buffers. */
static bool buffers_sealed(const struct cpuid_policy *raw)
{
    return cpuid_policy_has(raw, CPUFEAT_MDS_NO) &&
           (!cpuid_policy_has(raw, CPUFEAT_RTM) || cpuid_policy_has(raw, CPUFEAT_TAA_NO));
}

uint32_t cpu_leaks(const struct cpuid_policy *raw)
{
    enum cpuid_vendor vendor = cpuid_policy_vendor(raw);
    uint32_t signature = raw->basic[1].a;
    uint32_t leaks = by_model(vendor, signature, by_vendor(vendor, family_of(signature)));

    for (unsigned int i = 0; i < ARRAY_SIZE(free_of); i++)
        if (cpuid_policy_has(raw, free_of[i].feature))
            leaks &= ~free_of[i].leak;
    if (buffers_sealed(raw))
        leaks &= ~L(BUFFERS);
    if (cpuid_policy_has(raw, CPUFEAT_TSA_SQ_NO) && cpuid_policy_has(raw, CPUFEAT_TSA_L1_NO))
        leaks &= ~L(TIMING);
    return leaks;
}

const char *cpu_leak_name(enum cpu_leak leak)
{
    static const char *const names[CPU_LEAKS] = {
        [CPU_LEAK_MELTDOWN] = "meltdown",   [CPU_LEAK_L1TF] = "l1tf",       [CPU_LEAK_BUFFERS] = "buffers",
        [CPU_LEAK_REGISTERS] = "registers", [CPU_LEAK_GATHER] = "gather",   [CPU_LEAK_VECTORS] = "vectors",
        [CPU_LEAK_DIVIDER] = "divider",     [CPU_LEAK_TIMING] = "timing",
    };

    return names[leak];
}

const char *cpu_leak_text(enum cpu_leak leak)
{
    static const char *const texts[CPU_LEAKS] = {
        [CPU_LEAK_MELTDOWN] = "any program of a PV guest can read all memory (Meltdown, XSA-254)",
        [CPU_LEAK_L1TF] = "a guest's kernel can read what is in the first-level data cache (L1TF, XSA-273)",
        [CPU_LEAK_BUFFERS] = "any program can read data that its core moved lately (MDS and TAA, XSA-297, 305)",
        [CPU_LEAK_REGISTERS] = "any program can read registers that its core used before (RFDS, XSA-452)",
        [CPU_LEAK_GATHER] = "any program can read vector registers that its core used (GDS, XSA-435)",
        [CPU_LEAK_VECTORS] = "any program can read vector registers that its core used (Zenbleed, XSA-433), "
                             "unless the firmware's microcode mends it",
        [CPU_LEAK_DIVIDER] = "any program can learn a quotient that its core computed (XSA-439)",
        [CPU_LEAK_TIMING] = "any program can infer data of others on its core by timing (TSA, XSA-471)",
    };

    return texts[leak];
}
