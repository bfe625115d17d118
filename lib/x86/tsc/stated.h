/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The TSC's frequency as CPUID states it. That needs no other clock, and is exact where the crystal is named; but
 * firmware and emulators state what is wrong, too, so a clock that counts has the last word (tsc_hz_decide()).
 */
#ifndef LIB_X86_TSC_STATED_H
#define LIB_X86_TSC_STATED_H

#include "x86/cpuid/policy.h"

/** Where the number comes from. */
enum tsc_stated_by {
    TSC_STATED_NOWHERE,
    TSC_STATED_CRYSTAL,    /* leaf 15h with the crystal's frequency */
    TSC_STATED_MODEL,      /* leaf 15h's ratio, the crystal's frequency known by model (SDM 3B, table 19-91) */
    TSC_STATED_BASE,       /* leaf 15h's ratio, the crystal's frequency from leaf 16h's: to a MHz or so */
    TSC_STATED_HYPERVISOR, /* leaf 40000010h of what we run on */
};

/** Ticks a second, 0 if nothing is stated or it is absurd; *@by says by what. Of @source only cpuid is used. */
uint64_t tsc_stated_hz(const struct cpuid_source *source, enum tsc_stated_by *by);
/** The words for a line of the log. */
const char *tsc_stated_text(enum tsc_stated_by by);

enum tsc_hz_choice {
    TSC_HZ_NONE,     /* neither */
    TSC_HZ_MEASURED, /* nothing, or nothing exact, is stated */
    TSC_HZ_STATED,   /* exact, and the clock agrees within what 20 ms can tell */
    TSC_HZ_ALONE,    /* stated, and no clock counts */
    TSC_HZ_DISPUTED, /* they differ: measured */
};

/** Which of the two frequencies to use; 0 for one that there is not. */
enum tsc_hz_choice tsc_hz_decide(uint64_t measured, uint64_t stated, enum tsc_stated_by by);

#endif
