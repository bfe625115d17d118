/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Domains' policies: the one that a domain begins with, and what its toolstack makes of it. Every bit that somebody
 * asked for and the guest does not get is named in the log, because no tool would say; the wish is kept, so that it can
 * be looked up later.
 */
#include "cpu/cpuid_boot.h"
#include "hv/domain.h"
#include "hv/heap.h"
#include "hv/lock.h"
#include "hv/log.h"
#include "hv/options.h"
#include "x86/cpuid/compatible.h"
#include "x86/cpuid/feature_list.h"

#define LINES_OF_A_CALL 32u
#define LINES_OF_A_KEY  512u

struct report {
    domid_t domid;
    enum log_level level;
    uint32_t lost, lines; /* bits so far; how many are worth a line */
    uint32_t told;        /* features that are in the way of a refused policy */
    bool refused;
    bool itsc_implied; /* the invariant TSC is asked for by the toolstack, not by a person */
    const struct cpuid_policy *before;
    bool explicit;            /* a bit was lost that the domain did not have before: somebody wanted it */
    struct cpuid_error first; /* where that was */
};

/* The last policy that was refused, as it was asked for. */
static struct {
    spinlock_t lock;
    domid_t domid;
    const struct cpuid_policy *max; /* of the domain's kind */
    struct cpuid_policy asked;
} refused = { .lock = SPINLOCK_INIT(LOCK_LEAF), .domid = DOMID_INVALID };

/* The most that a guest of @d's kind can be given. */
static const struct cpuid_policy *max_of(const struct domain *d)
{
    return d->type == DOMAIN_HVM ? &arch_cpuid_policies.hvm_max : &arch_cpuid_policies.pv_max;
}

static void bad_item(void *opaque, const char *item, size_t size)
{
    char text[160];

    cpufeat_list_bad_text(item, size, text, sizeof(text));
    log_warning("dom0-cpuid=: %s", text);
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

int cpuid_domain_init(struct domain *d)
{
    struct cpuid_policy *p = hv_zalloc(sizeof(*p));

    if (!p)
        return -ENOMEM;
    *p = d->type == DOMAIN_HVM ? arch_cpuid_policies.hvm_default : arch_cpuid_policies.pv_default;
    if (d->is_hardware && hv_options.dom0_cpuid[0])
        apply_dom0_option(p);
    d->arch.policy = p;
    return 0;
}

void cpuid_domain_free(struct domain *d)
{
    hv_free(d->arch.policy);
    hv_free(d->arch.policy_asked);
    d->arch.policy = d->arch.policy_asked = NULL;
}

/* With a fatal field, or cpuid-strict, nothing is started: then features that are in the way are named as well. */
static void report_mismatch(void *opaque, const struct cpuid_mismatch *found)
{
    struct report *r = opaque;
    struct cpuid_mismatch m = *found;
    char text[256];

    r->refused |= m.fatal;
    if (!r->refused)
        return;
    if (m.field == CPUID_FIELD_FEATURE) {
        if (cpuid_policy_has(r->before, m.feature) || r->told++ >= r->lines)
            return;
        m.switched_off = cpuid_policy_has(&arch_cpuid_policies.raw, m.feature) &&
                         !cpuid_policy_has(&arch_cpuid_policies.host, m.feature);
    }
    log_warning("d%u: cpuid: refused: %s", r->domid, cpuid_mismatch_text(&m, text, sizeof(text)));
}

/* Then it goes with another that was taken away, which is what was wanted. */
static bool had_before(const struct report *r, const struct cpuid_lost *l)
{
    if (l->msr)
        return r->before->arch_caps >> l->bit & 1;
    const union cpuid_leaf *slot = cpuid_policy_slot((struct cpuid_policy *)r->before, l->leaf, l->subleaf);
    return slot && (slot->reg[l->reg] >> l->bit & 1);
}

/*
 * libxl asks for an invariant TSC (CPUID 0x80000007 EDX bit 8) for every domain whose TSC is emulated, by
 * tsc_mode="always_emulate". That none can be had is then nobody's concern. (It does so with nomigrate=1 as well, of
 * which the hypervisor does not learn.)
 */
static bool is_itsc(const struct cpuid_lost *l)
{
    return !l->msr && l->leaf == 0x80000007 && l->reg == 3 && l->bit == CPUFEAT_ITSC % 32;
}

static void report_lost(void *opaque, const struct cpuid_lost *l)
{
    struct report *r = opaque;
    char text[192];

    if (r->itsc_implied && is_itsc(l))
        return;
    r->lost++;
    if (!r->explicit && !had_before(r, l)) {
        r->explicit = true;
        r->first = l->msr ? (struct cpuid_error){ ~0u, ~0u, l->leaf }
                          : (struct cpuid_error){ l->leaf, l->subleaf, ~0u };
    }
    if (r->lost <= r->lines)
        hv_log(r->level, "d%u: cpuid: %s", r->domid, cpuid_lost_text(l, text, sizeof(text)));
}

/* Makes @p what can be given of it to @d, and says what not. */
static void settle(const struct domain *d, struct cpuid_policy *p, struct report *r)
{
    const struct cpuid_feedback feedback = { report_lost, r };

    cpuid_policy_recalculate(p, &arch_cpuid_policies.host, max_of(d), &feedback);
    if (r->lost > r->lines)
        hv_log(r->level,
               "d%u: cpuid: %u more bits asked for, not given; /domain/%u/cpuid/not-given in hypfs names them",
               r->domid, r->lost - r->lines, r->domid);
}

static int wish_keep(struct domain *d, const struct cpuid_policy *asked)
{
    struct cpuid_policy *kept = d->arch.policy_asked ?: hv_zalloc(sizeof(*kept));

    if (!kept)
        return -ENOMEM;
    *kept = *asked;
    /* It stays until the domain goes: the debug key reads it. */
    __atomic_store_n(&d->arch.policy_asked, kept, __ATOMIC_RELEASE);
    return 0;
}

/* cpuid-strict: the lines about lost bits say why; these say what would help. */
static int refuse(const struct domain *d, struct report *r, struct cpuid_error *err)
{
    r->refused = true;
    if (!cpuid_compatible(d->arch.policy_asked, max_of(d), report_mismatch, r, err))
        *err = r->first;
    return -EINVAL;
}

static bool is_strict(const struct cpuid_policy *asked)
{
    enum cpuid_rule rule = cpuid_policy_rule(asked);

    return rule == CPUID_RULE_HOST ? READ_ONCE(hv_options.cpuid_strict) : rule == CPUID_RULE_STRICT;
}

/* The domain of a refused policy is gone at once, so this one is kept elsewhere. */
static void refusal_keep(const struct domain *d, const struct cpuid_policy *asked)
{
    spin_lock(&refused.lock);
    refused.domid = d->id;
    refused.max = max_of(d);
    refused.asked = *asked;
    spin_unlock(&refused.lock);
}

int cpuid_domain_set(struct domain *d, struct cpuid_policy *asked, struct cpuid_error *err)
{
    struct report report = { .domid = d->id, .level = LOG_WARNING, .lines = LINES_OF_A_CALL, .before = d->arch.policy };

    report.itsc_implied = d->arch.vtsc.mode == VTSC_ALWAYS_EMULATE;
    cpuid_policy_raise_limits(asked, d->arch.policy, max_of(d));
    int rc = cpuid_compatible(asked, max_of(d), report_mismatch, &report, err);
    rc = rc ? rc : wish_keep(d, asked);
    if (rc)
        return rc;
    bool strict = is_strict(asked);
    settle(d, asked, &report);
    if (report.explicit && strict) {
        refusal_keep(d, d->arch.policy_asked);
        return refuse(d, &report, err);
    }
    *d->arch.policy = *asked;
    return 0;
}

int cpuid_domain_lost(const struct domain *d, const struct cpuid_feedback *feedback, domid_t *whose)
{
    const struct cpuid_policy *asked = d ? __atomic_load_n(&d->arch.policy_asked, __ATOMIC_ACQUIRE) : &refused.asked;
    struct cpuid_policy *scratch = hv_zalloc(sizeof(*scratch));

    if (!scratch)
        return -ENOMEM;
    spin_lock(&refused.lock);
    const struct cpuid_policy *max = d ? max_of(d) : refused.max;
    *whose = !d ? refused.domid : asked ? d->id : DOMID_INVALID;
    if (asked)
        *scratch = *asked;
    spin_unlock(&refused.lock);
    if (*whose != DOMID_INVALID)
        cpuid_policy_recalculate(scratch, &arch_cpuid_policies.host, max, feedback);
    hv_free(scratch);
    return 0;
}

static void key_domain(const struct domain *d, struct cpuid_policy *scratch)
{
    const struct cpuid_policy *asked = __atomic_load_n(&d->arch.policy_asked, __ATOMIC_ACQUIRE);
    struct report report = { .domid = d->id, .level = LOG_ERROR, .lines = LINES_OF_A_KEY, .before = d->arch.policy };

    if (!asked)
        return;
    *scratch = *asked;
    settle(d, scratch, &report);
    if (!report.lost)
        log_error("d%u: cpuid: all that was asked for is given", d->id);
}

void cpuid_debug_key(char key)
{
    struct cpuid_policy *scratch = hv_zalloc(sizeof(*scratch));
    struct domain *d;

    if (!scratch)
        return;
    for_each_domain(d) key_domain(d, scratch);
    hv_free(scratch);
}
