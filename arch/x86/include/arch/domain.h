/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a domain is on x86. */
#ifndef ARCH_DOMAIN_H
#define ARCH_DOMAIN_H

#include "hv/cpumask.h"
#include "hv/types.h"
#include "x86/tsc/vtsc.h"

#include "arch/x86/include/arch/hvm_domain.h"

struct cpuid_policy;
struct pirq_map;
struct io_caps;
struct guest_memory_map;

struct pv_domain {
    uint32_t pci_cf8;      /* latched by the emulated port 0xcf8 */
    uint8_t rtc_index;     /* latched by the emulated port 0x70 */
    uint8_t pic_mask[2];   /* the legacy interrupt controllers' mask registers, which mask nothing */
};

struct arch_domain {
    cpumask_t dirty_cpus;        /* CPUs whose TLB may hold this domain's translations */
    struct cpuid_policy *policy; /* what CPUID and MSR reads show */
    struct cpuid_policy *policy_asked; /* what its toolstack wanted; NULL: nothing but the default */
    bool msr_relaxed;            /* MSRs that we don't know read as 0 and ignore writes */
    struct pirq_map *pirqs;      /* pirq -> interrupt, see arch/x86/irq/pirq.c */
    struct guest_memory_map *memory_map; /* XENMEM_memory_map's answer; NULL: none was given. Under domain.lock */
    struct io_caps *io;          /* ports, MMIO frames and interrupts that it may use; NULL: none */
    struct vtsc vtsc;            /* the TSC that it sees */
    union { /* by domain.type */
        struct pv_domain pv;
        struct hvm_domain hvm;
    };
};

#endif
