/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RDMSR and WRMSR by a PV guest's kernel: which MSRs there are, what reading gives, what writing means.
 *
 * A PV guest runs at CPL 3, so each access faults and is emulated. The answer is decided here from a table and the
 * context alone; the emulator only carries out what msr_pv_write() says is left to do. MSRs that are not in the table
 * do not exist for the guest: #GP, which kernels built for PV expect. A toolstack may relax that for older ones.
 */
#ifndef LIB_X86_MSR_PV_H
#define LIB_X86_MSR_PV_H

#include "x86/cpuid/policy.h"

struct msr_pv_context {
    const struct cpuid_policy *policy;
    bool hardware_domain;
    bool relaxed; /* MSRs outside the table read as 0 and ignore writes if the machine has them (XEN_X86_MSR_RELAXED) */
    uint32_t vcpu_id;
    /* The vCPU's own state. */
    uint64_t fs_base, gs_base, gs_base_user; /* gs_base_user: what SWAPGS would bring, MSR SHADOW_GS_BASE */
    uint64_t misc_features;                  /* MISC_FEATURES_ENABLES: bit 0 CPUID faulting */
    uint64_t spec_ctrl, tsc_aux;
    uint64_t xss;
    uint64_t guest_tsc;                      /* what RDTSC would give this guest now */
    /* The host's. */
    uint64_t efer, pat;
    uint32_t microcode;
    /* RDMSR on this CPU: 0, or non-zero if it faults. NULL: nothing of the host is readable. */
    int (*host_read)(void *opaque, uint32_t msr, uint64_t *value);
    void *opaque;
};

/** What is left for the emulator to do after a write was accepted. */
enum msr_effect {
    MSR_EFFECT_NONE,          /* ignored, or nothing changes */
    MSR_EFFECT_FS_BASE,       /* load .value, which is canonical, as this base */
    MSR_EFFECT_GS_BASE,
    MSR_EFFECT_GS_BASE_USER,
    MSR_EFFECT_MISC_FEATURES, /* remember .value; bit 0: CPUID faults in the guest's user mode */
    MSR_EFFECT_SPEC_CTRL,     /* the value while this vCPU runs */
    MSR_EFFECT_PRED_CMD,      /* write it through once */
    MSR_EFFECT_FLUSH_CMD,
    MSR_EFFECT_TSC_AUX,
    MSR_EFFECT_HYPERCALL_PAGE, /* fill the guest's frame at address .value with call stubs; no such frame: #GP */
    MSR_EFFECT_HOST,          /* hardware domain: write .value to the real MSR, a fault is the guest's #GP */
};

struct msr_write {
    enum msr_effect effect;
    uint64_t value;
};

/** 0 with @value, or -EPERM: inject #GP(0). */
int msr_pv_read(const struct msr_pv_context *ctx, uint32_t msr, uint64_t *value) __must_check;

/** 0 with @effect, or -EPERM: inject #GP(0). Nothing has been changed either way. */
int msr_pv_write(const struct msr_pv_context *ctx, uint32_t msr, uint64_t value, struct msr_write *effect) __must_check;

#endif
