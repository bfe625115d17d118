/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generated feature tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "x86/cpuid/features.h"

static void test_names(void **state)
{
    static const struct {
        const char *name;
        unsigned int feature;
    } rows[] = {
        { "fpu", 0 }, { "avx512f", 5 * 32 + 16 }, { "sse4-1", 32 + 19 }, { "SSE4_1", 32 + 19 },
        { "3dnow", 2 * 32 + 31 },
        { "itsc", 7 * 32 + 8 }, { "its-no", 17 * 32 + 30 }, { "avx512", CPUFEAT_NONE }, { "", CPUFEAT_NONE },
        { "fpux", CPUFEAT_NONE },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        if (cpufeat_by_name(rows[i].name, strlen(rows[i].name)) != rows[i].feature)
            fail_msg("%s", rows[i].name);
    assert_string_equal(cpufeat_name(CPUFEAT_AVX512F), "avx512f");
    assert_null(cpufeat_name(10)); /* a reserved bit */
}

/* Needs precede, and every mask is closed: what is shown can be shown together with what it needs. */
static void test_tables_are_consistent(void **state)
{
    uint32_t seen[CPUFEAT_WORDS] = { 0 };

    for (unsigned int i = 0; i < CPUFEAT_COUNT; i++) {
        const struct cpufeat_row *row = cpufeat_row_at(i);

        for (unsigned int n = 0; n < CPUFEAT_MAX_NEEDS && row->needs[n] != CPUFEAT_NONE; n++)
            if (!cpufeat_test(seen, row->needs[n]))
                fail_msg("%s comes before what it needs", row->name);
        cpufeat_set(seen, row->feature);
    }
    for (int type = CPUID_GUEST_PV; type <= CPUID_GUEST_HVM_HAP; type++)
        for (int by_default = 0; by_default < 2; by_default++) {
            uint32_t set[CPUFEAT_WORDS];

            memcpy(set, cpufeat_mask(type, by_default), sizeof(set));
            cpufeat_settle(set, NULL, NULL);
            assert_memory_equal(set, cpufeat_mask(type, by_default), sizeof(set));
            for (unsigned int w = 0; w < CPUFEAT_WORDS; w++)
                assert_false(cpufeat_mask(type, true)[w] & ~cpufeat_mask(type, false)[w]);
        }
}

static void test_dependents(void **state)
{
    static const struct {
        unsigned int feature, dependent;
        bool expected;
    } rows[] = {
        { CPUFEAT_SSE, CPUFEAT_SSE2, true },        { CPUFEAT_SSE, CPUFEAT_AVX512BW, true },
        { CPUFEAT_SSE, CPUFEAT_LM, true },          { CPUFEAT_SSE, CPUFEAT_XSAVE, false },
        { CPUFEAT_XSAVE, CPUFEAT_AVX, true },       { CPUFEAT_XSAVE, CPUFEAT_XSAVEC, true },
        { CPUFEAT_XSAVE, CPUFEAT_PKU, true },       { CPUFEAT_XSAVE, CPUFEAT_SSE, false },
        { CPUFEAT_FPU, CPUFEAT_AVX512_FP16, true }, { CPUFEAT_AVX512F, CPUFEAT_AVX512_VBMI, true },
        { CPUFEAT_AVX512F, CPUFEAT_AVX2, false },   { CPUFEAT_ARCH_CAPS, CPUFEAT_ITS_NO, true },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        uint32_t set[CPUFEAT_WORDS];

        cpufeat_dependents(rows[i].feature, set);
        if (cpufeat_test(set, rows[i].dependent) != rows[i].expected)
            fail_msg("%s without %s", cpufeat_name(rows[i].dependent), cpufeat_name(rows[i].feature));
    }
}

/* Clearing any one feature clears exactly its dependents. */
static void test_settle_clears_dependents(void **state)
{
    for (unsigned int i = 0; i < CPUFEAT_COUNT; i++) {
        unsigned int f = cpufeat_row_at(i)->feature;
        uint32_t set[CPUFEAT_WORDS], dependents[CPUFEAT_WORDS];

        cpufeat_dependents(f, dependents);
        memset(set, 0xff, sizeof(set));
        cpufeat_clear(set, f);
        cpufeat_settle(set, NULL, NULL);
        for (unsigned int w = 0; w < CPUFEAT_WORDS; w++) {
            uint32_t self = f / 32 == w ? 1u << (f % 32) : 0;

            assert_int_equal(set[w], ~(dependents[w] | self));
        }
    }
}

/* What a PV kernel must have, and must not be told of. */
static void test_pv_policy(void **state)
{
    static const uint16_t must[] = { CPUFEAT_FPU, CPUFEAT_FXSR, CPUFEAT_SSE2, CPUFEAT_LM, CPUFEAT_NX, CPUFEAT_SYSCALL,
                                     CPUFEAT_PAE, CPUFEAT_PAT, CPUFEAT_XSAVE, CPUFEAT_APIC, CPUFEAT_HYPERVISOR };
    static const uint16_t never[] = { CPUFEAT_VME, CPUFEAT_PSE, CPUFEAT_PGE, CPUFEAT_PSE36, CPUFEAT_PCID,
                                      CPUFEAT_INVPCID, CPUFEAT_MONITOR, CPUFEAT_X2APIC, CPUFEAT_PAGE1GB, CPUFEAT_SMEP,
                                      CPUFEAT_SMAP, CPUFEAT_MTRR, CPUFEAT_VMX, CPUFEAT_SVM, CPUFEAT_PKU,
                                      CPUFEAT_XSAVES, CPUFEAT_TSC_DEADLINE, CPUFEAT_UMIP };

    for (size_t i = 0; i < ARRAY_SIZE(must); i++)
        if (!cpufeat_test(cpufeat_mask(CPUID_GUEST_PV, true), must[i]))
            fail_msg("%s missing", cpufeat_name(must[i]));
    for (size_t i = 0; i < ARRAY_SIZE(never); i++)
        if (cpufeat_test(cpufeat_mask(CPUID_GUEST_PV, false), never[i]))
            fail_msg("%s offered", cpufeat_name(never[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_tables_are_consistent),
        cmocka_unit_test(test_dependents),
        cmocka_unit_test(test_settle_clears_dependents),
        cmocka_unit_test(test_pv_policy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
