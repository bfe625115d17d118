/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Derivation of policies, the check of toolstacks' policies, and the properties that must hold on every machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "cpuid_profiles.h"
#include "x86/cpuid/compatible.h"
#include "x86/cpuid/guest_view.h"
#include "x86/msr/index.h"

/* Limits of max policies as released. Rows are only ever added, and later ones are never smaller. */
static void test_limits_never_shrink(void **state)
{
    static const struct {
        const char *release;
        uint32_t basic, feat, extd;
    } released[] = {
        { "first", 0xd, 2, 0x80000021 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(released); i++)
        for (size_t n = 0; n < ARRAY_SIZE(recordings); n++) {
            struct machine m;

            machine_from(recordings[n], &m);
            assert_true(m.pv_max.basic[0].a >= released[i].basic && m.hvm_max.basic[0].a >= released[i].basic);
            assert_true(m.pv_max.leaf7[0].a >= released[i].feat && m.hvm_max.leaf7[0].a >= released[i].feat);
            assert_true(m.pv_max.extd[0].a >= released[i].extd && m.hvm_max.extd[0].a >= released[i].extd);
        }
}

static void test_default_limits_are_the_hosts(void **state)
{
    struct machine m;

    machine_from(&intel_server, &m);
    assert_int_equal(m.pv_default.basic[0].a, 0xd);
    assert_int_equal(m.pv_default.extd[0].a, 0x80000008);
    machine_from(&intel_old, &m);
    assert_int_equal(m.hvm_default.basic[0].a, 0xb);
    machine_from(&amd_server, &m); /* 0x80000020 is empty, and doesn't make 0x80000021 go */
    assert_int_equal(m.hvm_default.extd[0].a, 0x80000021);
    assert_true(cpuid_policy_has(&m.hvm_default, CPUFEAT_TSA_SQ_NO));
}

static void test_raw_is_without_register_state(void **state)
{
    struct machine m;

    machine_from(&intel_server, &m);
    assert_false(cpuid_policy_has(&m.raw, CPUFEAT_OSXSAVE));
    assert_int_equal(m.raw.xstate[0].b, 0);
    assert_int_equal(m.raw.xstate[0].c, 0xa88);
    assert_int_equal(m.raw.xcomp[8].size, 0x80);
    assert_int_equal(m.raw.arch_caps, 0x2b);
    assert_int_equal(m.host.basic[1].b, 0x00100800);
}

static void test_amd_repeats_leaf_1(void **state)
{
    struct machine m;

    machine_from(&amd_server, &m);
    assert_int_equal(m.pv_default.extd[1].d & 0x0183f3ff, m.pv_default.basic[1].d & 0x0183f3ff);
    machine_from(&intel_server, &m);
    assert_int_equal(m.pv_default.extd[1].d & 0x0183f3ff, 0);
}

static void test_xstate_follows_features(void **state)
{
    struct machine m;
    struct xstate_plan plan = { .xcr0 = 0x7, .comp = { [2] = { 0x100, 0x240 } } };
    struct cpuid_policy host, pv;

    machine_from(&intel_server, &m);
    assert_int_equal(cpuid_policy_xcr0(&m.pv_default), 0xe7); /* no PKU for PV, MPX only on request */
    assert_int_equal(cpuid_policy_xcr0(&m.hvm_default), 0x2e7);
    assert_int_equal(cpuid_policy_xcr0(&m.hvm_max), 0x2ff);
    assert_int_equal(m.pv_default.xstate[0].c, 0xa80);
    assert_int_equal(m.pv_default.xcomp[9].size, 0);

    /* What the boot plan dropped is gone for everybody. */
    cpuid_policy_host(&m.raw, &plan, NULL, &host);
    cpuid_policy_pv_max(&host, &pv);
    assert_int_equal(cpuid_policy_xcr0(&pv), 0x7);
    assert_false(cpuid_policy_has(&pv, CPUFEAT_AVX512F));
    assert_false(cpuid_policy_has(&pv, CPUFEAT_AVX512_VPOPCNTDQ));
    plan.xcr0 = 0;
    cpuid_policy_host(&m.raw, &plan, NULL, &host);
    assert_false(cpuid_policy_has(&host, CPUFEAT_XSAVE) || cpuid_policy_has(&host, CPUFEAT_AVX));
    assert_int_equal(host.xstate[0].a | host.xstate[1].a | host.xstate[2].a, 0);
}

static void test_boot_option_removes_feature(void **state)
{
    struct machine m;
    struct cpuid_policy host;
    uint32_t off[CPUFEAT_WORDS] = { 0 };

    machine_from(&intel_server, &m);
    cpufeat_set(off, CPUFEAT_AVX);
    cpuid_policy_host(&m.raw, NULL, off, &host);
    assert_false(cpuid_policy_has(&host, CPUFEAT_AVX512F));
    assert_int_equal(cpuid_policy_xcr0(&host), 0x21b);
}

/* Feedback is collected as text, one line each. */
struct lines {
    unsigned int nr;
    char text[600][120];
};

static void collect(void *opaque, const struct cpuid_lost *lost)
{
    struct lines *l = opaque;

    assert_in_range(l->nr, 0, ARRAY_SIZE(l->text) - 1);
    cpuid_lost_text(lost, l->text[l->nr++], sizeof(l->text[0]));
}

static bool said(const struct lines *l, const char *text)
{
    for (unsigned int i = 0; i < l->nr; i++)
        if (!strcmp(l->text[i], text))
            return true;
    return false;
}

static struct lines lines;
static const struct cpuid_feedback feedback = { collect, &lines };

static void recalculate(struct cpuid_policy *p, const struct machine *m, bool hvm)
{
    lines.nr = 0;
    cpuid_policy_recalculate(p, &m->host, hvm ? &m->hvm_max : &m->pv_max, &feedback);
}

static void ask(struct cpuid_policy *p, unsigned int feature, bool on)
{
    uint32_t set[CPUFEAT_WORDS];

    cpuid_policy_features(p, set);
    (on ? cpufeat_set : cpufeat_clear)(set, feature);
    cpuid_policy_set_features(p, set);
}

static void test_feedback(void **state)
{
    static const struct {
        const char *name;
        const struct recording *machine;
        bool hvm;
        unsigned int on, off; /* features; 0 (FPU on) changes nothing */
        const char *line;
    } rows[] = {
        { "host lacks", &amd_server, true, CPUFEAT_AVX512F, CPUFEAT_NONE,
          "0x7:0 EBX bit 16 (avx512f) asked for, not given: host lacks it" },
        { "type", &intel_server, false, CPUFEAT_PCID, CPUFEAT_NONE,
          "0x1 ECX bit 17 (pcid) asked for, not given: not offered to this type of guest" },
        { "never offered", &intel_server, true, CPUFEAT_VMX, CPUFEAT_NONE,
          "0x1 ECX bit 5 (vmx) asked for, not given: not offered to this type of guest" },
        { "depends", &intel_server, true, 0, CPUFEAT_AVX,
          "0x7:0 EBX bit 5 (avx2) asked for, not given: depends on avx, which is off" },
        { "depends, deep", &intel_server, true, 0, CPUFEAT_XSAVE,
          "0x7:0 EBX bit 16 (avx512f) asked for, not given: depends on avx2, which is off" },
        { "beyond limit", &intel_old, true, CPUFEAT_XSAVE, CPUFEAT_NONE,
          "0x1 ECX bit 26 (xsave) asked for, not given: leaf beyond the policy's limit" },
        { "computed", &intel_server, true, CPUFEAT_OSXSAVE, CPUFEAT_NONE,
          "0x1 ECX bit 27 (osxsave) asked for, not given: field computed by the hypervisor" },
        { "MSR", &intel_server, true, CPUFEAT_TAA_NO, CPUFEAT_NONE,
          "MSR 0x10a bit 8 (taa-no) asked for, not given: host lacks it" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct machine m;
        struct cpuid_policy p;

        machine_from(rows[i].machine, &m);
        p = rows[i].hvm ? m.hvm_default : m.pv_default;
        recalculate(&p, &m, rows[i].hvm);
        if (lines.nr)
            fail_msg("%s: the default policy loses something: %s", rows[i].name, lines.text[0]);
        ask(&p, rows[i].on, true);
        if (rows[i].off != CPUFEAT_NONE)
            ask(&p, rows[i].off, false);
        recalculate(&p, &m, rows[i].hvm);
        if (!said(&lines, rows[i].line))
            fail_msg("%s: %u lines, first: %s", rows[i].name, lines.nr, lines.nr ? lines.text[0] : "");
    }
}

static void test_unnamed_bits(void **state)
{
    struct machine m;
    struct cpuid_policy p;

    machine_from(&intel_server, &m);
    p = m.hvm_default;
    p.basic[6].a = 1;
    p.basic[1].b |= 0x05000000;
    p.basic[1].d |= 1u << 10;
    recalculate(&p, &m, true);
    assert_int_equal(lines.nr, 4);
    assert_true(said(&lines, "0x6 EAX bit 0 asked for, not given: field computed by the hypervisor"));
    assert_true(said(&lines, "0x1 EBX bit 24 asked for, not given: field computed by the hypervisor"));
    assert_true(said(&lines, "0x1 EDX bit 10 asked for, not given: not offered to this type of guest") ||
                said(&lines, "0x1 EDX bit 10 asked for, not given: host lacks it"));
}

static void test_components_by_number(void **state)
{
    struct machine m;
    struct cpuid_policy p;

    machine_from(&intel_server, &m);
    p = m.pv_default;
    p.xstate[0].a |= 1u << 9 | 1u << 17;
    p.xstate[0].d |= 1u << 30;
    p.xstate[2].a = 0x2000; /* a size: rebuilt, not told */
    recalculate(&p, &m, false);
    assert_int_equal(lines.nr, 3);
    assert_true(said(&lines, "0xd:0 EAX bit 9 asked for, not given: not offered to this type of guest"));
    assert_true(said(&lines, "0xd:0 EAX bit 17 asked for, not given: host lacks it"));
    assert_true(said(&lines, "0xd:0 EDX bit 30 asked for, not given: host lacks it"));
    assert_memory_equal(&p, &m.pv_default, sizeof(p));
}

static void assert_leaf_d_empty(const struct cpuid_policy *p)
{
    for (unsigned int i = 0; i < CPUID_NR_XSTATE; i++)
        assert_int_equal(p->xstate[i].a | p->xstate[i].b | p->xstate[i].c | p->xstate[i].d, 0);
}

/* The case that broke in the field: a guest from a machine with leaf 0xd comes to one without XSAVE. */
static void test_restore_on_older_machine(void **state)
{
    for (int hvm = 0; hvm < 2; hvm++) {
        struct machine from, to;
        struct cpuid_policy p;
        struct cpuid_error err;

        machine_from(&intel_server, &from);
        machine_from(&intel_old, &to);
        p = hvm ? from.hvm_default : from.pv_default;
        if (!hvm) { /* was promised that CPUID can fault, which the older machine cannot do for PV */
            assert_int_equal(cpuid_compatible(&p, &to.pv_max, NULL, NULL, &err), -EINVAL);
            assert_int_equal(err.msr, MSR_PLATFORM_INFO);
            p.platform_info = 0;
        }
        assert_int_equal(cpuid_compatible(&p, hvm ? &to.hvm_max : &to.pv_max, NULL, NULL, &err), 0);
        recalculate(&p, &to, hvm);
        assert_int_equal(p.basic[0].a, 0xd);
        assert_false(cpuid_policy_has(&p, CPUFEAT_XSAVE));
        assert_leaf_d_empty(&p);
        assert_true(said(&lines, "0x1 ECX bit 26 (xsave) asked for, not given: host lacks it"));
    }
}

static void test_clearing_cascades(void **state)
{
    struct machine m;
    struct cpuid_policy p;

    machine_from(&intel_server, &m);
    p = m.hvm_default;
    ask(&p, CPUFEAT_SSE, false);
    recalculate(&p, &m, true);
    assert_false(cpuid_policy_has(&p, CPUFEAT_SSE2) || cpuid_policy_has(&p, CPUFEAT_AVX));
    assert_int_equal(cpuid_policy_xcr0(&p), 0x3); /* PKU goes with long mode */
    assert_int_equal(p.xstate[0].c, 0x240);

    p = m.hvm_default;
    ask(&p, CPUFEAT_XSAVE, false);
    recalculate(&p, &m, true);
    assert_leaf_d_empty(&p);
    assert_false(cpuid_policy_has(&p, CPUFEAT_AVX) || cpuid_policy_has(&p, CPUFEAT_PKU));
    assert_true(cpuid_policy_has(&p, CPUFEAT_SSE2));

    for (uint32_t limit = 0; limit < 0xd; limit++) {
        p = m.hvm_default;
        p.basic[0].a = limit;
        recalculate(&p, &m, true);
        assert_false(cpuid_policy_has(&p, CPUFEAT_XSAVE));
        assert_leaf_d_empty(&p);
    }
}

/* On every machine, in every policy that a guest can have: one feature off is its dependents off, and nothing else. */
static void test_clearing_each_feature(void **state)
{
    for (size_t n = 0; n < ARRAY_SIZE(recordings) * CPUFEAT_COUNT * 2; n++) {
        unsigned int f = cpufeat_row_at(n / 2 % CPUFEAT_COUNT)->feature;
        uint32_t gone[CPUFEAT_WORDS], before[CPUFEAT_WORDS], after[CPUFEAT_WORDS];
        static struct machine m;
        struct cpuid_policy p;

        if (n % (CPUFEAT_COUNT * 2) == 0)
            machine_from(recordings[n / 2 / CPUFEAT_COUNT], &m);
        p = n & 1 ? m.hvm_max : m.pv_max;
        cpuid_policy_features(&p, before);
        cpufeat_dependents(f, gone);
        cpufeat_set(gone, f);
        ask(&p, f, false);
        recalculate(&p, &m, n & 1);
        cpuid_policy_features(&p, after);
        for (unsigned int w = 0; w < CPUFEAT_WORDS; w++)
            if (after[w] != (before[w] & ~gone[w]))
                fail_msg("%s: without %s word %u is 0x%x", recordings[n / 2 / CPUFEAT_COUNT]->name, cpufeat_name(f), w,
                         after[w]);
    }
}

static void test_limits_of_hypervisor_leaves(void **state)
{
    static const uint32_t rows[][2] = { { 0, 0 }, { 1, 2 }, { 2, 2 }, { 5, 5 }, { 6, 5 }, { 0xff, 5 } };
    struct machine m;

    machine_from(&amd_server, &m);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct cpuid_policy p = m.pv_default;

        p.hv[0].a = rows[i][0];
        recalculate(&p, &m, false);
        assert_int_equal(p.hv[0].a, rows[i][1]);
    }
}

/* The rule that a toolstack puts beside the limit stays, once and twice recalculated; the guest sees only the limit. */
static void test_rule_of_a_policy(void **state)
{
    static const struct {
        uint32_t asked, kept, seen;
        enum cpuid_rule rule;
    } rows[] = {
        { 0, 0, 5, CPUID_RULE_HOST },        { 3, 3, 3, CPUID_RULE_HOST },          { 0xff, 5, 5, CPUID_RULE_HOST },
        { 128, 128, 5, CPUID_RULE_STRICT },  { 128 + 3, 131, 3, CPUID_RULE_STRICT },
        { 128 + 1, 130, 2, CPUID_RULE_STRICT },
        { 64, 64, 5, CPUID_RULE_LENIENT },   { 64 + 5, 69, 5, CPUID_RULE_LENIENT },  { 64 + 6, 5, 5, CPUID_RULE_HOST },
        { 192, 5, 5, CPUID_RULE_HOST },      { 128 + 6, 5, 5, CPUID_RULE_HOST },
        { 0x100 + 128, 128, 5, CPUID_RULE_STRICT },
    };
    struct machine m;

    machine_from(&intel_server, &m);
    const struct cpuid_machine machine = { .host = &m.host };
    const struct cpuid_vcpu_context ctx = { .machine = &machine };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct cpuid_policy p = m.pv_default;
        union cpuid_leaf out;

        p.hv[0].a = rows[i].asked;
        for (int n = 0; n < 2; n++) {
            cpuid_policy_recalculate(&p, &m.host, &m.pv_max, NULL);
            assert_int_equal(p.hv[0].a, rows[i].kept);
            assert_int_equal(cpuid_policy_rule(&p), rows[i].rule);
        }
        cpuid_guest_view(&p, &ctx, 0x40000000, 0, &out);
        assert_int_equal(out.a, 0x40000000 + rows[i].seen);
    }
}

static void test_filling_a_leaf_raises_the_limit(void **state)
{
    struct machine m;
    struct cpuid_policy p;

    machine_from(&intel_old, &m);
    p = m.hvm_default;
    p.leaf7[0].b = 1u << 9; /* within max's limit, as 0xb >= 7 */
    p.xstate[0].a = 7;
    assert_int_equal(cpuid_policy_raise_limits(&p, &m.hvm_default, &m.hvm_max), 1);
    assert_int_equal(p.basic[0].a, 0xd);
    p = m.hvm_default;
    p.extd[0x21].a = 4;
    p.leaf7[2].d = 1;
    assert_int_equal(cpuid_policy_raise_limits(&p, &m.hvm_default, &m.hvm_max), 2);
    assert_int_equal(p.extd[0].a, 0x80000021);
    assert_int_equal(p.leaf7[0].a, 2);
    p = m.hvm_default; /* maxleaf= was set: it stands */
    p.basic[0].a = 4;
    p.xstate[0].a = 7;
    assert_int_equal(cpuid_policy_raise_limits(&p, &m.hvm_default, &m.hvm_max), 0);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed ^ *seed >> 15;
}

/* Whatever a toolstack sends: recalculating twice is recalculating once, and the result is within max. */
static void test_recalculate_is_idempotent(void **state)
{
    uint32_t seed = 1;

    for (size_t n = 0; n < ARRAY_SIZE(recordings); n++) {
        struct machine m;

        machine_from(recordings[n], &m);
        for (unsigned int round = 0; round < 300; round++) {
            bool hvm = round & 1;
            const struct cpuid_policy *max = hvm ? &m.hvm_max : &m.pv_max;
            struct cpuid_policy p = *max, once;
            uint32_t mine[CPUFEAT_WORDS], all[CPUFEAT_WORDS];
            struct cpuid_error err;

            for (unsigned int i = 0; i < 40; i++)
                ((uint32_t *)&p)[next_random(&seed) % (sizeof(p) / 4)] = next_random(&seed);
            recalculate(&p, &m, hvm);
            once = p;
            recalculate(&p, &m, hvm);
            assert_memory_equal(&p, &once, sizeof(p));
            if (lines.nr)
                fail_msg("%s: second pass: %s", recordings[n]->name, lines.text[0]);
            cpuid_policy_features(&p, mine);
            cpuid_policy_features(max, all);
            for (unsigned int w = 0; w < CPUFEAT_WORDS; w++)
                assert_false(mine[w] & ~all[w]);
            p.basic[0] = max->basic[0];
            assert_int_equal(cpuid_compatible(&p, max, NULL, NULL, &err), 0);
        }
    }
}

static void test_default_is_within_max(void **state)
{
    for (size_t n = 0; n < ARRAY_SIZE(recordings); n++) {
        struct machine m;
        const struct cpuid_policy *pairs[2][2];

        machine_from(recordings[n], &m);
        pairs[0][0] = &m.pv_default;
        pairs[0][1] = &m.pv_max;
        pairs[1][0] = &m.hvm_default;
        pairs[1][1] = &m.hvm_max;
        for (unsigned int i = 0; i < 2; i++) {
            struct cpuid_policy again = *pairs[i][0], max = *pairs[i][1];
            struct cpuid_error err;

            assert_int_equal(cpuid_compatible(&again, &max, NULL, NULL, &err), 0);
            recalculate(&again, &m, i);
            assert_int_equal(lines.nr, 0);
            assert_memory_equal(&again, pairs[i][0], sizeof(again));
            recalculate(&max, &m, i);
            assert_int_equal(lines.nr, 0);
            assert_memory_equal(&max, pairs[i][1], sizeof(max));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits_never_shrink),
        cmocka_unit_test(test_default_limits_are_the_hosts),
        cmocka_unit_test(test_raw_is_without_register_state),
        cmocka_unit_test(test_amd_repeats_leaf_1),
        cmocka_unit_test(test_xstate_follows_features),
        cmocka_unit_test(test_boot_option_removes_feature),
        cmocka_unit_test(test_feedback),
        cmocka_unit_test(test_unnamed_bits),
        cmocka_unit_test(test_components_by_number),
        cmocka_unit_test(test_restore_on_older_machine),
        cmocka_unit_test(test_clearing_cascades),
        cmocka_unit_test(test_clearing_each_feature),
        cmocka_unit_test(test_limits_of_hypervisor_leaves),
        cmocka_unit_test(test_rule_of_a_policy),
        cmocka_unit_test(test_filling_a_leaf_raises_the_limit),
        cmocka_unit_test(test_recalculate_is_idempotent),
        cmocka_unit_test(test_default_is_within_max),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
