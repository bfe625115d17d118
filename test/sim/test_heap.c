/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frame allocator's laws: no frame is in two places, the free count is exact,
 * what comes out is never somebody's data.
 */
#include "sim_test.h"

#include "core/mm/block.h"
#include "hv/heap.h"
#include "hv/softirq.h"

#define FRAMES 8192u

static void small_machine(void) { sim_start(&(struct sim_config){ .frames = FRAMES, .cpus = 1 }); }

/*
 * Free frames, counted from the blocks in the frame table, each of which must be well formed and not overlap another.
 */
static uint64_t count_free(uint64_t *dirty)
{
    uint64_t nr = 1, free = 0;

    *dirty = 0;
    while (nr < FRAMES) {
        const struct frame *f = mfn_to_frame(mfn(nr));
        if (!(f->count & FRAME_FREE)) {
            nr++;
            continue;
        }
        uint64_t size = 1ULL << block_order(f);
        assert_int_equal(nr & (size - 1), 0);
        for (uint64_t i = 0; i < size; i++) {
            const struct frame *in = mfn_to_frame(mfn(nr + i));
            assert_true(i == 0 || !(in->count & FRAME_FREE));
            if (in->count & FRAME_DIRTY) {
                assert_true(i >= block_clean(f));
                ++*dirty;
            }
        }
        const struct frame *buddy = mfn_to_frame(mfn(nr ^ size));
        if ((nr ^ size) < FRAMES && block_order(f) < HEAP_MAX_ORDER)
            assert_false((buddy->count & FRAME_FREE) && block_order(buddy) == block_order(f)); /* would have merged */
        free += size;
        nr += size;
    }
    return free;
}

static void check_counts(void)
{
    uint64_t dirty, free = count_free(&dirty);
    assert_int_equal(free, heap_free_frames());
    assert_int_equal(dirty, heap_dirty_frames());
}

struct piece { mfn_t m; unsigned int order; uint32_t mark; };

static uint32_t *words(mfn_t m) { return mfn_to_virt(m); }

static void fill(const struct piece *p)
{
    for (uint64_t i = 0; i < (PAGE_SIZE / 4) << p->order; i += 61)
        words(p->m)[i] = p->mark;
}

static void check_filled(const struct piece *p)
{
    for (uint64_t i = 0; i < (PAGE_SIZE / 4) << p->order; i += 61)
        assert_int_equal(words(p->m)[i], p->mark);
}

static void check_zero(const struct piece *p)
{
    for (uint64_t i = 0; i < (PAGE_SIZE / 4) << p->order; i += 61)
        assert_int_equal(words(p->m)[i], 0);
}

/* Random allocations, frees and scrubs. Every piece is filled, so data that shows up elsewhere is seen. */
static void random_life(void **state)
{
    static struct piece pieces[2048];
    unsigned int nr = 0;
    uint64_t seed = 42;

    small_machine();
    uint64_t at_start = heap_free_frames(), held = 0;
    for (unsigned int step = 0; step < 40000; step++) {
        uint64_t r = sim_random(&seed);
        if (r % 16 < 8 && nr < ARRAY_SIZE(pieces)) {
            unsigned int order = (unsigned int)(r >> 8) % 5, bits = (r >> 16) % 4 ? 0 : 16 + (r >> 20) % 12;
            bool zero = (r >> 30) & 1;
            mfn_t m = heap_alloc(order, (zero ? HEAP_ZERO : 0) | HEAP_ADDR_BITS(bits));
            struct piece p = { m, order, (uint32_t)(r >> 32) | 1 };
            if (mfn_eq(p.m, MFN_NONE))
                continue;
            assert_int_equal(p.m.nr & ((1u << order) - 1), 0);
            assert_true(!bits || mfn_to_paddr(mfn_add(p.m, 1u << order)) <= 1ULL << bits);
            check_zero(&p); /* memory was zero at the start; after use it must have been scrubbed */
            fill(&p);
            pieces[nr++] = p;
            held += 1u << order;
        } else if (r % 16 < 14 && nr) {
            unsigned int i = (unsigned int)(r >> 8) % nr;
            check_filled(&pieces[i]);
            heap_free(pieces[i].m, pieces[i].order, true);
            held -= 1u << pieces[i].order;
            pieces[i] = pieces[--nr];
        } else {
            heap_scrub_some();
        }
        assert_int_equal(heap_free_frames(), at_start - held);
        if (step % 256 == 0)
            check_counts();
    }
    while (nr--)
        heap_free(pieces[nr].m, pieces[nr].order, true);
    check_counts();
    assert_int_equal(heap_free_frames(), at_start);
    while (heap_scrub_some())
        ;
    check_counts();
    assert_int_equal(heap_dirty_frames(), 0);
}

static void address_limits(void **state)
{
    static const struct { const char *name; unsigned int bits, order; bool possible; } cases[] = {
        { "no limit", 0, 0, true },          { "a limit above all RAM", 60, 0, true },
        { "below 64 KiB", 16, 3, true },     { "more than there is below", 16, 4, false },
        { "below a page", 11, 0, false },    { "only frame 0, which stays out", 12, 0, false },
        { "the second frame", 13, 0, true }, { "16 MiB of 16", 24, 11, true },
    };

    small_machine();
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        mfn_t m = heap_alloc(cases[i].order, HEAP_ADDR_BITS(cases[i].bits));
        if (mfn_eq(m, MFN_NONE) == cases[i].possible)
            fail_msg("%s", cases[i].name);
        if (!mfn_eq(m, MFN_NONE))
            heap_free(m, cases[i].order, false);
    }
    check_counts();
}

/* Unlimited requests leave low memory alone until nothing else is left. */
static void low_memory_is_kept(void **state)
{
    small_machine();
    for (uint64_t i = heap_free_frames(); i > FRAMES / 2; i--)
        assert_true(heap_alloc(0, 0).nr >= FRAMES / 2 || heap_free_frames() < FRAMES / 2);
}

static void all_memory_comes_and_goes(void **state)
{
    static mfn_t got[FRAMES];
    unsigned int nr = 0;
    uint64_t at_start;

    small_machine();
    at_start = heap_free_frames();
    for (mfn_t m; !mfn_eq(m = heap_alloc(0, 0), MFN_NONE);)
        got[nr++] = m;
    assert_int_equal(nr, at_start);
    assert_int_equal(heap_free_frames(), 0);
    for (unsigned int i = 0; i < nr; i += 2)
        heap_free(got[i], 0, i % 3 == 0);
    for (unsigned int i = 1; i < nr; i += 2)
        heap_free(got[i], 0, i % 5 == 0);
    check_counts();
    assert_int_equal(heap_free_frames(), at_start);
    assert_false(mfn_eq(heap_alloc(11, 0), MFN_NONE)); /* it all merged again */
}

/* A small block is clean when it is free again, without an idle CPU; a large one waits. */
static void small_blocks_are_scrubbed_by_who_frees(void **state)
{
    small_machine();
    for (unsigned int order = 0; order < 8; order++) {
        struct piece p = { heap_alloc(order, 0), order, 0x5ec7e7 };
        fill(&p);
        heap_free(p.m, order, true);
        assert_int_equal(heap_dirty_frames(), order <= 3 ? 0 : 1u << order);
        if (order <= 3)
            check_zero(&p);
        while (heap_scrub_some())
            ;
        check_counts();
    }
}

/* An idle CPU that has something to do stops after a frame, and what it did is not done again. */
static void scrubbing_gives_way(void **state)
{
    small_machine();
    struct piece p = { heap_alloc(5, 0), 5, 0x5ec7e7 };
    fill(&p);
    heap_free(p.m, 5, true);
    softirq_raise(SOFTIRQ_RCU);
    for (unsigned int left = 32; left--;) {
        assert_int_equal(heap_scrub_some(), left != 0);
        assert_int_equal(heap_dirty_frames(), left);
        check_counts();
    }
    check_zero(&p);
}

static void double_free_is_found(void **state)
{
    small_machine();
    mfn_t m = heap_alloc(2, 0);
    heap_free(m, 2, false);
    assert_true(sim_panics(heap_free(m, 2, false)));
}

static void part_of_free_block_is_not_freed(void **state)
{
    small_machine();
    mfn_t m = heap_alloc(2, 0);
    heap_free(m, 2, true);
    assert_true(sim_panics(heap_free(mfn_add(m, 1), 0, true)));
}

SIM_TESTS(cmocka_unit_test(random_life), cmocka_unit_test(address_limits), cmocka_unit_test(low_memory_is_kept),
          cmocka_unit_test(all_memory_comes_and_goes), cmocka_unit_test(small_blocks_are_scrubbed_by_who_frees),
          cmocka_unit_test(scrubbing_gives_way), cmocka_unit_test(double_free_is_found),
          cmocka_unit_test(part_of_free_block_is_not_freed))
