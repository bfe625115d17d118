/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The small parts of lib/base: bitmaps, ranges, lists, sorting, parsing; the hypervisor's mem- and str-functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/bitmap.h"
#include "base/checksum.h"
#include "base/list.h"
#include "base/parse.h"
#include "base/range.h"
#include "base/sort.h"

/* The hypervisor's string.c under other names, beside the C library's. */
#define memcpy  hv_memcpy
#define memmove hv_memmove
#define memset  hv_memset
#define memcmp  hv_memcmp
#define memchr  hv_memchr
#define strlen  hv_strlen
#define strnlen hv_strnlen
#define strcmp  hv_strcmp
#define strncmp hv_strncmp
#define strchr  hv_strchr
#undef HV_STRING_H
#include "lib/base/string.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strchr

static void test_string_moves(void **state)
{
    unsigned char ours[160], theirs[160];

    srand(2);
    for (int round = 0; round < 20000; round++) {
        size_t n = (size_t)rand() % 70, from = (size_t)rand() % 80, to = (size_t)rand() % 80;

        for (size_t i = 0; i < sizeof(ours); i++)
            ours[i] = theirs[i] = (unsigned char)rand();
        switch (rand() % 3) {
        case 0:
            assert_ptr_equal(hv_memmove(ours + to, ours + from, n), ours + to);
            memmove(theirs + to, theirs + from, n);
            break;
        case 1:
            from %= 80 - n > 0 ? 80 - n : 1;
            hv_memcpy(ours + 80, ours + from, n);
            memcpy(theirs + 80, theirs + from, n);
            break;
        default:
            hv_memset(ours + to, (int)from - 40, n);
            memset(theirs + to, (int)from - 40, n);
            break;
        }
        assert_memory_equal(ours, theirs, sizeof(ours));
    }
}

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

static void test_string_compares(void **state)
{
    char a[24], b[24];

    srand(3);
    for (int round = 0; round < 20000; round++) {
        size_t n = (size_t)rand() % 24;

        for (size_t i = 0; i < 23; i++) {
            a[i] = "\x00\x01" "ab\xff"[rand() % 5 ? 2 : rand() % 5];
            b[i] = rand() % 8 ? a[i] : (char)rand();
        }
        a[23] = b[23] = 0;
        assert_int_equal(hv_memcmp(a, b, n), sign(memcmp(a, b, n)));
        assert_int_equal(hv_strncmp(a, b, n), sign(strncmp(a, b, n)));
        assert_int_equal(hv_strcmp(a, b), sign(strcmp(a, b)));
        assert_int_equal(hv_strlen(a), strlen(a));
        assert_int_equal(hv_strnlen(a, n), strnlen(a, n));
        assert_ptr_equal(hv_strchr(a, b[0]), strchr(a, b[0]));
        assert_ptr_equal(hv_memchr(a, b[0], n), memchr(a, b[0], n));
    }
}

static void test_bitmap(void **state)
{
    for (size_t bits = 1; bits < 200; bits += 7) {
        BITMAP_DECLARE(map, 200);
        bool model[200] = { false };
        size_t weight = 0, found = 0, bit;

        memset(map, 0xff, sizeof(map)); /* what lies above bits must not matter */
        for (bit = 0; bit < bits; bit++)
            bitmap_clear(map, bit);
        assert_true(bitmap_empty(map, bits));
        srand((unsigned int)bits);
        for (int n = 0; n < 60; n++) {
            bit = (size_t)rand() % bits;
            if (rand() % 3) {
                assert_int_equal(bitmap_test_and_set(map, bit), model[bit]);
                model[bit] = true;
            } else {
                assert_int_equal(bitmap_test_and_clear(map, bit), model[bit]);
                model[bit] = false;
            }
        }
        for (bit = 0; bit < bits; bit++)
            weight += model[bit];
        assert_int_equal(bitmap_weight(map, bits), weight);
        bitmap_for_each(bit, map, bits) {
            assert_true(model[bit]);
            found++;
        }
        assert_int_equal(found, weight);
        for (size_t from = 0; from <= bits; from++) {
            size_t zero = from;

            while (zero < bits && model[zero])
                zero++;
            assert_int_equal(bitmap_next_zero(map, bits, from), zero);
        }
        bitmap_fill(map, bits);
        assert_true(bitmap_full(map, bits));
        assert_int_equal(bitmap_weight(map, 200 > bits ? BITMAP_WORDS(bits) * 64 : bits), bits);
    }
}

static void test_range(void **state)
{
    struct range r, all = { 0, UINT64_MAX };
    uint64_t n;

    assert_true(checked_add(UINT64_MAX - 1, 1, &n) && n == UINT64_MAX);
    assert_false(checked_add(UINT64_MAX, 1, &n));
    assert_false(checked_sub(0, 1, &n));
    assert_false(checked_mul(1ULL << 32, 1ULL << 32, &n));
    assert_true(checked_round_up(1, 4096, &n) && n == 4096);
    assert_false(checked_round_up(UINT64_MAX - 4094, 4096, &n));
    assert_false(range_from_size(UINT64_MAX, 2, &r));
    assert_true(range_from_size(10, 5, &r) && r.end == 15);
    assert_true(range_has(r, 14) && !range_has(r, 15));
    assert_true(range_overlaps(r, (struct range){ 14, 20 }));
    assert_false(range_overlaps(r, (struct range){ 15, 20 }));
    assert_false(range_overlaps(r, (struct range){ 12, 12 }));
    assert_true(range_contains(all, r));
    assert_true(range_contains(r, (struct range){ 99, 99 }));
    r = range_align_inward((struct range){ 1, 8192 }, 4096);
    assert_true(r.start == 4096 && r.end == 8192);
    assert_true(range_empty(range_align_inward((struct range){ UINT64_MAX - 1, UINT64_MAX }, 4096)));
}

struct element {
    struct list_node node;
    int value;
};

static void test_list(void **state)
{
    struct element e[5], *pos, *tmp;
    LIST_HEAD(head);
    LIST_HEAD(other);
    int expect = 0;

    assert_null(list_first_entry(&head, struct element, node));
    for (int i = 0; i < 5; i++) {
        e[i].value = i;
        list_add_tail(&e[i].node, &head);
    }
    list_for_each_entry(pos, &head, node)
        assert_int_equal(pos->value, expect++);
    list_for_each_entry_safe(pos, tmp, &head, node) {
        if (pos->value & 1)
            list_del(&pos->node);
    }
    assert_true(list_empty(&e[1].node));
    list_del(&e[1].node);
    list_add(&e[1].node, &other);
    list_splice_tail(&head, &other);
    assert_true(list_empty(&head));
    list_move_tail(&e[1].node, &other);
    assert_int_equal(list_first_entry(&other, struct element, node)->value, 0);
    assert_int_equal(list_last_entry(&other, struct element, node)->value, 1);
}

static int compare_u32(const void *a, const void *b)
{
    uint32_t x, y;

    memcpy(&x, a, 4);
    memcpy(&y, b, 4);
    return (x > y) - (x < y);
}

static void test_sort(void **state)
{
    for (size_t count = 0; count < 200; count++) {
        uint32_t a[200], b[200];

        srand((unsigned int)count);
        for (size_t i = 0; i < count; i++)
            a[i] = b[i] = (uint32_t)rand() % 50;
        sort(a, count, 4, compare_u32);
        qsort(b, count, 4, compare_u32);
        assert_memory_equal(a, b, count * 4);
    }
}

static void test_parse_uint(void **state)
{
    static const struct {
        const char *text;
        int rc;
        uint64_t value;
        size_t used;
    } cases[] = {
        { "0", 0, 0, 1 },
        { "42", 0, 42, 2 },
        { "010", 0, 10, 3 },
        { "0x1F", 0, 31, 4 },
        { "0XfFz", 0, 255, 4 },
        { "0xg", 0, 0, 1 },
        { "18446744073709551615", 0, UINT64_MAX, 20 },
        { "18446744073709551616", -ERANGE, 0, 0 },
        { "0x10000000000000000", -ERANGE, 0, 0 },
        { "", -EINVAL, 0, 0 },
        { "x", -EINVAL, 0, 0 },
        { "-1", -EINVAL, 0, 0 },
        { "12,13", 0, 12, 2 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        size_t len = strlen(cases[i].text), used;
        uint64_t value;
        int rc = parse_uint(cases[i].text, len, &used, &value);

        assert_int_equal(rc, cases[i].rc);
        if (rc)
            continue;
        assert_int_equal(value, cases[i].value);
        assert_int_equal(used, cases[i].used);
        assert_int_equal(parse_uint(cases[i].text, len, NULL, &value), used == len ? 0 : -EINVAL);
    }
}

static void test_parse_size(void **state)
{
    static const struct {
        const char *text;
        int rc;
        uint64_t bytes;
    } cases[] = {
        { "512M", 0, 512ULL << 20 }, { "1g", 0, 1ULL << 30 },       { "2T", 0, 2ULL << 40 },
        { "64", 0, 64 << 10 },       { "64B", 0, 64 },              { "0x10k", 0, 16 << 10 },
        { "16777216T", -ERANGE, 0 }, { "1MB", -EINVAL, 0 },         { "M", -EINVAL, 0 },
        { "", -EINVAL, 0 },          { "16777215T", 0, 16777215ULL << 40 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        uint64_t bytes;
        int rc = parse_size(cases[i].text, strlen(cases[i].text), NULL, 1024, &bytes);

        assert_int_equal(rc, cases[i].rc);
        if (!rc)
            assert_int_equal(bytes, cases[i].bytes);
    }
}

static void test_parse_words(void **state)
{
    static const struct {
        const char *item;
        int value;
    } switches[] = {
        { "smt", 1 },      { "no-smt", 0 },    { "smt=0", 0 },      { "smt=yes", 1 }, { "smt=2", -EINVAL },
        { "smtx", -ENOENT }, { "no-sm", -ENOENT }, { "smt=", -EINVAL }, { "", -ENOENT },  { "no-", -ENOENT },
    };

    assert_int_equal(parse_bool("enable", 6), 1);
    assert_int_equal(parse_bool("disable", 7), 0);
    assert_int_equal(parse_bool("onward", 2), 1);
    assert_int_equal(parse_bool("On", 2), -EINVAL);
    for (size_t i = 0; i < ARRAY_SIZE(switches); i++)
        assert_int_equal(parse_switch(switches[i].item, strlen(switches[i].item), "smt"), switches[i].value);
    assert_int_equal(checksum_sum8("\x80\x7f\x02", 3), 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_string_moves), cmocka_unit_test(test_string_compares), cmocka_unit_test(test_bitmap),
        cmocka_unit_test(test_range),        cmocka_unit_test(test_list),            cmocka_unit_test(test_sort),
        cmocka_unit_test(test_parse_uint),       cmocka_unit_test(test_parse_size),
        cmocka_unit_test(test_parse_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
