/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Input: a machine (any bytes are its CPUID answers) and a toolstack's list of leaves and MSRs. Laws: what was taken in
 * comes out the same; a refused list names its entry; recalculating is idempotent and within max; leaf 0xD is valid;
 * default policies are never changed by recalculating; no leaf a guest asks for is a way out.
 */
#include "x86/cpuid/compatible.h"
#include "x86/cpuid/guest_view.h"
#include "law.h"

/* A stream that repeats, so that any input describes a whole machine. */
struct stream {
    const uint8_t *data;
    size_t size, at;
};

static uint32_t take(struct stream *s)
{
    uint32_t value = 0;

    for (unsigned int i = 0; i < 4; i++)
        value = value << 8 | (s->size ? s->data[s->at++ % s->size] : 0);
    return value;
}

/* Vendors and limits are made plausible: the rest is noise. */
static void machine_cpuid(void *opaque, uint32_t leaf, uint32_t subleaf, union cpuid_leaf *out)
{
    struct stream *s = opaque;

    *out = (union cpuid_leaf){ { take(s), take(s), take(s), take(s) } };
    if (leaf == 0)
        *out = s->size & 1 ? (union cpuid_leaf){ { out->a & 0x1f, 0x68747541, 0x444d4163, 0x69746e65 } }
                           : (union cpuid_leaf){ { out->a & 0x1f, 0x756e6547, 0x6c65746e, 0x49656e69 } };
    else if (leaf == 0x80000000)
        out->a = 0x80000000 | (out->a & 0x3f);
    else if (leaf == 7 && subleaf == 0)
        out->a &= 3;
}

static void check_policy(const struct cpuid_policy *p, const struct cpuid_policy *max)
{
    uint64_t xcr0 = cpuid_policy_xcr0(p);
    uint32_t mine[CPUFEAT_WORDS], all[CPUFEAT_WORDS];

    require(!xcr0 || xstate_valid_xcr0(~0ULL, xcr0));
    require(!xcr0 == !cpuid_policy_has(p, CPUFEAT_XSAVE));
    require(p->xstate[0].c == xstate_size_std(p->xcomp, xcr0));
    cpuid_policy_features(p, mine);
    cpuid_policy_features(max, all);
    for (unsigned int w = 0; w < CPUFEAT_WORDS; w++)
        require(!(mine[w] & ~all[w]));
    require(p->basic[0].a <= CPUID_MAX_BASIC && p->leaf7[0].a <= CPUID_MAX_FEAT && p->extd[0].a <= CPUID_MAX_EXTD);
}

static void check_exchange(const struct cpuid_policy *p)
{
    static xen_cpuid_leaf_t leaves[CPUID_SERIALISED_LEAVES];
    static xen_msr_entry_t msrs[CPUID_SERIALISED_MSRS];
    uint32_t nr = CPUID_SERIALISED_LEAVES, nr_msrs = CPUID_SERIALISED_MSRS;
    static struct cpuid_policy back;
    struct cpuid_error err;

    memset(&back, 0, sizeof(back));
    require(cpuid_policy_serialise(p, leaves, &nr) == 0 && nr == CPUID_SERIALISED_LEAVES);
    require(cpuid_policy_serialise_msrs(p, msrs, &nr_msrs) == 0);
    require(cpuid_policy_deserialise(&back, leaves, nr, &err) == 0);
    require(cpuid_policy_deserialise_msrs(&back, msrs, nr_msrs, &err) == 0);
    require(!memcmp(&back, p, sizeof(back)));
}

static void count_lost(void *opaque, const struct cpuid_lost *lost)
{
    char text[80];

    (*(unsigned int *)opaque)++;
    require(strlen(cpuid_lost_text(lost, text, sizeof(text))) < sizeof(text));
}

static void check_recalculate(struct cpuid_policy p, const struct cpuid_policy *host, const struct cpuid_policy *max)
{
    unsigned int lost = 0;
    struct cpuid_feedback feedback = { count_lost, &lost };
    struct cpuid_policy once;

    cpuid_policy_recalculate(&p, host, max, &feedback);
    check_policy(&p, max);
    check_exchange(&p);
    once = p;
    lost = 0;
    cpuid_policy_recalculate(&p, host, max, &feedback);
    require(!lost && !memcmp(&p, &once, sizeof(p)));
}

static void take_leaves(struct cpuid_policy *p, struct stream *s)
{
    for (unsigned int n = take(s) % 32; n; n--) {
        uint32_t leaf, subleaf;
        xen_cpuid_leaf_t entry;
        struct cpuid_error err;
        int rc;

        cpuid_slot_address(take(s) % CPUID_SERIALISED_LEAVES, &leaf, &subleaf);
        if (take(s) % 8 == 0)
            leaf = take(s);
        entry = (xen_cpuid_leaf_t){ leaf, subleaf, take(s), take(s), take(s), take(s) };
        rc = cpuid_policy_deserialise(p, &entry, 1, &err);
        require(rc == 0 || (rc == -ERANGE && err.leaf == entry.leaf && err.subleaf == entry.subleaf));
    }
}

static void check_views(const struct cpuid_policy *p, const struct cpuid_policy *host, struct stream *s)
{
    const struct cpuid_machine machine = { .host = host };
    const struct cpuid_hvm_context hvm = { .vcpu_id = 1, .domid = 1 };
    struct cpuid_vcpu_context ctx = { .machine = &machine, .hvm = take(s) & 1 ? &hvm : NULL, .kernel = take(s) & 1,
                                      .osxsave = take(s) & 1, .xcr0 = 3 };
    union cpuid_leaf out;

    for (unsigned int i = 0; i < CPUID_SERIALISED_LEAVES; i++) {
        uint32_t leaf, subleaf;

        cpuid_slot_address(i, &leaf, &subleaf);
        cpuid_guest_view(p, &ctx, leaf, subleaf, &out);
    }
    for (unsigned int i = 0; i < 8; i++) {
        uint32_t leaf = take(s);

        cpuid_guest_view(p, &ctx, leaf, take(s), &out);
        require(leaf < 0x100 || (leaf >= 0x40000000 && leaf < 0x40000100) ||
            (leaf >= 0x80000000 && leaf <= CPUID_MAX_EXTD) ||
            !(out.a | out.b | out.c | out.d));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stream s = { data, size, 0 };
    struct cpuid_source source = { machine_cpuid, NULL, &s };
    static struct cpuid_policy raw, host, max, def, asked;

    cpuid_policy_raw(&source, &raw);
    cpuid_policy_host(&raw, NULL, NULL, &host);
    for (enum cpuid_guest_type type = CPUID_GUEST_PV; type <= CPUID_GUEST_HVM_HAP; type++) {
        cpuid_policy_max(&host, type, &max);
        cpuid_policy_default(&host, &max, type, &def);
        check_policy(&max, &max);
        check_policy(&def, &max);
        asked = def;
        cpuid_policy_recalculate(&asked, &host, &max, NULL);
        require(!memcmp(&asked, &def, sizeof(def)));
        take_leaves(&asked, &s);
        cpuid_policy_raise_limits(&asked, &def, &max);
        check_recalculate(asked, &host, &max);
        check_views(&asked, &host, &s);
    }
    return 0;
}
