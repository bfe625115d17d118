/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions about features. The answers are in the generated tables. */
#include "x86/cpuid/features.h"

#include "public.h"

#include <cpufeatures_tables.h>

const struct cpufeat_word *cpufeat_word_at(unsigned int word)
{
    return &cpufeat_words[word];
}

const struct cpufeat_row *cpufeat_row_at(unsigned int i)
{
    return &cpufeat_rows[i];
}

const uint32_t *cpufeat_mask(enum cpuid_guest_type type, bool by_default)
{
    switch (type) {
    case CPUID_GUEST_PV:
        return by_default ? cpufeat_mask_pv_default : cpufeat_mask_pv_max;
    case CPUID_GUEST_HVM:
        return by_default ? cpufeat_mask_hvm_default : cpufeat_mask_hvm_max;
    default:
        return by_default ? cpufeat_mask_hvm_hap_default : cpufeat_mask_hvm_hap_max;
    }
}

const char *cpufeat_name(unsigned int feature)
{
    for (unsigned int i = 0; i < CPUFEAT_COUNT; i++)
        if (cpufeat_rows[i].feature == feature)
            return cpufeat_rows[i].name;
    return NULL;
}

static char name_char(char c)
{
    return c == '_' ? '-' : c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

unsigned int cpufeat_by_name(const char *name, size_t length)
{
    for (unsigned int i = 0; i < CPUFEAT_COUNT; i++) {
        const char *mine = cpufeat_rows[i].name;
        size_t n = 0;

        while (n < length && mine[n] && mine[n] == name_char(name[n]))
            n++;
        if (n == length && !mine[n])
            return cpufeat_rows[i].feature;
    }
    return CPUFEAT_NONE;
}

/* The first of @row's needs that @set doesn't have, CPUFEAT_NONE if it has all. */
static unsigned int missing_need(const struct cpufeat_row *row, const uint32_t *set)
{
    for (unsigned int i = 0; i < CPUFEAT_MAX_NEEDS && row->needs[i] != CPUFEAT_NONE; i++)
        if (!cpufeat_test(set, row->needs[i]))
            return row->needs[i];
    return CPUFEAT_NONE;
}

void cpufeat_settle(uint32_t set[CPUFEAT_WORDS], cpufeat_lost_fn lost, void *opaque)
{
    for (unsigned int i = 0; i < CPUFEAT_COUNT; i++) {
        const struct cpufeat_row *row = &cpufeat_rows[i];
        unsigned int missing = missing_need(row, set);

        if (!cpufeat_test(set, row->feature) || missing == CPUFEAT_NONE)
            continue;
        cpufeat_clear(set, row->feature);
        if (lost)
            lost(opaque, row->feature, missing);
    }
}

void cpufeat_dependents(unsigned int feature, uint32_t set[CPUFEAT_WORDS])
{
    uint32_t without[CPUFEAT_WORDS];

    memset(without, 0xff, sizeof(without));
    cpufeat_clear(without, feature);
    cpufeat_settle(without, NULL, NULL);
    for (unsigned int i = 0; i < CPUFEAT_WORDS; i++)
        set[i] = ~without[i];
    cpufeat_clear(set, feature);
}
