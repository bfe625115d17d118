/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses and indexes, and entries in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "x86/pte/pte.h"

static void test_addresses(void **state)
{
    static const struct {
        uint64_t va;
        unsigned int index[4]; /* level 4 first */
    } cases[] = {
        { 0, { 0, 0, 0, 0 } },
        { 0x00007fffffffffff, { 255, 511, 511, 511 } },
        { 0xffff800000000000, { 256, 0, 0, 0 } },
        { 0xffffffff81000000, { 511, 510, 8, 0 } },
        { 0x0000008040201123, { 1, 1, 1, 1 } },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const unsigned int *n = cases[i].index;

        for (unsigned int level = 1; level <= 4; level++)
            assert_int_equal(pte_index(cases[i].va, level), n[4 - level]);
        assert_int_equal(va_from_indexes(n[0], n[1], n[2], n[3]), cases[i].va & ~0xfffULL);
        assert_true(va_is_canonical(cases[i].va));
    }
    assert_false(va_is_canonical(0x0000800000000000));
    assert_false(va_is_canonical(0xffff7fffffffffff));
    assert_false(va_is_canonical(0x8000000000000000));
}

static void test_translate(void **state)
{
    assert_int_equal(pte_translate(0x80000000deadb067, 1, 0xffff800000000123), 0xdeadb123);
    assert_int_equal(pte_translate(0x400011e7, 2, 0x1fffff), 0x401fffff); /* bit 12 is PAT, not address */
    assert_int_equal(pte_translate(0x40000083, 3, 0x3fffffff), 0x7fffffff);
    assert_int_equal(pte_address(0x12345067, 2), 0x12345000);
    assert_true(pte_is_leaf(PTE_P, 1) && pte_is_leaf(PTE_P | PTE_PS, 3));
    assert_false(pte_is_leaf(PTE_P | PTE_PS, 4) || pte_is_leaf(PTE_P, 2));
    assert_int_equal(pte_pat_index(PTE_PAT | PTE_PWT, 1), 5);
    assert_int_equal(pte_pat_index(PTE_PS | PTE_PCD, 2), 2);
    assert_int_equal(pte_pat_index(PTE_PS | PTE_LARGE_PAT, 2), 4);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_translate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
