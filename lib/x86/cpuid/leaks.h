/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a processor lets one program learn of another's data although no access is allowed: known by vendor, family,
 * model and the bits by which newer processors and microcode say that they are free of it. Nothing here mends
 * anything; it lets an operator know on which machines guests are not separated.
 *
 * A processor behind another hypervisor may hide the bits: it then counts as leaking.
 */
#ifndef LIB_X86_CPUID_LEAKS_H
#define LIB_X86_CPUID_LEAKS_H

#include "x86/cpuid/policy.h"

enum cpu_leak {
    CPU_LEAK_MELTDOWN,   /* XSA-254: loads pass the user/supervisor bit */
    CPU_LEAK_L1TF,       /* XSA-273: entries that are not present are followed into the first-level cache */
    CPU_LEAK_BUFFERS,    /* XSA-297, 305: fill buffers, load ports, store buffer */
    CPU_LEAK_REGISTERS,  /* XSA-452: register files of small cores */
    CPU_LEAK_GATHER,     /* XSA-435: gather instructions forward stale vector registers */
    CPU_LEAK_VECTORS,    /* XSA-433: upper halves of vector registers after a wrong VZEROUPPER */
    CPU_LEAK_DIVIDER,    /* XSA-439: result of an earlier division */
    CPU_LEAK_TIMING,     /* XSA-471: transient scheduler attacks */
    CPU_LEAKS,
};

/** The leaks, BIT(enum cpu_leak) each, of the processor that said @raw (cpuid_policy_raw()). */
uint32_t cpu_leaks(const struct cpuid_policy *raw);

/** One word, as `xl dmesg` and hypfs name it. */
const char *cpu_leak_name(enum cpu_leak leak);
/** Who can read what, half a line. */
const char *cpu_leak_text(enum cpu_leak leak);

#endif
