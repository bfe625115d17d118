/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small objects: aligned, zeroed, apart from each other, and all memory comes back. */
#include "sim_test.h"

#include "hv/heap.h"

static void start(void) { sim_start(&(struct sim_config){ .frames = 8192, .cpus = 1 }); }

static void sizes(void **state)
{
    static const size_t size[] = { 1, 15, 16, 17, 48, 63, 64, 65, 129, 500, 1000, 1345, 2048, 2049, 4096, 4097, 12288,
                                   100000 };

    start();
    for (size_t i = 0; i < ARRAY_SIZE(size); i++) {
        uint8_t *p = hv_zalloc(size[i]);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % (size[i] < 64 ? 16 : size[i] <= 2048 ? 64 : PAGE_SIZE), 0);
        for (size_t b = 0; b < size[i]; b++)
            assert_int_equal(p[b], 0);
        memset(p, 0xaa, size[i]);
        hv_free(p);
    }
    assert_null(hv_zalloc(0));
    assert_null(hv_zalloc((size_t)1 << 40));
    assert_null(hv_zalloc_array(SIZE_MAX / 2, 3));
    hv_free(NULL);
}

struct object { uint8_t *p; size_t size; uint8_t mark; };

static void check(const struct object *o)
{
    for (size_t b = 0; b < o->size; b += 7)
        assert_int_equal(o->p[b], o->mark);
}

static void random_life(void **state)
{
    static struct object objects[1500];
    unsigned int nr = 0;
    uint64_t seed = 7;

    start();
    uint64_t at_start = heap_free_frames();
    for (unsigned int step = 0; step < 60000; step++) {
        uint64_t r = sim_random(&seed);
        if (r % 2 && nr < ARRAY_SIZE(objects)) {
            struct object o = { .size = 1 + (r >> 8) % (r % 32 == 1 ? 20000 : 2048), .mark = (uint8_t)(r >> 32) | 1 };
            o.p = hv_zalloc(o.size);
            if (!o.p)
                continue;
            for (size_t b = 0; b < o.size; b += 7)
                assert_int_equal(o.p[b], 0);
            memset(o.p, o.mark, o.size);
            objects[nr++] = o;
        } else if (nr) {
            unsigned int i = (unsigned int)(r >> 8) % nr;
            check(&objects[i]);
            hv_free(objects[i].p);
            objects[i] = objects[--nr];
        }
    }
    while (nr--)
        hv_free(objects[nr].p);
    assert_int_equal(heap_free_frames(), at_start);
}

static void pages_of_large_objects_come_back(void **state)
{
    start();
    uint64_t before = heap_free_frames();
    void *p = hv_zalloc(5 * PAGE_SIZE);
    assert_int_equal(heap_free_frames(), before - 5); /* not 8 */
    hv_free(p);
    assert_int_equal(heap_free_frames(), before);
}

static void double_free(void **state)
{
    start();
    void *p = hv_zalloc(100), *other = hv_zalloc(100);
    hv_free(p);
    assert_true(sim_panics(hv_free(p)));
    (void)other;
}

static void write_after_free(void **state)
{
    start();
    uint64_t *p = hv_zalloc(100), *other = hv_zalloc(100); /* the page stays */
    hv_free(p);
    p[1] = 5;
    assert_true(sim_panics(hv_zalloc(100)));
    (void)other;
}

static void inside_pointer(void **state)
{
    start();
    char *p = hv_zalloc(100);
    assert_true(sim_panics(hv_free(p + 16)));
}

SIM_TESTS(cmocka_unit_test(sizes), cmocka_unit_test(random_life), cmocka_unit_test(pages_of_large_objects_come_back),
          cmocka_unit_test(double_free), cmocka_unit_test(write_after_free), cmocka_unit_test(inside_pointer))
