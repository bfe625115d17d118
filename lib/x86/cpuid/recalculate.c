/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From what a toolstack asked for to what its guest gets. Bits go away in this order: leaves beyond the policy's
 * limits, features that the max policy lacks, features whose needs are unmet; then computed fields are cleared and leaf
 * 0xD is rebuilt. Each step reads only what earlier steps settled, which is why a second pass finds nothing to do.
 */
#include "x86/cpuid/fields.h"

struct recalc {
    uint32_t set[CPUFEAT_WORDS];  /* the guest's features */
    uint32_t host[CPUFEAT_WORDS];
    const struct cpuid_feedback *feedback;
};

static void tell(const struct recalc *r, unsigned int feature, enum cpuid_lost_reason reason, const char *needs)
{
    const struct cpufeat_word *w = cpufeat_word_at(feature / 32);
    struct cpuid_lost lost = { .leaf = w->leaf, .subleaf = w->subleaf, .msr = w->msr, .reg = w->msr ? 0 : w->reg,
                               .bit = feature % 32 + (w->msr ? 32 * w->reg : 0), .reason = reason,
                               .name = cpufeat_name(feature), .needs = needs };

    if (r->feedback)
        r->feedback->lost(r->feedback->opaque, &lost);
}

static void drop_word(struct recalc *r, unsigned int word, uint32_t drop, enum cpuid_lost_reason reason)
{
    for (uint32_t left = r->set[word] & drop; left; left &= left - 1) {
        unsigned int bit = __builtin_ctz(left);

        tell(r, word * 32 + bit, reason == CPUID_LOST_TYPE && !(r->host[word] >> bit & 1) ? CPUID_LOST_HOST : reason,
             NULL);
    }
    r->set[word] &= ~drop;
}

/* Bits that would never be read, since their leaf lies beyond a limit, are not there for dependents either. */
static void drop_beyond_limits(struct recalc *r, const struct cpuid_policy *p)
{
    for (unsigned int i = 0; i < CPUFEAT_WORDS; i++) {
        const struct cpufeat_word *w = cpufeat_word_at(i);

        if (!w->msr && !cpuid_policy_within(p, w->leaf, w->subleaf))
            drop_word(r, i, ~0u, CPUID_LOST_LIMIT);
    }
    if (!cpuid_policy_within(p, 0xd, 0) && cpufeat_test(r->set, CPUFEAT_XSAVE))
        drop_word(r, CPUFEAT_XSAVE / 32, BIT(CPUFEAT_XSAVE % 32), CPUID_LOST_LIMIT);
}

static void drop_not_offered(struct recalc *r, const struct cpuid_policy *max)
{
    uint32_t offered[CPUFEAT_WORDS];

    cpuid_policy_features(max, offered);
    drop_word(r, CPUFEAT_OSXSAVE / 32, BIT(CPUFEAT_OSXSAVE % 32), CPUID_LOST_COMPUTED);
    drop_word(r, CPUFEAT_OSPKE / 32, BIT(CPUFEAT_OSPKE % 32), CPUID_LOST_COMPUTED);
    for (unsigned int i = 0; i < CPUFEAT_WORDS; i++)
        drop_word(r, i, ~offered[i], CPUID_LOST_TYPE);
}

static void tell_dependent(void *opaque, unsigned int feature, unsigned int missing)
{
    tell(opaque, feature, CPUID_LOST_DEPENDS, cpufeat_name(missing));
}

/*
 * Components that were asked for by number. Those of features are reported with the feature; the rest of leaf 0xD,
 * sizes and offsets, is rebuilt without a word, for a toolstack sends back what an earlier set of features made of it.
 */
static void tell_components(const struct cpuid_policy *p, const struct cpuid_policy *host,
                            const struct cpuid_policy *max, const struct cpuid_feedback *feedback)
{
    uint64_t left = cpuid_policy_xcr0(p) & ~cpuid_policy_xcr0(max);

    for (; feedback && left; left &= left - 1) {
        unsigned int i = (unsigned int)__builtin_ctzll(left);
        struct cpuid_lost lost = { .leaf = 0xd, .subleaf = 0, .reg = i < 32 ? 0 : 3, .bit = i % 32,
                                   .reason = cpuid_policy_xcr0(host) >> i & 1 ? CPUID_LOST_TYPE : CPUID_LOST_HOST };

        feedback->lost(feedback->opaque, &lost);
    }
}

static void clamp_limits(struct cpuid_policy *p, const struct cpuid_policy *max)
{
    p->basic[0].a = MIN(p->basic[0].a, max->basic[0].a);
    p->leaf7[0].a = p->basic[0].a < 7 ? 0 : MIN(p->leaf7[0].a, max->leaf7[0].a);
    p->extd[0].a = p->extd[0].a < 0x80000000 ? 0x80000000 : MIN(p->extd[0].a, max->extd[0].a);
}

enum cpuid_rule cpuid_policy_rule(const struct cpuid_policy *p)
{
    uint32_t byte = p->hv[0].a & 0xff, rule = byte & ~CPUID_HV_LIMIT;

    if ((byte & CPUID_HV_LIMIT) > XEN_CPUID_MAX_NUM_LEAVES)
        return CPUID_RULE_HOST;
    switch (rule) {
    case CPUID_HV_STRICT: return CPUID_RULE_STRICT;
    case CPUID_HV_LENIENT: return CPUID_RULE_LENIENT;
    default: return CPUID_RULE_HOST;
    }
}

/* 0 means "all there are"; less than 2 would hide what every guest needs. */
static void clamp_hypervisor_limit(union cpuid_leaf *leaf, uint32_t limit)
{

    leaf->a = !limit ? 0 : limit < 2 ? 2 : MIN(limit, XEN_CPUID_MAX_NUM_LEAVES);
}

void cpuid_policy_recalculate(struct cpuid_policy *p, const struct cpuid_policy *host, const struct cpuid_policy *max,
                              const struct cpuid_feedback *feedback)
{
    struct recalc r = { .feedback = feedback };

    clamp_limits(p, max);
    cpuid_policy_features(p, r.set);
    cpuid_policy_features(host, r.host);
    drop_beyond_limits(&r, p);
    drop_not_offered(&r, max);
    cpufeat_settle(r.set, tell_dependent, &r);
    cpuid_policy_set_features(p, r.set);
    cpuid_fields_clear(p, feedback);
    tell_components(p, host, max, feedback);
    cpuid_xstate_rebuild(p, max);
    uint32_t rule = cpuid_policy_rule(p) == CPUID_RULE_HOST ? 0 : p->hv[0].a & (CPUID_HV_STRICT | CPUID_HV_LENIENT);
    clamp_hypervisor_limit(&p->hv[0], (p->hv[0].a & 0xff) - rule);
    p->hv[0].a |= rule;
    clamp_hypervisor_limit(&p->hv[1], p->hv[1].a & 0xff);
    p->platform_info &= max->platform_info;
}

/* Whether the toolstack put something into the slot that wasn't there before. */
static bool newly_filled(struct cpuid_policy *p, const struct cpuid_policy *before, uint32_t leaf, uint32_t subleaf)
{
    const union cpuid_leaf *now = cpuid_policy_slot(p, leaf, subleaf);
    const union cpuid_leaf *then = cpuid_policy_slot((struct cpuid_policy *)before, leaf, subleaf);
    static const union cpuid_leaf zero;

    return memcmp(now, &zero, sizeof(zero)) && memcmp(now, then, sizeof(*now));
}

static bool raise(uint32_t *limit, uint32_t before, uint32_t to, uint32_t most)
{
    if (*limit != before || to <= *limit || to > most)
        return false;
    *limit = to;
    return true;
}

unsigned int cpuid_policy_raise_limits(struct cpuid_policy *p, const struct cpuid_policy *before,
                                       const struct cpuid_policy *max)
{
    uint32_t basic = p->basic[0].a, feat = p->leaf7[0].a, extd = p->extd[0].a;

    for (unsigned int i = 0; i < CPUID_SERIALISED_LEAVES; i++) {
        uint32_t leaf, subleaf;

        cpuid_slot_address(i, &leaf, &subleaf);
        if ((leaf >= XEN_CPUID_FIRST_LEAF && leaf < 0x80000000) || !newly_filled(p, before, leaf, subleaf))
            continue;
        if (leaf >= 0x80000000)
            extd = MAX(extd, leaf);
        else
            basic = MAX(basic, leaf);
        if (leaf == 7)
            feat = MAX(feat, subleaf);
    }
    return raise(&p->basic[0].a, before->basic[0].a, basic, max->basic[0].a) +
           raise(&p->leaf7[0].a, before->leaf7[0].a, feat, max->leaf7[0].a) +
           raise(&p->extd[0].a, before->extd[0].a, extd, max->extd[0].a);
}
