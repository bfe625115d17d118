/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which processors give data away: one row for each generation and for each bit that changes the answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "x86/cpuid/leaks.h"

#define L(leak)   BIT(CPU_LEAK_##leak)
#define BIG_CORE  (L(MELTDOWN) | L(L1TF) | L(BUFFERS))
#define MAX_BITS  3

static const struct row {
    const char *name, *vendor;
    uint32_t signature;
    unsigned int has[MAX_BITS]; /* up to the first FPU, which no row names */
    uint32_t leaks;
} rows[] = {
    { "Pentium 4 of 64 bits", "GenuineIntel", 0x00000f4a, { 0 }, BIG_CORE },
    { "Pentium MMX", "GenuineIntel", 0x00000543, { 0 }, 0 },
    { "Core 2", "GenuineIntel", 0x000006fb, { 0 }, BIG_CORE },
    { "Nehalem", "GenuineIntel", 0x000106a3, { 0 }, BIG_CORE },
    { "Skylake", "GenuineIntel", 0x000506e3, { CPUFEAT_RTM }, BIG_CORE | L(GATHER) },
    { "Skylake server", "GenuineIntel", 0x00050654, { CPUFEAT_RTM }, BIG_CORE | L(GATHER) },
    { "Cascade Lake with RTM", "GenuineIntel", 0x00050657, { CPUFEAT_RDCL_NO, CPUFEAT_MDS_NO, CPUFEAT_RTM },
      L(BUFFERS) | L(GATHER) },
    { "Cascade Lake without RTM", "GenuineIntel", 0x00050657, { CPUFEAT_RDCL_NO, CPUFEAT_MDS_NO }, L(GATHER) },
    { "Ice Lake server, old microcode", "GenuineIntel", 0x000606a6, { CPUFEAT_RDCL_NO, CPUFEAT_MDS_NO }, L(GATHER) },
    { "Ice Lake server, GDS_NO", "GenuineIntel", 0x000606a6, { CPUFEAT_RDCL_NO, CPUFEAT_MDS_NO, CPUFEAT_GDS_NO }, 0 },
    { "Alder Lake", "GenuineIntel", 0x00090672, { CPUFEAT_RDCL_NO, CPUFEAT_MDS_NO }, L(REGISTERS) },
    { "Alder Lake, RFDS_NO", "GenuineIntel", 0x00090672, { CPUFEAT_RDCL_NO, CPUFEAT_MDS_NO, CPUFEAT_RFDS_NO }, 0 },
    { "Sapphire Rapids", "GenuineIntel", 0x000806f8, { CPUFEAT_RDCL_NO, CPUFEAT_MDS_NO }, 0 },
    { "only RDCL_NO", "GenuineIntel", 0x000806f8, { CPUFEAT_RDCL_NO }, L(BUFFERS) },
    { "only MDS_NO", "GenuineIntel", 0x000806f8, { CPUFEAT_MDS_NO }, L(MELTDOWN) | L(L1TF) },
    { "RTM and TAA_NO", "GenuineIntel", 0x000806f8, { CPUFEAT_MDS_NO, CPUFEAT_RTM, CPUFEAT_TAA_NO },
      L(MELTDOWN) | L(L1TF) },
    { "Bonnell", "GenuineIntel", 0x000106ca, { 0 }, 0 },
    { "Silvermont", "GenuineIntel", 0x00030678, { 0 }, L(MELTDOWN) | L(BUFFERS) },
    { "Goldmont", "GenuineIntel", 0x000506c9, { 0 }, L(MELTDOWN) | L(REGISTERS) },
    { "Tremont", "GenuineIntel", 0x00090661, { 0 }, L(REGISTERS) },
    { "Xeon Phi", "GenuineIntel", 0x00050671, { 0 }, L(MELTDOWN) | L(BUFFERS) },
    { "Opteron", "AuthenticAMD", 0x00600f12, { 0 }, 0 },
    { "Zen", "AuthenticAMD", 0x00800f12, { 0 }, L(DIVIDER) },
    { "Zen+", "AuthenticAMD", 0x00800f82, { 0 }, L(DIVIDER) },
    { "Zen 2, server", "AuthenticAMD", 0x00830f10, { 0 }, L(VECTORS) },
    { "Zen 2, desktop", "AuthenticAMD", 0x00870f10, { 0 }, L(VECTORS) },
    { "Zen 3", "AuthenticAMD", 0x00a20f12, { 0 }, L(TIMING) },
    { "Zen 4, half free", "AuthenticAMD", 0x00a10f11, { CPUFEAT_TSA_SQ_NO }, L(TIMING) },
    { "Zen 4, free", "AuthenticAMD", 0x00a10f11, { CPUFEAT_TSA_SQ_NO, CPUFEAT_TSA_L1_NO }, 0 },
    { "Zen 5", "AuthenticAMD", 0x00b00f21, { 0 }, 0 },
    { "Hygon", "HygonGenuine", 0x00900f02, { 0 }, L(DIVIDER) },
    { "Intel's model number on AMD's", "AuthenticAMD", 0x000506e3, { 0 }, 0 },
    { "another maker", "CentaurHauls", 0x000006fe, { 0 }, BIG_CORE },
};

/* A processor of @row; EDX before ECX is how the letters of leaf 0 stand. */
static void processor(const struct row *row, struct cpuid_policy *p)
{
    uint32_t set[CPUFEAT_WORDS] = { 0 };
    uint32_t letters[3];

    memset(p, 0, sizeof(*p));
    memcpy(letters, row->vendor, sizeof(letters));
    p->basic[0] = (union cpuid_leaf){ { CPUID_MAX_BASIC, letters[0], letters[2], letters[1] } };
    for (unsigned int i = 0; i < MAX_BITS && row->has[i]; i++)
        set[row->has[i] / 32] |= BIT(row->has[i] % 32);
    cpuid_policy_set_features(p, set);
    p->basic[1].a = row->signature;
}

static void test_rows(void **state)
{
    unsigned int wrong = 0;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct cpuid_policy p;

        processor(&rows[i], &p);
        if (cpu_leaks(&p) != rows[i].leaks) {
            fprintf(stderr, "%s: leaks %#x, expected %#x\n", rows[i].name, cpu_leaks(&p), rows[i].leaks);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

/* Each leak is found in some row, has a name of its own and a sentence. */
static void test_words(void **state)
{
    uint32_t seen = 0;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        seen |= rows[i].leaks;
    assert_int_equal(seen, BIT(CPU_LEAKS) - 1);
    for (unsigned int i = 0; i < CPU_LEAKS; i++) {
        assert_true(strlen(cpu_leak_text(i)) > 20);
        for (unsigned int k = 0; k < i; k++)
            assert_string_not_equal(cpu_leak_name(i), cpu_leak_name(k));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
