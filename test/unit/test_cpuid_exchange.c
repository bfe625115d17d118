/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Policies on their way to and from a toolstack: serialised form, errors, compatibility. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cpuid_profiles.h"
#include "x86/cpuid/compatible.h"

static void test_every_slot_in_order(void **state)
{
    struct machine m;
    xen_cpuid_leaf_t leaves[CPUID_SERIALISED_LEAVES];
    uint32_t nr = CPUID_SERIALISED_LEAVES;

    machine_from(&intel_old, &m);
    assert_int_equal(cpuid_policy_serialise(&m.hvm_default, leaves, &nr), 0);
    assert_int_equal(nr, 120);
    for (unsigned int i = 1; i < nr; i++)
        assert_true(leaves[i].leaf > leaves[i - 1].leaf ||
                    (leaves[i].leaf == leaves[i - 1].leaf && leaves[i].subleaf > leaves[i - 1].subleaf));
    assert_int_equal(leaves[0].subleaf, XEN_CPUID_NO_SUBLEAF);
    assert_int_equal(leaves[nr - 1].leaf, 0x80000021);
}

static void test_room(void **state)
{
    struct machine m;
    xen_cpuid_leaf_t leaves[CPUID_SERIALISED_LEAVES];
    xen_msr_entry_t msrs[CPUID_SERIALISED_MSRS];
    uint32_t nr = 0;

    machine_from(&amd_server, &m);
    assert_int_equal(cpuid_policy_serialise(&m.host, NULL, &nr), 0);
    assert_int_equal(nr, 120);
    nr = 119;
    assert_int_equal(cpuid_policy_serialise(&m.host, leaves, &nr), -ENOBUFS);
    assert_int_equal(nr, 120);
    nr = 0;
    assert_int_equal(cpuid_policy_serialise_msrs(&m.host, NULL, &nr), 0);
    assert_int_equal(nr, 2);
    nr = 1;
    assert_int_equal(cpuid_policy_serialise_msrs(&m.host, msrs, &nr), -ENOBUFS);
}

static void test_round_trip(void **state)
{
    for (size_t n = 0; n < ARRAY_SIZE(recordings); n++) {
        struct machine m;
        struct cpuid_policy noise = { .platform_info = PLATFORM_INFO_CPUID_FAULTING, .arch_caps = 0x1122334455667788 };
        const struct cpuid_policy *policies[] = { &m.raw,         &m.host,        &m.pv_max, &m.hvm_max,
                                                  &m.pv_default,  &m.hvm_default, &noise };
        struct cpuid_error err;

        machine_from(recordings[n], &m);
        for (unsigned int i = 0; i < CPUID_SERIALISED_LEAVES; i++) { /* every register another value */
            uint32_t leaf, subleaf;

            cpuid_slot_address(i, &leaf, &subleaf);
            *cpuid_policy_slot(&noise, leaf, subleaf) = (union cpuid_leaf){ { 4 * i + 1, 4 * i + 2, 4 * i + 3, ~i } };
        }
        m.raw.platform_info &= PLATFORM_INFO_CPUID_FAULTING;
        for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
            xen_cpuid_leaf_t leaves[CPUID_SERIALISED_LEAVES];
            xen_msr_entry_t msrs[CPUID_SERIALISED_MSRS];
            uint32_t nr = CPUID_SERIALISED_LEAVES, nr_msrs = CPUID_SERIALISED_MSRS;
            struct cpuid_policy back;

            memset(&back, 0, sizeof(back));
            assert_int_equal(cpuid_policy_serialise(policies[i], leaves, &nr), 0);
            assert_int_equal(cpuid_policy_serialise_msrs(policies[i], msrs, &nr_msrs), 0);
            assert_int_equal(cpuid_policy_deserialise(&back, leaves, nr, &err), 0);
            assert_int_equal(cpuid_policy_deserialise_msrs(&back, msrs, nr_msrs, &err), 0);
            assert_memory_equal(&back, policies[i], sizeof(back));
        }
    }
}

static void test_refused_entries(void **state)
{
    static const struct {
        xen_cpuid_leaf_t leaf;
        int expected;
    } rows[] = {
        { { 0x0, NOSUB }, 0 },         { { 0x0, 0 }, -ERANGE },        { { 0xe, NOSUB }, -ERANGE },
        { { 0x4, 5 }, 0 },             { { 0x4, 6 }, -ERANGE },        { { 0x4, NOSUB }, -ERANGE },
        { { 0x7, 2 }, 0 },             { { 0x7, 3 }, -ERANGE },        { { 0xb, 1 }, 0 },
        { { 0xb, 2 }, -ERANGE },       { { 0xd, 62 }, 0 },             { { 0xd, 63 }, -ERANGE },
        { { 0x40000000, NOSUB }, 0 },  { { 0x40000001, NOSUB }, -ERANGE }, { { 0x40000100, NOSUB }, 0 },
        { { 0x80000021, NOSUB }, 0 },  { { 0x80000022, NOSUB }, -ERANGE }, { { 0xffffffff, NOSUB }, -ERANGE },
        { { 0x7fffffff, NOSUB }, -ERANGE },
    };
    struct cpuid_policy p;
    struct cpuid_error err;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        int rc = cpuid_policy_deserialise(&p, &rows[i].leaf, 1, &err);

        if (rc != rows[i].expected)
            fail_msg("0x%x:0x%x: %d", rows[i].leaf.leaf, rows[i].leaf.subleaf, rc);
        assert_int_equal(err.leaf, rc ? rows[i].leaf.leaf : ~0u);
        assert_int_equal(err.subleaf, rc ? rows[i].leaf.subleaf : ~0u);
    }
    assert_int_equal(cpuid_policy_deserialise(&p, NULL, 121, &err), -E2BIG);
    assert_int_equal(cpuid_policy_deserialise_msrs(&p, NULL, 3, &err), -E2BIG);
}

static void test_refused_msrs(void **state)
{
    static const struct {
        xen_msr_entry_t msr;
        int expected;
    } rows[] = {
        { { 0xce, 0, 1ULL << 31 }, 0 },       { { 0xce, 1, 0 }, -EINVAL },    { { 0xce, 0, 1 }, -EOVERFLOW },
        { { 0x10a, 0, ~0ULL }, 0 },           { { 0x10b, 0, 0 }, -ERANGE },
    };
    struct cpuid_policy p;
    struct cpuid_error err;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_int_equal(cpuid_policy_deserialise_msrs(&p, &rows[i].msr, 1, &err), rows[i].expected);
        assert_int_equal(err.msr, rows[i].expected ? rows[i].msr.idx : ~0u);
    }
}

static void count(void *opaque, const struct cpuid_mismatch *m)
{
    unsigned int *fields = opaque;

    if (m->fatal)
        *fields |= 1u << m->field;
}

static void test_compatibility(void **state)
{
    struct machine m;
    const struct {
        const char *name;
        uint32_t basic, feat, extd;
        uint64_t platform;
        unsigned int other_vendor; /* 1 EBX, 2 ECX, 3 EDX; 0: the machine's own */
        struct cpuid_error err;
        unsigned int fields;
    } rows[] = {
        { "at the limits", 0xd, 2, 0x80000021, 0, 0, { ~0u, ~0u, ~0u }, 0 },
        { "basic", 0xe, 2, 0x80000021, 0, 0, { 0, ~0u, ~0u }, 1 << CPUID_FIELD_MAX_BASIC },
        { "feat", 0xd, 3, 0x80000021, 0, 0, { 7, 0, ~0u }, 1 << CPUID_FIELD_MAX_FEAT },
        { "extd", 0xd, 2, 0x80000022, 0, 0, { 0x80000000, ~0u, ~0u }, 1 << CPUID_FIELD_MAX_EXTD },
        { "platform info", 0xd, 2, 0x80000021, 1ULL << 31, 0, { ~0u, ~0u, 0xce }, 1 << CPUID_FIELD_PLATFORM_INFO },
        { "vendor, EBX", 0xd, 2, 0x80000021, 0, 1, { 0, ~0u, ~0u }, 1 << CPUID_FIELD_VENDOR },
        { "vendor, ECX", 0xd, 2, 0x80000021, 0, 2, { 0, ~0u, ~0u }, 1 << CPUID_FIELD_VENDOR },
        { "vendor, EDX", 0xd, 2, 0x80000021, 0, 3, { 0, ~0u, ~0u }, 1 << CPUID_FIELD_VENDOR },
        { "a smaller machine's", 0x1, 0, 0x80000000, 0, 0, { ~0u, ~0u, ~0u }, 0 },
        { "no limits at all", 0, 0, 0, 0, 0, { ~0u, ~0u, ~0u }, 0 },
        { "basic, all ones", ~0u, 2, 0x80000021, 0, 0, { 0, ~0u, ~0u }, 1 << CPUID_FIELD_MAX_BASIC },
        { "extd, all ones", 0xd, 2, ~0u, 0, 0, { 0x80000000, ~0u, ~0u }, 1 << CPUID_FIELD_MAX_EXTD },
        { "everything", 0xe, 3, 0x80000022, 1ULL << 31, 1, { 0, ~0u, ~0u }, 0x1f },
    };

    machine_from(&amd_server, &m);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct cpuid_policy p = m.pv_default;
        struct cpuid_error err;
        unsigned int fields = 0;
        int rc;

        p.basic[0].a = rows[i].basic;
        p.leaf7[0].a = rows[i].feat;
        p.extd[0].a = rows[i].extd;
        p.platform_info = rows[i].platform;
        if (rows[i].other_vendor)
            p.basic[0].reg[rows[i].other_vendor] ^= 1;
        rc = cpuid_compatible(&p, &m.pv_max, count, &fields, &err);
        if (rc != (rows[i].fields ? -EINVAL : 0) || fields != rows[i].fields || memcmp(&err, &rows[i].err, sizeof(err)))
            fail_msg("%s: %d, fields 0x%x, err 0x%x 0x%x 0x%x", rows[i].name, rc, fields, err.leaf, err.subleaf,
                     err.msr);
    }
}

static char last_text[200];
static unsigned int told;

static void keep_text(void *opaque, const struct cpuid_mismatch *m)
{
    cpuid_mismatch_text(m, last_text, sizeof(last_text));
    told++;
}

static void test_lost_features_are_named(void **state)
{
    struct machine m;
    struct cpuid_policy p;
    struct cpuid_error err;

    machine_from(&amd_server, &m);
    p = m.pv_default;
    p.leaf7[0].b |= 1u << 16;
    assert_int_equal(cpuid_compatible(&p, &m.pv_max, keep_text, NULL, &err), 0);
    assert_int_equal(told, 1);
    assert_string_equal(last_text, "avx512f: guest has it, this machine cannot give it; build the guest with "
                                   "avx512f=0, or use a machine that has it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_slot_in_order), cmocka_unit_test(test_room),
        cmocka_unit_test(test_round_trip),          cmocka_unit_test(test_refused_entries),
        cmocka_unit_test(test_refused_msrs),        cmocka_unit_test(test_compatibility),
        cmocka_unit_test(test_lost_features_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
