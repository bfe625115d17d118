/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU policies in hypfs: all that a domain's toolstack asked for and did not get, a line for each bit, and by which
 * rule; and of the last domain that was refused, because that one is gone. Empty: all is given. Of the machine also
 * what its processor lets guests read of each other, a line each.
 */
#include "cpu/cpuid_boot.h"
#include "hv/domain.h"
#include "hv/hypfs.h"
#include "x86/cpuid/leaks.h"

struct lines {
    struct hypfs_out *out;
    domid_t whose;
    bool named; /* lines begin with the domain */
};

static void add_line(void *opaque, const struct cpuid_lost *lost)
{
    const struct lines *l = opaque;
    char text[192];

    if (l->named)
        hypfs_add(l->out, "d%u: ", l->whose);
    hypfs_add(l->out, "%s\n", cpuid_lost_text(lost, text, sizeof(text)));
}

static int make_not_given(struct hypfs_out *out, const struct domain *d)
{
    struct lines l = { .out = out };
    const struct cpuid_feedback feedback = { add_line, &l };

    return cpuid_domain_lost(d, &feedback, &l.whose);
}

static int make_refused(struct hypfs_out *out, const struct domain *d)
{
    struct lines l = { .out = out, .named = true };
    const struct cpuid_feedback feedback = { add_line, &l };

    return cpuid_domain_lost(NULL, &feedback, &l.whose);
}

static int make_rule(struct hypfs_out *out, const struct domain *d)
{
    static const char *const names[] = {
        [CPUID_RULE_HOST] = "host", [CPUID_RULE_LENIENT] = "lenient", [CPUID_RULE_STRICT] = "strict",
    };
    const struct cpuid_policy *asked = __atomic_load_n(&d->arch.policy_asked, __ATOMIC_ACQUIRE);

    hypfs_add(out, "%s", names[asked ? cpuid_policy_rule(asked) : CPUID_RULE_HOST]);
    return 0;
}

static int make_leaks(struct hypfs_out *out, const struct domain *d)
{
    uint32_t leaks = cpu_leaks(&arch_cpuid_policies.raw);

    for (unsigned int i = 0; i < CPU_LEAKS; i++)
        if (leaks & BIT(i))
            hypfs_add(out, "%s: %s\n", cpu_leak_name(i), cpu_leak_text(i));
    return 0;
}

static const struct hypfs_node of_machine[] = {
    { .name = "leaks", .make = make_leaks },
    { .name = "refused", .make = make_refused },
};
static const struct hypfs_dir machine_cpuid = HYPFS_DIR(of_machine);
static const struct hypfs_node machine[] = { { .name = "cpuid", .dir = &machine_cpuid } };
const struct hypfs_dir arch_hypfs_machine = HYPFS_DIR(machine);

static const struct hypfs_node of_domain[] = {
    { .name = "not-given", .make = make_not_given },
    { .name = "rule", .make = make_rule },
};
static const struct hypfs_dir domain_cpuid = HYPFS_DIR(of_domain);
static const struct hypfs_node domain[] = { { .name = "cpuid", .dir = &domain_cpuid } };
const struct hypfs_dir arch_hypfs_domain = HYPFS_DIR(domain);
