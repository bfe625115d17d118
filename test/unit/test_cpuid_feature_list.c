/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of features on the hypervisor's command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "x86/cpuid/feature_list.h"

#define MAX_FEATURES 3

static const struct row {
    const char *name, *text;
    unsigned int on[MAX_FEATURES], off[MAX_FEATURES]; /* up to the first FPU, which no row names */
    const char *bad;                                  /* items joined by a blank each */
} rows[] = {
    { "nothing", "", { 0 }, { 0 }, "" },
    { "one off", "no-avx512f", { 0 }, { CPUFEAT_AVX512F }, "" },
    { "one on", "pcid", { CPUFEAT_PCID }, { 0 }, "" },
    { "several", "no-xsave,rdrand=0,itsc", { CPUFEAT_ITSC }, { CPUFEAT_XSAVE, CPUFEAT_RDRAND }, "" },
    { "words for yes and no", "smap=off,smep=false,hle=yes,rtm=enable", { CPUFEAT_HLE, CPUFEAT_RTM },
      { CPUFEAT_SMAP, CPUFEAT_SMEP }, "" },
    { "either dash, either case", "no-AMD_SSBD,avx512-vnni=0", { 0 }, { CPUFEAT_AMD_SSBD, CPUFEAT_AVX512_VNNI }, "" },
    { "the last word counts", "avx,no-avx", { 0 }, { CPUFEAT_AVX }, "" },
    { "the last word counts, the other way", "no-avx,avx=1", { CPUFEAT_AVX }, { 0 }, "" },
    { "a name that begins with no-", "no-fpu-sel", { CPUFEAT_NO_FPU_SEL }, { 0 }, "" },
    { "... which can be switched off too", "no-no-lmsl", { 0 }, { CPUFEAT_NO_LMSL }, "" },
    { "unknown", "no-such,avx", { CPUFEAT_AVX }, { 0 }, "no-such " },
    { "no- and a value", "no-avx=1", { 0 }, { 0 }, "no-avx=1 " },
    { "no bool", "avx=maybe,avx2=,=1", { 0 }, { 0 }, "avx=maybe avx2= =1 " },
    { "empty items", ",,avx,,", { CPUFEAT_AVX }, { 0 }, "" },
    { "only the prefix", "no-", { 0 }, { 0 }, "no- " },
};

static void collect(void *opaque, const char *item, size_t size)
{
    char *at = opaque;

    snprintf(at + strlen(at), 64, "%.*s ", (int)size, item);
}

static void expected_set(const unsigned int *features, uint32_t *set)
{
    for (unsigned int i = 0; i < MAX_FEATURES && features[i]; i++)
        cpufeat_set(set, features[i]);
}

static void lists(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct cpufeat_list got, expected = { 0 };
        char bad[256] = "";

        print_message("%s\n", rows[i].name);
        cpufeat_list_parse(rows[i].text, strlen(rows[i].text), &got, collect, bad);
        expected_set(rows[i].on, expected.on);
        expected_set(rows[i].off, expected.off);
        assert_memory_equal(&got, &expected, sizeof(got));
        assert_string_equal(bad, rows[i].bad);
    }
}

static const struct {
    const char *item, *text;
} bad[] = {
    { "no-foo", "\"no-foo\" is not a feature, ignored" },
    { "nonsense", "\"nonsense\" is not a feature, ignored" },
    { "no-avx521f", "\"no-avx521f\" is not a feature, ignored; did you mean \"no-avx512f\"?" },
    { "rdrnd=0", "\"rdrnd=0\" is not a feature, ignored; did you mean \"rdrand=0\"?" },
    { "avx=maybe", "\"avx=maybe\" is ignored: wanted no-NAME, NAME=0 or NAME=1" },
    { "=1", "\"=1\" is not a feature, ignored" },
};

static void bad_texts(void **state)
{
    char text[160];

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        cpufeat_list_bad_text(bad[i].item, strlen(bad[i].item), text, sizeof(text));
        assert_string_equal(text, bad[i].text);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(lists), cmocka_unit_test(bad_texts) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
