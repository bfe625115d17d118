/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside lib/x86/cpuid: the steps that the derivation of policies and the check of a toolstack's policy share. */
#ifndef LIB_X86_CPUID_FIELDS_H
#define LIB_X86_CPUID_FIELDS_H

#include "x86/cpuid/policy.h"

/**
 * The bits of @leaf.@subleaf that a guest's policy may hold and that are no features: all others are cleared. For
 * leaves of which nothing is passed on the answer is all zero.
 */
void cpuid_fields_allowed(const struct cpuid_policy *p, uint32_t leaf, uint32_t subleaf, union cpuid_leaf *mask);

/** Clears all that is neither feature nor allowed field, telling @feedback (may be NULL). */
void cpuid_fields_clear(struct cpuid_policy *p, const struct cpuid_feedback *feedback);

/** Leaf 0xD from the features of @p and the components of @from: at most what XCR0's rules allow. */
void cpuid_xstate_rebuild(struct cpuid_policy *p, const struct cpuid_policy *from);

/** Features whose state components are not all in @xcr0. */
void cpuid_xstate_drop_features(uint32_t set[CPUFEAT_WORDS], uint64_t xcr0);

#endif
