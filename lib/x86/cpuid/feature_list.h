/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Features on a command line: "no-avx512f,rdrand=0,pcid". */
#ifndef LIB_X86_CPUID_FEATURE_LIST_H
#define LIB_X86_CPUID_FEATURE_LIST_H

#include "x86/cpuid/features.h"

struct cpufeat_list {
    uint32_t on[CPUFEAT_WORDS], off[CPUFEAT_WORDS]; /* no feature is in both: the last word about it counts */
};

/**
 * Reads @text of @size bytes: names separated by commas, as xl.cfg spells them. "NAME" and "NAME=BOOL" switch on or
 * off, "no-NAME" off. Calls @bad (may be NULL) with each item that is no such thing and goes on; returns how many there
 * were.
 */
unsigned int cpufeat_list_parse(const char *text, size_t size, struct cpufeat_list *out,
                                void (*bad)(void *opaque, const char *item, size_t size), void *opaque);

/** What to say of an item that cpufeat_list_parse() called bad: with the feature that was perhaps meant. */
void cpufeat_list_bad_text(const char *item, size_t size, char *text, size_t cap);

#endif
