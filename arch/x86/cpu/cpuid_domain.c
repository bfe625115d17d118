/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The policy that a domain begins with. */
#include "cpu/cpuid_boot.h"
#include "hv/domain.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hv/options.h"
#include "x86/cpuid/feature_list.h"

static void bad_item(void *opaque, const char *item, size_t size)
{
    log_warning("dom0-cpuid=: \"%.*s\" is not a feature, ignored", (int)size, item);
}

static void lost(void *opaque, const struct cpuid_lost *lost)
{
    char line[192];

    log_warning("dom0-cpuid=: %s", cpuid_lost_text(lost, line, sizeof(line)));
}

static void apply_dom0_option(struct cpuid_policy *p)
{
    const struct cpuid_feedback feedback = { lost, NULL };
    uint32_t set[CPUFEAT_WORDS];
    struct cpufeat_list list;

    cpufeat_list_parse(hv_options.dom0_cpuid, strlen(hv_options.dom0_cpuid), &list, bad_item, NULL);
    cpuid_policy_features(p, set);
    for (unsigned int i = 0; i < CPUFEAT_WORDS; i++)
        set[i] = (set[i] | list.on[i]) & ~list.off[i];
    cpuid_policy_set_features(p, set);
    cpuid_policy_recalculate(p, &arch_cpuid_policies.host, &arch_cpuid_policies.pv_max, &feedback);
}

int cpuid_domain_init_pv(struct domain *d)
{
    struct cpuid_policy *p = hv_zalloc(sizeof(*p));

    if (!p)
        return -ENOMEM;
    *p = arch_cpuid_policies.pv_default;
    if (d->is_hardware && hv_options.dom0_cpuid[0])
        apply_dom0_option(p);
    d->arch.policy = p;
    return 0;
}

void cpuid_domain_free(struct domain *d)
{
    hv_free(d->arch.policy);
    d->arch.policy = NULL;
}
