/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Feature bits as a set of 32-bit words, in the ABI's numbering (arch-x86/cpufeatureset.h): where each word lives, who
 * may see which bit, what a bit needs. All of it is made from gen/cpufeatures.tbl.
 */
#ifndef LIB_X86_CPUID_FEATURES_H
#define LIB_X86_CPUID_FEATURES_H

#include "port.h"

#include <cpufeatures.h>

/** Where a feature word lives: a register of a CPUID leaf, or a half (reg 0 low, 1 high) of MSR @leaf. */
struct cpufeat_word {
    uint32_t leaf, subleaf; /* subleaf: XEN_CPUID_NO_SUBLEAF if the leaf has none */
    uint8_t reg;            /* 0 EAX, 1 EBX, 2 ECX, 3 EDX */
    uint8_t msr;
};

/** One feature. Unused needs are CPUFEAT_NONE. */
struct cpufeat_row {
    uint16_t feature;
    uint16_t needs[CPUFEAT_MAX_NEEDS];
    char name[22]; /* as cpuid= in xl.cfg spells it */
};

/** The kinds of guest that differ in what they may see. */
enum cpuid_guest_type { CPUID_GUEST_PV, CPUID_GUEST_HVM, CPUID_GUEST_HVM_HAP };

/** Where feature word @word, below CPUFEAT_WORDS, is read. */
const struct cpufeat_word *cpufeat_word_at(unsigned int word);

/** Row @i of CPUFEAT_COUNT, in an order where features come after all that they need. */
const struct cpufeat_row *cpufeat_row_at(unsigned int i);

/** CPUFEAT_WORDS words: what @type may be given, or is given without asking. */
const uint32_t *cpufeat_mask(enum cpuid_guest_type type, bool by_default);

/** The name of @feature, NULL for a number that is no feature. */
const char *cpufeat_name(unsigned int feature);

/** The feature called @name (@length bytes), in xl.cfg's spelling or the table's; CPUFEAT_NONE if there is none. */
unsigned int cpufeat_by_name(const char *name, size_t length);

static inline bool cpufeat_test(const uint32_t *set, unsigned int feature)
{
    return set[feature / 32] >> (feature % 32) & 1;
}

static inline void cpufeat_clear(uint32_t *set, unsigned int feature)
{
    set[feature / 32] &= ~(1u << (feature % 32));
}

static inline void cpufeat_set(uint32_t *set, unsigned int feature)
{
    set[feature / 32] |= 1u << (feature % 32);
}

/** Called for each feature that @missing made impossible. */
typedef void (*cpufeat_lost_fn)(void *opaque, unsigned int feature, unsigned int missing);

/** Takes every feature out of @set whose needs are not met within @set. @lost may be NULL. */
void cpufeat_settle(uint32_t set[CPUFEAT_WORDS], cpufeat_lost_fn lost, void *opaque);

/** @set becomes the features that cannot be there without @feature, itself not included. */
void cpufeat_dependents(unsigned int feature, uint32_t set[CPUFEAT_WORDS]);

#endif
