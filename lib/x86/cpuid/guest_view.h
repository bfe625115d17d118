/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What CPUID answers to a given vCPU at a given moment: its domain's policy, and what depends on its registers. */
#ifndef LIB_X86_CPUID_GUEST_VIEW_H
#define LIB_X86_CPUID_GUEST_VIEW_H

#include "x86/cpuid/policy.h"

/** A domain's clock as leaf 0x40000003 has it. */
struct cpuid_time_info {
    bool vtsc;              /* RDTSC is emulated */
    bool host_tsc_safe;     /* the host's TSC is reliable */
    uint32_t tsc_mode;
    uint32_t guest_khz, host_khz;
    uint32_t incarnation;
    uint64_t offset;        /* TSC offset */
    uint32_t mul;           /* as in vcpu_time_info */
    int8_t shift;
};

/** What is the same for all guests of a machine. */
struct cpuid_machine {
    const struct cpuid_policy *host;
    uint32_t hv_version;  /* major << 16 | minor */
    uint8_t maddr_bits;   /* machine address width that a PV guest may see */
    bool osxsave;         /* the hypervisor's CR4.OSXSAVE, which a PV kernel sees as well */
    bool preserve_ad;     /* MMU_PT_UPDATE_PRESERVE_AD works */
};

/** What only HVM vCPUs have. */
struct cpuid_hvm_context {
    uint32_t vcpu_id, domid;
    bool ospke;           /* CR4.PKE */
    bool long_mode;       /* 64-bit code runs; Intel hides SYSCALL elsewhere */
    bool apic_enabled;    /* APIC_BASE's global enable */
    uint32_t hv_base;     /* first hypervisor leaf; 0 means 0x40000000 */
    uint32_t flags;       /* XEN_HVM_CPUID_* */
};

struct cpuid_vcpu_context {
    const struct cpuid_machine *machine;
    const struct cpuid_time_info *time;    /* may be NULL: leaf 0x40000003 is zero */
    const struct cpuid_hvm_context *hvm;   /* NULL: a PV vCPU */
    uint64_t xcr0, xss;   /* the vCPU's own */
    bool osxsave;         /* the vCPU's CR4.OSXSAVE */
    bool kernel;          /* PV: the guest kernel asks, and not its user space */
    bool native;          /* PV: the plain instruction faulted; false for the forced-emulation prefix */
    bool hardware_domain;
};

/** Fills @out. Leaves beyond the policy's limits, or unknown, read as zero: never as some other leaf. */
void cpuid_guest_view(const struct cpuid_policy *p, const struct cpuid_vcpu_context *ctx, uint32_t leaf,
                      uint32_t subleaf, union cpuid_leaf *out);

/**
 * The same for a PV vCPU and a leaf for which cpuid_pv_is_simple(): its policy and the masks of its extended state
 * answer alone. These are most of what is asked again and again.
 */
void cpuid_pv_view_simple(const struct cpuid_policy *p, uint64_t xcr0, uint64_t xss, uint32_t leaf, uint32_t subleaf,
                          union cpuid_leaf *out);

/* All but features, MONITOR and topology, which depend on who asks. */
#define CPUID_PV_SIMPLE_LEAVES (((1u << CPUID_NR_BASIC) - 1) & ~(1u << 0x1 | 1u << 0x5 | 1u << 0xb))

static inline bool cpuid_pv_is_simple(uint32_t leaf)
{
    return leaf < CPUID_NR_BASIC && CPUID_PV_SIMPLE_LEAVES >> leaf & 1;
}

#endif
