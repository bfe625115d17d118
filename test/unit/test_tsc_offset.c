/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two processors' counters compared by questions and answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "x86/tsc/offset.h"

/* A question at @at of ours to one that is @ahead: @there ticks on the way, @back ticks until the answer is seen. */
static void ask(struct tsc_offset *o, uint64_t at, int64_t ahead, uint64_t there, uint64_t back)
{
    tsc_offset_narrow(o, at, at + there + (uint64_t)ahead, at + there + back);
}

static void test_nothing_asked(void **state)
{
    struct tsc_offset o = TSC_OFFSET_UNKNOWN;

    assert_int_equal(tsc_offset_value(&o), 0);
}

/* However slow the answers and whoever is slow, equal counters are equal. */
static void test_equal(void **state)
{
    struct tsc_offset o = TSC_OFFSET_UNKNOWN;

    for (unsigned int i = 0; i < 100000; i++) {
        ask(&o, (uint64_t)random() << 33, 0, (uint64_t)random() % 1000000, (uint64_t)random() % 1000000);
        assert_int_equal(tsc_offset_value(&o), 0);
    }
}

/* What is found is wrong by half of the shortest way there and back at most, on either side of every border. */
static void test_apart(void **state)
{
    static const int64_t ahead[] = { 3000, -3000, 100000000, -100000000, INT64_MAX / 2, INT64_MIN / 2 };
    static const uint64_t at[] = { 0, 5000, 1ULL << 63, UINT64_MAX - 100, (1ULL << 63) - 2000 };

    for (size_t i = 0; i < ARRAY_SIZE(ahead); i++)
        for (size_t k = 0; k < ARRAY_SIZE(at); k++) {
            struct tsc_offset o = TSC_OFFSET_UNKNOWN;

            ask(&o, at[k], ahead[i], 900, 700);
            ask(&o, at[k] + 4000, ahead[i], 100, 800);
            ask(&o, at[k] + 8000, ahead[i], 700, 200);
            int64_t wrong = tsc_offset_value(&o) - ahead[i];
            assert_in_range(wrong + 150, 0, 300);
        }
}

/* Counters of different speed contradict themselves; an answer comes all the same. */
static void test_contradiction(void **state)
{
    struct tsc_offset o = TSC_OFFSET_UNKNOWN;

    ask(&o, 0, 5000, 10, 10);
    ask(&o, 1000, 9000, 10, 10);
    assert_in_range(tsc_offset_value(&o), 4900, 9100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_asked),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_apart),
        cmocka_unit_test(test_contradiction),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
