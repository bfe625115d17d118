/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Field by field comparison of a guest's policy with what a machine can give. */
#include "x86/cpuid/compatible.h"
#include "x86/msr/index.h"
#include "x86/xstate/text.h"

struct comparison {
    void (*each)(void *opaque, const struct cpuid_mismatch *m);
    void *opaque;
    struct cpuid_error *err;
    bool fatal;
};

static void mismatch(struct comparison *c, const struct cpuid_mismatch *m)
{
    if (m->fatal && !c->fatal) {
        c->fatal = true;
        *c->err = m->where;
    }
    if (c->each)
        c->each(c->opaque, m);
}

static void compare_limit(struct comparison *c, enum cpuid_field field, uint32_t leaf, uint32_t subleaf,
                          uint32_t guest, uint32_t host)
{
    if (guest > host)
        mismatch(c, &(struct cpuid_mismatch){ .field = field, .fatal = true, .where = { leaf, subleaf, ~0u },
                                              .guest = guest, .host = host });
}

static void compare_vendor(struct comparison *c, const union cpuid_leaf *guest, const union cpuid_leaf *host)
{
    if (guest->b != host->b || guest->c != host->c || guest->d != host->d)
        mismatch(c, &(struct cpuid_mismatch){ .field = CPUID_FIELD_VENDOR, .fatal = true, .where = { 0, ~0u, ~0u },
                                              .guest = guest->b, .host = host->b });
}

/* In the table's order, so that what is needed is named before what needs it. */
static void compare_features(struct comparison *c, const struct cpuid_policy *guest, const struct cpuid_policy *max)
{
    uint32_t mine[CPUFEAT_WORDS], theirs[CPUFEAT_WORDS];

    cpuid_policy_features(guest, mine);
    cpuid_policy_features(max, theirs);
    for (unsigned int i = 0; i < CPUFEAT_COUNT; i++) {
        unsigned int f = cpufeat_row_at(i)->feature;
        const struct cpufeat_word *w = cpufeat_word_at(f / 32);

        if (!cpufeat_test(mine, f) || cpufeat_test(theirs, f) || f == CPUFEAT_OSXSAVE || f == CPUFEAT_OSPKE)
            continue;
        mismatch(c, &(struct cpuid_mismatch){ .field = CPUID_FIELD_FEATURE, .feature = f, .guest = 1,
                                              .where = { w->msr ? ~0u : w->leaf, w->msr ? ~0u : w->subleaf,
                                                         w->msr ? w->leaf : ~0u } });
    }
}

int cpuid_compatible(const struct cpuid_policy *guest, const struct cpuid_policy *max,
                     void (*each)(void *opaque, const struct cpuid_mismatch *m), void *opaque, struct cpuid_error *err)
{
    struct comparison c = { each, opaque, err, false };

    *err = CPUID_NO_ERROR;
    compare_vendor(&c, &guest->basic[0], &max->basic[0]);
    compare_limit(&c, CPUID_FIELD_MAX_BASIC, 0, ~0u, guest->basic[0].a, max->basic[0].a);
    compare_limit(&c, CPUID_FIELD_MAX_FEAT, 7, 0, guest->leaf7[0].a, max->leaf7[0].a);
    compare_limit(&c, CPUID_FIELD_MAX_EXTD, 0x80000000, ~0u, guest->extd[0].a, max->extd[0].a);
    if (guest->platform_info & ~max->platform_info)
        mismatch(&c, &(struct cpuid_mismatch){ .field = CPUID_FIELD_PLATFORM_INFO, .fatal = true,
                                               .where = { ~0u, ~0u, MSR_PLATFORM_INFO },
                                               .guest = guest->platform_info, .host = max->platform_info });
    compare_features(&c, guest, max);
    return c.fatal ? -EINVAL : 0;
}

/* A vendor's EBX is the first four letters of its name. */
static void text_letters(struct text *t, uint32_t word)
{
    for (unsigned int i = 0; i < 4; i++, word >>= 8)
        text_char(t, (char)(word & 0x7f) >= ' ' ? (char)(word & 0x7f) : '.');
}

static void text_values(struct text *t, const char *what, const struct cpuid_mismatch *m)
{
    text_str(t, what);
    text_str(t, ": guest has ");
    text_hex(t, m->guest);
    text_str(t, ", at most ");
    text_hex(t, m->host);
    text_str(t, " can be given; ");
}

const char *cpuid_mismatch_text(const struct cpuid_mismatch *m, char *buf, size_t size)
{
    static const char limit_advice[] = "lower the guest's limit (cpuid= maxleaf), or use a newer release of this "
                                       "hypervisor";
    struct text t = text_start(buf, size);

    switch (m->field) {
    case CPUID_FIELD_VENDOR:
        text_str(&t, "vendor: guest was built for ");
        text_letters(&t, m->guest);
        text_str(&t, "..., this machine is ");
        text_letters(&t, m->host);
        text_str(&t, "...; only a machine of the guest's vendor will do");
        break;
    case CPUID_FIELD_MAX_BASIC:
        text_values(&t, "highest basic leaf", m);
        text_str(&t, limit_advice);
        break;
    case CPUID_FIELD_MAX_FEAT:
        text_values(&t, "highest sub-leaf of leaf 7", m);
        text_str(&t, limit_advice);
        break;
    case CPUID_FIELD_MAX_EXTD:
        text_values(&t, "highest extended leaf", m);
        text_str(&t, limit_advice);
        break;
    case CPUID_FIELD_PLATFORM_INFO:
        text_values(&t, "MSR 0xce (platform info)", m);
        text_str(&t, "nothing safe would make it acceptable");
        break;
    case CPUID_FIELD_FEATURE:
        text_str(&t, cpufeat_name(m->feature));
        text_str(&t, ": guest has it, this machine cannot give it; build the guest with ");
        text_str(&t, cpufeat_name(m->feature));
        text_str(&t, "=0, or use a machine that has it");
        if (m->switched_off)
            text_str(&t, ", or start this one without the option (cpuid=, xsave=) that takes it away");
        break;
    }
    return buf;
}
