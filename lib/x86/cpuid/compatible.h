/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Can a guest with this policy live here?", answered field by field. */
#ifndef LIB_X86_CPUID_COMPATIBLE_H
#define LIB_X86_CPUID_COMPATIBLE_H

#include "x86/cpuid/policy.h"

enum cpuid_field {
    CPUID_FIELD_VENDOR,
    CPUID_FIELD_MAX_BASIC,
    CPUID_FIELD_MAX_FEAT,
    CPUID_FIELD_MAX_EXTD,
    CPUID_FIELD_PLATFORM_INFO,
    CPUID_FIELD_FEATURE, /* a feature that was advertised to the guest and that it would lose */
};

struct cpuid_mismatch {
    enum cpuid_field field;
    bool fatal;               /* refused; otherwise the guest would be started without the feature */
    struct cpuid_error where; /* what the domctl's err_ fields say for it */
    uint64_t guest, host;     /* the values in question; for a feature 1 and 0 */
    unsigned int feature;     /* for CPUID_FIELD_FEATURE */
    bool switched_off;        /* set by a caller who knows that the processor has it, unused by the hypervisor */
};

#define CPUID_MAX_MISMATCHES (5 + CPUFEAT_COUNT)

/**
 * Compares @guest with @max, the max policy of its type on the machine in question. Calls @each (may be NULL) for every
 * field that fails, fatal ones first. Returns 0, or -EINVAL if one is fatal, with @err naming the first such field.
 */
int cpuid_compatible(const struct cpuid_policy *guest, const struct cpuid_policy *max,
                     void (*each)(void *opaque, const struct cpuid_mismatch *m), void *opaque,
                     struct cpuid_error *err) __must_check;

/** One line: which field, both values, and what would make it acceptable. Returns @buf. */
const char *cpuid_mismatch_text(const struct cpuid_mismatch *m, char *buf, size_t size);

#endif
