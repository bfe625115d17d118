/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree of a container's memory against a flat list of what each gfn leads to; formats; tables come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "x86/p2m/p2m.h"

#define TABLES 4096u
#define NOBODY 2u

/* Tables are frames 1 to TABLES - 1 of an array; 0 is the root. */
static struct {
    _Alignas(4096) uint64_t entry[TABLES][512];
    bool used[TABLES];
    unsigned int in_use, left; /* left: how many alloc() still gives */
} pool;

static uint64_t *pool_map(void *opaque, uint64_t table)
{
    assert_true(table < TABLES && pool.used[table]);
    return pool.entry[table];
}

static bool pool_alloc(void *opaque, uint64_t *table)
{
    if (!pool.left)
        return false;
    for (*table = 1; pool.used[*table]; ++*table)
        ;
    pool.left--;
    pool.in_use++;
    pool.used[*table] = true;
    memset(pool.entry[*table], 0, sizeof(pool.entry[0]));
    return true;
}

static void pool_retire(void *opaque, uint64_t table)
{
    assert_true(table && pool.used[table]);
    pool.used[table] = false;
    pool.in_use--;
}

static struct p2m_tree tree_of(const struct p2m_format *format, unsigned int order_max)
{
    memset(&pool, 0, sizeof(pool));
    pool.used[0] = true;
    pool.left = 100000;
    return (struct p2m_tree){ format, 0, order_max, pool_map, pool_alloc, pool_retire, NULL };
}

static const struct p2m_format *const formats[] = { &p2m_npt, &p2m_ept };

static void test_formats(void **state)
{
    for (size_t f = 0; f < ARRAY_SIZE(formats); f++)
        for (enum p2m_type type = P2M_ABSENT; type < P2M_TYPES; type++)
            for (unsigned int level = 1; level <= 3; level++) {
                uint64_t leaf = formats[f]->leaf(0xabc40000, type, level);

                assert_int_equal(formats[f]->type(leaf), type);
                assert_false(leaf && level > 1 && formats[f]->is_table(leaf, level));
                assert_int_equal(formats[f]->mfn(leaf), p2m_type_has_frame(type) ? 0xabc40000 : P2M_NO_MFN);
                assert_int_equal(!leaf, type == P2M_ABSENT);
                assert_true(p2m_type_has_frame(type) || !p2m_type_is_writable(type));
                assert_string_not_equal(p2m_type_text(type), "unknown");
            }
    /* What the CPU is to see: RAM of 4 KiB and 2 MiB, read-only and no-execute where they must be. */
    assert_int_equal(p2m_npt.leaf(0x1234, P2M_RAM, 1) & 0x800fffffffffffffULL, 0x1234067);
    assert_int_equal(p2m_npt.leaf(0x1200, P2M_RAM, 2) & 0x800fffffffffffffULL, 0x12000e7);
    assert_int_equal(p2m_npt.leaf(0x1234, P2M_RAM_LOGDIRTY, 1) & 0x800fffffffffffffULL, 0x1234065);
    assert_int_equal(p2m_npt.leaf(0x1234, P2M_GRANT_RW, 1) & 0x800fffffffffffffULL, 0x8000000001234067);
    assert_int_equal(p2m_npt.leaf(0xfee00, P2M_DIRECT, 1) & 0x800fffffffffffffULL, 0x80000000fee0007f);
    assert_int_equal(p2m_ept.leaf(0x1234, P2M_RAM, 1) & 0x800fffffffffffffULL, 0x1234377);
    assert_int_equal(p2m_ept.leaf(0x1200, P2M_RAM, 2) & 0x800fffffffffffffULL, 0x12003f7);
    assert_int_equal(p2m_ept.leaf(0xfee00, P2M_DIRECT, 1) & 0x800fffffffffffffULL, 0xfee00343);
}

static void expect(const struct p2m_tree *tree, uint64_t gfn, enum p2m_type type, uint64_t mfn, unsigned int order)
{
    struct p2m_entry e = p2m_lookup(tree, gfn);

    if (e.type != type || e.mfn != mfn || (order != NOBODY && e.order != order))
        fail_msg("gfn %#lx: %s, frame %#lx, order %u", (unsigned long)gfn, p2m_type_text(e.type), (unsigned long)e.mfn,
                 e.order);
}

static void test_split_and_merge(void **state)
{
    for (size_t f = 0; f < ARRAY_SIZE(formats); f++) {
        struct p2m_tree t = tree_of(formats[f], 18);

        assert_int_equal(p2m_set(&t, 0x40000, 18, 0x80000, P2M_RAM), 0);
        assert_int_equal(pool.in_use, 1);
        expect(&t, 0x40000, P2M_RAM, 0x80000, 18);
        expect(&t, 0x7ffff, P2M_RAM, 0xbffff, 18);
        expect(&t, 0x80000, P2M_ABSENT, P2M_NO_MFN, NOBODY);
        assert_int_equal(p2m_set(&t, 0x51234, 0, P2M_NO_MFN, P2M_ABSENT), 1); /* a hole: one page of the gigabyte */
        assert_int_equal(pool.in_use, 3);
        expect(&t, 0x51234, P2M_ABSENT, P2M_NO_MFN, 0);
        expect(&t, 0x51235, P2M_RAM, 0x91235, 0);
        expect(&t, 0x51400, P2M_RAM, 0x91400, 9);
        assert_int_equal(p2m_merge(&t, 0x51234), 0);
        assert_int_equal(p2m_set(&t, 0x51234, 0, 0x91234, P2M_RAM), 0); /* nothing was there: nothing to flush */
        assert_int_equal(p2m_merge(&t, 0x51234), 1);
        assert_int_equal(pool.in_use, 1);
        expect(&t, 0x51234, P2M_RAM, 0x91234, 18);
    }
}

static void test_refusals(void **state)
{
    struct p2m_tree t = tree_of(&p2m_npt, 18);

    assert_int_equal(p2m_set(&t, 1, 9, 0x200, P2M_RAM), -EINVAL);
    assert_int_equal(p2m_set(&t, 0x200, 9, 1, P2M_RAM), -EINVAL);
    assert_int_equal(p2m_set(&t, 0, 1, 0, P2M_RAM), -EINVAL);
    assert_int_equal(p2m_set(&t, P2M_GFN_END, 0, 0, P2M_RAM), -EINVAL);
    assert_int_equal(p2m_set(&t, 0, 0, P2M_NO_MFN, P2M_RAM), -EINVAL);
    assert_int_equal(p2m_set(&t, 0, 0, 0, P2M_TYPES), -EINVAL);
    assert_int_equal(pool.in_use, 0);

    pool.left = 1; /* two tables are wanted */
    assert_int_equal(p2m_set(&t, 5, 0, 5, P2M_RAM), -ENOMEM);
    expect(&t, 5, P2M_ABSENT, P2M_NO_MFN, NOBODY);
    assert_int_equal(p2m_set(&t, 5, 0, 0, P2M_ABSENT), 0); /* what is absent needs no table */
    pool.left = 100;
    assert_int_equal(p2m_set(&t, 5, 0, 5, P2M_RAM), 0);
    assert_int_equal(p2m_set(&t, 0, 18, 0x40000, P2M_RAM), -EEXIST);
    expect(&t, 5, P2M_RAM, 5, 0);
}

static void test_gigabyte_in_parts(void **state)
{
    struct p2m_tree t = tree_of(&p2m_npt, 9);

    assert_int_equal(p2m_set(&t, 0x40000, 18, 0x80000, P2M_RAM), 0);
    expect(&t, 0x7ffff, P2M_RAM, 0xbffff, 9);
    assert_int_equal(p2m_set(&t, 0x40000, 18, 0, P2M_ABSENT), 1);
    expect(&t, 0x7ffff, P2M_ABSENT, P2M_NO_MFN, 9);
    assert_int_equal(p2m_set(&t, 0x40001, 0, 1, P2M_RAM), 0);
    assert_int_equal(p2m_set(&t, 0x40000, 18, 0x80000, P2M_RAM), -EEXIST);
    assert_int_equal(p2m_set(&t, 0xc0000, 18, 0, P2M_ABSENT), 0);
}

struct seen {
    unsigned int leaves;
    uint64_t pages;
};

static enum p2m_type to_logdirty(void *opaque, uint64_t gfn, struct p2m_entry e)
{
    struct seen *seen = opaque;

    seen->leaves++;
    seen->pages += BIT(e.order);
    return e.type == P2M_RAM ? P2M_RAM_LOGDIRTY : e.type;
}

static void test_visit(void **state)
{
    struct p2m_tree t = tree_of(&p2m_npt, 18);
    struct seen seen = { 0 };
    uint64_t gfn = 0;
    bool flush = false;
    int rc, calls = 0;

    assert_int_equal(p2m_set(&t, 0, 9, 0x200, P2M_RAM), 0);
    assert_int_equal(p2m_set(&t, 0x203, 0, 3, P2M_RAM), 0);
    assert_int_equal(p2m_set(&t, 0x204, 0, P2M_NO_MFN, P2M_POD), 0);
    assert_int_equal(p2m_set(&t, 0xfefff, 0, 9, P2M_SPECIAL), 0);
    do {
        rc = p2m_visit(&t, &gfn, 0xff000, 100, to_logdirty, &seen, &flush);
        assert_true(++calls < 100);
    } while (rc == -ERESTART);
    assert_int_equal(rc, 0);
    assert_int_equal(seen.leaves, 4);
    assert_int_equal(seen.pages, 512 + 3);
    assert_true(flush);
    assert_true(calls < 40); /* the empty middle costs an entry a gigabyte, not one a page */
    expect(&t, 0x1ff, P2M_RAM_LOGDIRTY, 0x3ff, 9);
    expect(&t, 0x204, P2M_POD, P2M_NO_MFN, 0);
}

static void test_tear_down(void **state)
{
    struct p2m_tree t = tree_of(&p2m_npt, 18);
    int calls = 0;

    for (unsigned int i = 0; i < 300; i++)
        assert_true(p2m_set(&t, (uint64_t)i * 0x1234567 % P2M_GFN_END, 0, i, P2M_RAM) >= 0);
    assert_true(pool.in_use > 300);
    while (p2m_tear_down(&t, 50) == -ERESTART)
        calls++;
    assert_true(calls >= 6);
    assert_int_equal(pool.in_use, 0);
    expect(&t, 0x1234567, P2M_ABSENT, P2M_NO_MFN, NOBODY);
}

/* Random changes against a flat model of 8 MiB at two places. */
#define MODEL 2048u
static struct { uint64_t mfn; enum p2m_type type; } model[2][MODEL];
static const uint64_t base[2] = { 0, 0xfe000 };

static void compare(const struct p2m_tree *t)
{
    for (unsigned int half = 0; half < 2; half++)
        for (unsigned int i = 0; i < MODEL; i++)
            expect(t, base[half] + i, model[half][i].type,
                   p2m_type_has_frame(model[half][i].type) ? model[half][i].mfn : P2M_NO_MFN, NOBODY);
}

static void change(const struct p2m_tree *t, unsigned int half)
{
    unsigned int order = rand() % 3 ? 0 : 9, first = ROUND_DOWN(rand() % MODEL, 1u << order);
    enum p2m_type type = rand() % 2 ? P2M_RAM : rand() % P2M_TYPES;
    uint64_t mfn = rand() % 4 ? 0x10000 + first : ROUND_DOWN((uint64_t)rand() & 0xffffff, 1u << order);
    int rc = p2m_set(t, base[half] + first, order, mfn, type);

    if (rc == -ENOMEM)
        return;
    assert_true(rc == 0 || rc == 1);
    for (unsigned int i = 0; i < 1u << order; i++) {
        bool had = p2m_type_has_frame(model[half][first + i].type);

        if (had && (model[half][first + i].type != type || model[half][first + i].mfn != mfn + i))
            assert_int_equal(rc, 1);
        model[half][first + i].type = type;
        model[half][first + i].mfn = mfn + i;
    }
}

static void test_against_model(void **state)
{
    for (unsigned int seed = 1; seed <= 8; seed++) {
        struct p2m_tree t = tree_of(formats[seed % 2], seed % 4 < 2 ? 18 : 9);

        srand(seed);
        memset(model, 0, sizeof(model));
        for (unsigned int step = 0; step < 3000; step++) {
            pool.left = rand() % 10 ? 100 : 0;
            change(&t, rand() % 2);
            if (rand() % 4 == 0)
                p2m_merge(&t, base[rand() % 2] + (unsigned int)rand() % MODEL);
            if (step % 500 == 0)
                compare(&t);
        }
        compare(&t);
        while (p2m_tear_down(&t, 1000) == -ERESTART)
            ;
        assert_int_equal(pool.in_use, 0);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),   cmocka_unit_test(test_split_and_merge),
        cmocka_unit_test(test_refusals),  cmocka_unit_test(test_gigabyte_in_parts),
        cmocka_unit_test(test_visit),     cmocka_unit_test(test_tear_down),
        cmocka_unit_test(test_against_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
