/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's CPU policies: see lib/x86/cpuid/policy.h for what each is. */
#ifndef CPU_CPUID_BOOT_H
#define CPU_CPUID_BOOT_H

#include "hv/compiler.h"
#include "x86/cpuid/guest_view.h"
#include "x86/cpuid/policy.h"

struct domain;

struct arch_cpuid_policies {
    struct cpuid_policy raw, host, pv_max, pv_default, hvm_max, hvm_default;
    uint32_t host_features[CPUFEAT_WORDS]; /* of host, as words */
};
/** Constant after cpuid_boot_init(). */
extern struct arch_cpuid_policies arch_cpuid_policies;

/** What CPUID shows to every guest about the machine. Constant after cpuid_boot_init(). */
extern struct cpuid_machine arch_cpuid_machine;

/** The CPU that asks. No locks. */
extern const struct cpuid_source cpuid_this_processor;

/**
 * Whether cpuid= on the command line takes @feature away, from the hypervisor and from all guests. Boot, options read.
 */
__init bool cpuid_boot_switched_off(unsigned int feature);

/** Boot CPU, after xstate_boot_init(). */
__init void cpuid_boot_init(void);

/**
 * Another CPU about itself: 0, or -ENODEV if it lacks a feature that is advertised to guests, with a line that names
 * what. One CPU at a time.
 */
int cpuid_check_cpu(void);

/**
 * @d gets its own copy of the policy that guests of its kind get without asking; the hardware domain's is changed by
 * dom0-cpuid=. 0 or -ENOMEM.
 */
int cpuid_domain_init(struct domain *d);
void cpuid_domain_free(struct domain *d);

/**
 * A toolstack wants @asked for @d, which has not run: it gets what of that can be given. Each field for which it is
 * refused, or each bit that is lost, is a line in the log. 0; -EINVAL: refused, *@err says where (where cpuid-strict or
 * the policy itself wants it, also for a lost bit that @d did not have before); -ENOMEM.
 * @asked is changed. The domctl lock is held.
 */
int cpuid_domain_set(struct domain *d, struct cpuid_policy *asked, struct cpuid_error *err);

/**
 * Tells @feedback every bit of what @d's toolstack asked for and did not get, or of the last policy that was refused
 * (@d NULL); *@whose becomes, before the first of them, the domain's id, or DOMID_INVALID if nothing was asked for or
 * refused. 0, -ENOMEM.
 */
int cpuid_domain_lost(const struct domain *d, const struct cpuid_feedback *feedback, domid_t *whose);

/** The debug key p: what each domain's toolstack asked for and did not get, complete. */
void cpuid_debug_key(char key);

#endif
