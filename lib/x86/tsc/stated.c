/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See x86/tsc/stated.h. Leaves 15h and 16h: SDM 2A, CPUID, and 3B, 19.7.3. */
#include "x86/tsc/stated.h"

#define LEAF_RATIO      0x15u
#define LEAF_MHZ        0x16u
#define LEAF_HYPERVISOR 0x40000000u
#define LEAF_HV_KHZ     0x40000010u
#define FEATURE_HYPERVISOR BIT(31) /* leaf 1, ECX */
#define KHZ 1000ULL
#define MHZ 1000000ULL

/* What is slower or faster than any processor is no frequency. */
#define HZ_MIN (MHZ)
#define HZ_MAX (20000 * MHZ)

static union cpuid_leaf leaf(const struct cpuid_source *s, uint32_t nr)
{
    union cpuid_leaf l;

    s->cpuid(s->opaque, nr, 0, &l);
    return l;
}

/* Crystals of the models that state a ratio and no crystal. Family 6. */
static uint64_t model_crystal(uint32_t signature)
{
    uint32_t family = signature >> 8 & 0xf, model = (signature >> 4 & 0xf) | (signature >> 12 & 0xf0);

    if (family != 6)
        return 0;
    switch (model) {
    case 0x4e: case 0x5e: /* Skylake */
    case 0x8e: case 0x9e: /* Kaby Lake, Coffee Lake */
    case 0xa5: case 0xa6: /* Comet Lake */
        return 24 * MHZ;
    case 0x55: /* Skylake and Cascade Lake servers */
        return 25 * MHZ;
    case 0x5c: case 0x5f: case 0x7a: /* Goldmont */
        return 19200 * KHZ;
    default:
        return 0;
    }
}

static uint64_t by_ratio(const struct cpuid_source *s, uint32_t max, enum tsc_stated_by *by)
{
    union cpuid_leaf ratio = leaf(s, LEAF_RATIO); /* EBX / EAX ticks for one of the crystal, ECX Hz */
    uint64_t crystal = ratio.c;

    if (!ratio.a || !ratio.b)
        return 0;
    *by = TSC_STATED_CRYSTAL;
    if (!crystal) {
        *by = TSC_STATED_MODEL;
        crystal = model_crystal(leaf(s, 1).a);
    }
    if (!crystal) { /* the TSC runs at the base frequency */
        *by = TSC_STATED_BASE;
        return max >= LEAF_MHZ ? (leaf(s, LEAF_MHZ).a & 0xffff) * MHZ : 0;
    }
    return crystal * ratio.b / ratio.a; /* two numbers of 32 bits each */
}

static uint64_t by_hypervisor(const struct cpuid_source *s)
{
    if (!(leaf(s, 1).c & FEATURE_HYPERVISOR) || leaf(s, LEAF_HYPERVISOR).a < LEAF_HV_KHZ)
        return 0;
    return leaf(s, LEAF_HV_KHZ).a * KHZ;
}

uint64_t tsc_stated_hz(const struct cpuid_source *source, enum tsc_stated_by *by)
{
    uint32_t max = leaf(source, 0).a;
    uint64_t hz = by_hypervisor(source);

    *by = TSC_STATED_HYPERVISOR; /* it may scale what the processor states */
    if (!hz && max >= LEAF_RATIO)
        hz = by_ratio(source, max, by);
    if (hz >= HZ_MIN && hz <= HZ_MAX)
        return hz;
    *by = TSC_STATED_NOWHERE;
    return 0;
}

const char *tsc_stated_text(enum tsc_stated_by by)
{
    static const char *const text[] = {
        [TSC_STATED_NOWHERE] = "nothing",
        [TSC_STATED_CRYSTAL] = "CPUID leaf 15h",
        [TSC_STATED_MODEL] = "CPUID leaf 15h and the model's crystal",
        [TSC_STATED_BASE] = "CPUID leaf 16h's base frequency",
        [TSC_STATED_HYPERVISOR] = "CPUID leaf 40000010h of the hypervisor below",
    };

    return text[by];
}

enum tsc_hz_choice tsc_hz_decide(uint64_t measured, uint64_t stated, enum tsc_stated_by by)
{
    /* A short span disturbed at both ends, by a clock with a crystal of its own: one in a thousand is no dispute. */
    uint64_t apart = measured > stated ? measured - stated : stated - measured;
    uint64_t allowed = by == TSC_STATED_BASE ? stated / 100 : stated / 1000;

    if (!stated)
        return measured ? TSC_HZ_MEASURED : TSC_HZ_NONE;
    if (!measured)
        return TSC_HZ_ALONE;
    if (apart > allowed)
        return TSC_HZ_DISPUTED;
    return by == TSC_STATED_BASE ? TSC_HZ_MEASURED : TSC_HZ_STATED;
}
