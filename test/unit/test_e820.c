/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Maps as firmware gives them, and the map without overlaps that they become. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "x86/boot/e820.h"

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)

static const struct {
    const char *name;
    struct e820_entry in[6], out[8];
} cases[] = {
    { "empty", { { 0 } }, { { 0 } } },
    { "a PC",
      { { 0, 0x9fc00, 1 }, { 0x9fc00, 0xa0000, 2 }, { 0xf0000, MIB, 2 }, { MIB, GIB, 1 } },
      { { 0, 0x9f000, 1 }, { 0x9fc00, 0xa0000, 2 }, { 0xf0000, MIB, 2 }, { MIB, GIB, 1 } } },
    { "out of order, touching",
      { { 2 * MIB, 3 * MIB, 1 }, { MIB, 2 * MIB, 1 }, { 0, 0x1000, 2 } },
      { { 0, 0x1000, 2 }, { MIB, 3 * MIB, 1 } } },
    { "a hole reserved inside RAM",
      { { 0, GIB, 1 }, { 16 * MIB, 17 * MIB, 2 } },
      { { 0, 16 * MIB, 1 }, { 16 * MIB, 17 * MIB, 2 }, { 17 * MIB, GIB, 1 } } },
    { "the more restrictive wins, whichever comes first",
      { { 0, 4 * MIB, 3 }, { 2 * MIB, 6 * MIB, 1 }, { 3 * MIB, 5 * MIB, 5 } },
      { { 0, 3 * MIB, 3 }, { 3 * MIB, 5 * MIB, 5 }, { 5 * MIB, 6 * MIB, 1 } } },
    { "the same twice", { { 0, MIB, 1 }, { 0, MIB, 1 } }, { { 0, MIB, 1 } } },
    { "a page cut by a reservation",
      { { 0, 0x10000, 1 }, { 0x1800, 0x2800, 2 } },
      { { 0, 0x1000, 1 }, { 0x1800, 0x2800, 2 }, { 0x3000, 0x10000, 1 } } },
    { "RAM smaller than a page", { { 0x1001, 0x1fff, 1 } }, { { 0 } } },
    { "RAM that wraps is not used", { { GIB, MIB, 1 }, { 0, MIB, 1 } }, { { 0, MIB, 1 } } },
    { "what wraps stays reserved", { { GIB, MIB, 2 } }, { { GIB, E820_TOP, 2 } } },
    { "too high", { { E820_TOP - MIB, E820_TOP + MIB, 1 } }, { { E820_TOP - MIB, E820_TOP, 1 } } },
    { "unknown type", { { 0, MIB, 12 }, { MIB, 2 * MIB, 0 } }, { { 0, 2 * MIB, 2 } } },
    { "to the end of 64 bits", { { 0, UINT64_MAX, 2 } }, { { 0, E820_TOP, 2 } } },
};

static void test_sanitise(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        static struct e820_map map;
        size_t n = 0;

        e820_sanitise(&map, cases[i].in, ARRAY_SIZE(cases[i].in), NULL, NULL);
        while (n < 8 && cases[i].out[n].end)
            n++;
        if (map.count != n)
            fail_msg("%s: %u entries, wanted %zu", cases[i].name, map.count, n);
        for (size_t j = 0; j < n; j++) {
            if (memcmp(&map.entry[j].start, &cases[i].out[j].start, 16) || map.entry[j].type != cases[i].out[j].type)
                fail_msg("%s: entry %zu is %#lx-%#lx type %u", cases[i].name, j, (unsigned long)map.entry[j].start,
                         (unsigned long)map.entry[j].end, map.entry[j].type);
        }
        assert_true(e820_lawful(&map));
    }
}

static void test_findings(void **state)
{
    static struct e820_entry many[E820_INPUT_MAX + 44];
    static const struct e820_entry bad[] = {
        { 5, 5, 1 }, { 9 * MIB, MIB, 1 }, { 0, E820_TOP + 1, 2 }, { MIB, 2 * MIB, 99 }, { 1, 0x5000, 1 },
    };
    struct e820_findings f;
    static struct e820_map map;

    e820_sanitise(&map, bad, ARRAY_SIZE(bad), &f, NULL);
    assert_int_equal(f.empty, 1);
    assert_int_equal(f.wrapped, 1);
    assert_int_equal(f.too_high, 1);
    assert_int_equal(f.unknown_type, 1);
    assert_int_equal(f.unaligned, 2);
    assert_true(f.overlapping > 0);

    /* The most pieces that can be: reservations inside one RAM, and more entries than we take. */
    for (uint32_t i = 0; i < ARRAY_SIZE(many); i++)
        many[i] = (struct e820_entry){ (2 * i + 1) * MIB, (2 * i + 2) * MIB, 2 };
    many[0] = (struct e820_entry){ 0, 4 * GIB, 1 };
    e820_sanitise(&map, many, ARRAY_SIZE(many), &f, NULL);
    assert_int_equal(f.dropped, 44);
    assert_int_equal(map.count, 2 * E820_INPUT_MAX - 1);
    assert_true(e820_lawful(&map));
}

static void test_claims(void **state)
{
    static const struct e820_entry raw[] = {
        { 0x80000, 0x9fc00, 1 }, { 0, 0x80000, 1 }, { 0x9fc00, 0xa0000, 2 }, { MIB, 2 * MIB, 1 }, { 3 * MIB, MIB, 1 },
    };
    static const struct {
        struct range r;
        bool ram;
    } rows[] = {
        { { 0, 0x13e }, true },          { { 0x1000, 0x113e }, true }, { { 0x7f000, 0x81000 }, true },
        { { 0x9f000, 0x9fc00 }, true },  { { 0x9f000, 0x9fc01 }, false }, { { 0xfffff, MIB + 1 }, false },
        { { MIB, 2 * MIB }, true },      { { MIB, 2 * MIB + 1 }, false }, { { 3 * MIB, 3 * MIB + 1 }, false },
        { { 5 * MIB, 5 * MIB }, true },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        if (e820_claims_ram(raw, ARRAY_SIZE(raw), rows[i].r) != rows[i].ram)
            fail_msg("row %zu", i);
}

static void make_pc(struct e820_map *map)
{
    static const struct e820_entry pc[] = {
        { 0, 0x9f000, 1 }, { 0xf0000, MIB, 2 }, { MIB, 3 * GIB, 1 }, { 0xfee00000, 0xfee01000, 2 },
        { 4 * GIB, 5 * GIB, 1 },
    };

    e820_sanitise(map, pc, ARRAY_SIZE(pc), NULL, NULL);
}

static void test_queries(void **state)
{
    static struct e820_map map;

    make_pc(&map);
    assert_int_equal(e820_ram_below(&map, UINT64_MAX), 0x9f000 + 3 * GIB - MIB + GIB);
    assert_int_equal(e820_ram_below(&map, 2 * MIB), 0x9f000 + MIB);
    assert_int_equal(e820_ram_end(&map), 5 * GIB);
    assert_true(e820_covers(&map, (struct range){ MIB, 3 * GIB }, E820_RAM));
    assert_false(e820_covers(&map, (struct range){ MIB, 3 * GIB + 1 }, E820_RAM));
    assert_false(e820_covers(&map, (struct range){ 0xa0000, 0xa1000 }, E820_RESERVED));
    assert_true(e820_covers(&map, (struct range){ 7, 7 }, E820_RAM));
    assert_true(e820_touches(&map, (struct range){ MIB - 1, 9 * GIB }, E820_RAM));
    assert_true(e820_touches(&map, (struct range){ 3 * GIB - 1, 3 * GIB }, E820_RAM));
    assert_false(e820_touches(&map, (struct range){ 7, 7 }, E820_RAM));
    assert_false(e820_touches(&map, (struct range){ 0xa0000, 0xa1000 }, E820_RAM));
    assert_int_equal(e820_lookup(&map, 0xfee00800)->type, E820_RESERVED);
    assert_null(e820_lookup(&map, 0xa0000));
}

static void test_find(void **state)
{
    static struct e820_map map;
    struct range all = { 0, UINT64_MAX }, low = { 0, 4 * GIB };
    struct range avoid[] = { { MIB, 64 * MIB }, { 3 * GIB - MIB, 3 * GIB }, { 0, 0x8000 } };

    make_pc(&map);
    assert_int_equal(e820_find_high(&map, MIB, MIB, all, NULL, 0), 5 * GIB - MIB);
    assert_int_equal(e820_find_high(&map, MIB, 2 * MIB, low, NULL, 0), 3 * GIB - 2 * MIB);
    assert_int_equal(e820_find_high(&map, MIB, MIB, low, avoid, 3), 3 * GIB - 2 * MIB);
    assert_int_equal(e820_find_low(&map, 0x1000, 0x1000, all, avoid, 3), 0x8000);
    assert_int_equal(e820_find_low(&map, MIB, MIB, all, avoid, 3), 64 * MIB);
    assert_true(e820_find_low(&map, 3 * GIB, 0x1000, all, NULL, 0) == UINT64_MAX);
    assert_true(e820_find_high(&map, 0, 0x1000, all, NULL, 0) == UINT64_MAX);
    assert_true(e820_find_high(&map, MIB, BIT(40), (struct range){ MIB, 5 * GIB }, NULL, 0) == UINT64_MAX);
}

static void test_change(void **state)
{
    static struct e820_map map;

    make_pc(&map);
    assert_int_equal(e820_retype(&map, (struct range){ MIB, MIB + 1 }, E820_RAM, E820_RESERVED), -EINVAL);
    assert_int_equal(e820_retype(&map, (struct range){ 0, 2 * MIB }, E820_RAM, E820_RESERVED), 0);
    assert_true(e820_lawful(&map));
    assert_true(e820_covers(&map, (struct range){ 0xf0000, 2 * MIB }, E820_RESERVED));
    assert_true(e820_covers(&map, (struct range){ 2 * MIB, 3 * GIB }, E820_RAM));
    assert_int_equal(e820_retype(&map, (struct range){ GIB, GIB + 4096 }, E820_RAM, E820_UNUSABLE), 0);
    assert_int_equal(e820_lookup(&map, GIB)->end, GIB + 4096);
    assert_true(e820_lawful(&map));

    assert_int_equal(e820_clip_ram(&map, 2 * GIB + 5), 2 * GIB);
    assert_int_equal(e820_ram_end(&map), 2 * GIB);
    assert_non_null(e820_lookup(&map, 0xfee00000));
    assert_true(e820_lawful(&map));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sanitise), cmocka_unit_test(test_findings), cmocka_unit_test(test_queries),
        cmocka_unit_test(test_find),     cmocka_unit_test(test_change),   cmocka_unit_test(test_claims),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
