/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RDMSR and WRMSR by a guest in a container: which MSRs there are, what reading gives, what writing means. Those that
 * the processor or the local APIC keeps for the guest (FS_BASE, STAR, SYSENTER_CS, APIC_BASE, x2APIC and so on) are not
 * in the table: whoever has them asks here whether a value may be written.
 *
 * As for PV guests (pv.h) an MSR that is not in the table does not exist: #GP.
 */
#ifndef LIB_X86_MSR_HVM_H
#define LIB_X86_MSR_HVM_H

#include "x86/cpuid/policy.h"

#define MSR_HVM_MTRR_FIXED    11u
#define MSR_HVM_MTRR_VARIABLE 8u

struct msr_hvm_context {
    const struct cpuid_policy *policy;
    bool relaxed;            /* MSRs outside the table read as 0 and ignore writes */
    uint64_t tsc, tsc_adjust, efer, misc_features, spec_ctrl, xss;
    uint32_t tsc_aux, microcode;
    uint64_t mtrr_def_type;
    const uint64_t *mtrr_fixed;       /* MSR_HVM_MTRR_FIXED, in the order of their numbers */
    const uint64_t (*mtrr_variable)[2]; /* MSR_HVM_MTRR_VARIABLE of base and mask */
};

/** What is left to do after a write was accepted. */
enum msr_hvm_effect {
    MSR_HVM_NONE,
    MSR_HVM_TSC, MSR_HVM_TSC_ADJUST, MSR_HVM_MISC_FEATURES, MSR_HVM_SPEC_CTRL, MSR_HVM_PRED_CMD, MSR_HVM_FLUSH_CMD,
    MSR_HVM_TSC_AUX,
    MSR_HVM_EFER,           /* the caller knows which bits may be set when */
    MSR_HVM_MTRR_DEF_TYPE,
    MSR_HVM_MTRR_ONE_FIXED, /* @index */
    MSR_HVM_MTRR_ONE_VARIABLE, /* base and mask alternate: @index 0 to 15 */
    MSR_HVM_HYPERCALL_PAGE, /* fill the guest frame at @value with call stubs, if it is RAM */
};
struct msr_hvm_write {
    enum msr_hvm_effect effect;
    unsigned int index;
    uint64_t value;
};

/** 0 with @value, or -EPERM: #GP. */
int msr_hvm_read(const struct msr_hvm_context *ctx, uint32_t msr, uint64_t *value) __must_check;
/** 0 with @out, or -EPERM: #GP. */
int msr_hvm_write(const struct msr_hvm_context *ctx, uint32_t msr, uint64_t value, struct msr_hvm_write *out)
    __must_check;

/** May @value be in an MSR that holds an address? */
bool msr_hvm_address_ok(uint64_t value);

#endif
