/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of MSRs that guests have (pv.c, hvm.c; nobody else includes this). One row per MSR or range: who has it (a
 * condition on policy and domain), how it reads, how it is written. The first row that matches number and condition
 * decides; no row means #GP.
 */
#ifndef LIB_X86_MSR_ROWS_H
#define LIB_X86_MSR_ROWS_H

#include "x86/cpuid/policy.h"

enum msr_condition { ALWAYS, INTEL, AMD, AMD_HWDOM, HAS_SPEC_CTRL, HAS_PRED_CMD, HAS_FLUSH_CMD, HAS_ARCH_CAPS,
                     HAS_TSC_AUX, HAS_XSAVES, HAS_MTRR, HAS_VIRT_SSBD };

struct msr_row {
    uint32_t first, last;
    uint8_t condition;        /* enum msr_condition */
    uint8_t reading, writing; /* the table's own */
};

/** The row of @msr for a guest with @policy, of @nr; NULL: it has no such MSR. */
const struct msr_row *msr_row_find(const struct msr_row *rows, size_t nr, uint32_t msr,
                                   const struct cpuid_policy *policy, bool hardware_domain);

/** Whether a row names @msr, for whatever guest. */
bool msr_rows_name(const struct msr_row *rows, size_t nr, uint32_t msr);

/** AMD's processors and Hygon's. */
bool msr_policy_is_amd(const struct cpuid_policy *policy);

/** The bits that a guest may set in SPEC_CTRL, and those that it may write to PRED_CMD. */
uint64_t msr_spec_ctrl_valid(const struct cpuid_policy *policy);
uint64_t msr_pred_cmd_valid(const struct cpuid_policy *policy);

#endif
