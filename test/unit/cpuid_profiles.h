/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processors as recordings of CPUID: made up, but with the structure of real ones. Leaves not listed read as zero. */
#ifndef TEST_UNIT_CPUID_PROFILES_H
#define TEST_UNIT_CPUID_PROFILES_H

#include "x86/cpuid/policy.h"

#define NOSUB XEN_CPUID_NO_SUBLEAF

enum { RECORDINGS = 3 };

struct recording {
    const char *name;
    xen_cpuid_leaf_t rows[32];
    uint64_t platform_info, arch_caps;
};

/** A server part with AVX-512, MPX, PKRU and CPUID faulting. Runs with CR4.OSXSAVE on CPU 5 when recorded. */
extern const struct recording intel_server;

/** The generation before XSAVE. */
extern const struct recording intel_old;

/** Leaf 0x80000020 is empty in the middle, and 0x80000023 exists beyond what a policy holds. */
extern const struct recording amd_server;

/* All the policies of one machine. */
struct machine {
    struct cpuid_policy raw, host, pv_max, hvm_max, pv_default, hvm_default;
};

/** What @m would have on the machine that @r was taken from. */
void machine_from(const struct recording *r, struct machine *m);

/** All of them. */
extern const struct recording *const recordings[RECORDINGS];

#endif
