/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames of domains: references keep them, counts are exact, what a domain leaves behind is scrubbed. */
#include "sim_test.h"

#include "hv/heap.h"
#include "hv/softirq.h"

static void start(void) { sim_start(&(struct sim_config){ .frames = 8192, .cpus = 1 }); }

/* Walks the list both ways; every frame on it must be the domain's. */
static void check_list(struct domain *d)
{
    uint64_t n = 0;
    uint32_t prev = FRAME_LINK_NONE;

    for (struct frame *f = frame_list_first(&d->frames); f; f = frame_list_next(f), n++) {
        assert_int_equal(f->prev, prev);
        assert_int_equal(frame_owner_id(f), d->id);
        assert_true(frame_refs(f) > 0);
        prev = (uint32_t)frame_to_mfn(f).nr;
    }
    assert_int_equal(d->frames.tail, prev);
    assert_int_equal(n, d->frames.nr);
    assert_int_equal(n, d->tot_pages);
}

static void life_of_a_frame(void **state)
{
    start();
    struct domain *d = sim_domain(1, 1), *other = sim_domain(2, 1);
    uint64_t before = heap_free_frames(), dirty = heap_dirty_frames();
    uint32_t refs = d->refs;
    mfn_t m = domain_alloc_frames(d, 0, 0);
    struct frame *f = mfn_to_frame(m);

    assert_false(mfn_eq(m, MFN_NONE));
    assert_int_equal(d->refs, refs + 1);
    check_list(d);
    assert_false(frame_get(f, other));
    assert_true(frame_get(f, d));
    memset(mfn_to_virt(m), 0x77, PAGE_SIZE);
    assert_true(frame_clear_allocated(f));
    assert_false(frame_clear_allocated(f));
    frame_put(f);
    assert_int_equal(heap_free_frames(), before - 1); /* one reference is left */
    assert_true(frame_get(f, d));
    frame_put(f);
    frame_put(f);
    assert_int_equal(heap_free_frames(), before);
    assert_int_equal(heap_dirty_frames(), dirty);
    assert_false(frame_get(f, d));
    assert_int_equal(d->refs, refs);
    check_list(d);
    assert_int_equal(*(uint8_t *)mfn_to_virt(m), 0);
}

/* With interrupts off no reference is dropped that may be the last: the CPU keeps it until its soft interrupts run. */
static void last_reference_with_interrupts_off(void **state)
{
    start();
    struct domain *d = sim_domain(1, 1);
    uint64_t before = heap_free_frames();
    mfn_t m[2] = { domain_alloc_frames(d, 0, 0), domain_alloc_frames(d, 0, 0) };
    struct frame *f = mfn_to_frame(m[0]), *g = mfn_to_frame(m[1]);

    sim_settle();
    assert_true(frame_get(f, d) && frame_get(g, d));
    irq_disable();
    assert_true(sim_panics(frame_put(f)));
    assert_non_null(strstr(sim_panic_text, "interrupts off"));
    assert_int_equal(frame_refs(f), 2);
    assert_true(frame_put_later_ready());
    frame_put_later(g); /* not the last: gone at once */
    assert_int_equal(frame_refs(g), 1);
    assert_true(frame_put_later_ready());
    assert_false(softirq_pending());

    assert_true(frame_clear_allocated(f)); /* as another vCPU may at any moment */
    f->count--;
    frame_put_later(f);
    assert_int_equal(frame_refs(f), 1);
    assert_false(frame_put_later_ready());
    assert_int_equal(heap_free_frames(), before - 2);
    irq_enable();
    sim_settle();
    assert_true(frame_put_later_ready());
    assert_int_equal(heap_free_frames(), before - 1);
}

static void limits(void **state)
{
    start();
    struct domain *d = sim_domain(1, 1);
    uint64_t before = heap_free_frames();

    d->max_pages = 10;
    assert_false(mfn_eq(domain_alloc_frames(d, 3, 0), MFN_NONE));
    assert_true(mfn_eq(domain_alloc_frames(d, 2, 0), MFN_NONE));
    mfn_t m = heap_alloc(2, 0);
    assert_int_equal(domain_assign_frames(d, m, 2), -E2BIG);
    assert_int_equal(domain_assign_frames(d, m, 1), 0);
    d->max_pages = 5; /* a toolstack may set it below what the domain has */
    assert_int_equal(domain_assign_frames(d, mfn_add(m, 2), 1), -E2BIG);
    d->max_pages = 100;
    d->life = DOMAIN_DYING;
    assert_int_equal(domain_assign_frames(d, mfn_add(m, 2), 1), -EINVAL);
    heap_free(mfn_add(m, 2), 1, false);
    assert_int_equal(heap_free_frames(), before - 10);
    check_list(d);
}

static void stealing(void **state)
{
    start();
    struct domain *d = sim_domain(1, 1), *other = sim_domain(2, 1);
    mfn_t m = domain_alloc_frames(d, 1, 0);
    struct frame *f = mfn_to_frame(m);

    assert_int_equal(domain_steal_frame(other, f), -EINVAL);
    assert_true(frame_get(f, d));
    assert_int_equal(domain_steal_frame(d, f), -EBUSY);
    frame_put(f);
    assert_int_equal(domain_steal_frame(d, f), 0);
    domain_uncharge_frames(d, 1);
    check_list(d);
    assert_int_equal(domain_steal_frame(d, f), -EINVAL);
    assert_int_equal(domain_assign_frames(other, m, 0), 0);
    check_list(other);
    assert_int_equal(frame_owner_id(f), 2);
}

static void sharing(void **state)
{
    start();
    struct domain *d = sim_domain(1, 1);
    uint32_t at_start = d->hv_pages;
    void *page = hv_alloc_pages(0);
    struct frame *f = mfn_to_frame(virt_to_mfn(page));

    frame_share_with(page, d, false);
    assert_int_equal(d->hv_pages, at_start + 1);
    assert_true(frame_get(f, d));
    assert_false(frame_unshare(page, d));
    assert_false(frame_unshare(page, d)); /* the allocation reference is dropped once, not twice */
    frame_put(f);
    assert_true(frame_unshare(page, d));
    assert_true(frame_unshare(page, d));
    assert_int_equal(d->hv_pages, at_start);
    hv_free_pages(page, 0);
}

static void reference_limit(void **state)
{
    start();
    struct domain *d = sim_domain(1, 1);
    struct frame *f = mfn_to_frame(domain_alloc_frames(d, 0, 0));

    f->count = (f->count & ~FRAME_REFS_MASK) | 0x7fffffff;
    assert_false(frame_get(f, d));
    frame_get_again(f);
    frame_put(f);
    f->count = (f->count & ~FRAME_REFS_MASK) | 1;
    check_list(d);
}

static void put_without_reference(void **state)
{
    start();
    struct frame *f = mfn_to_frame(heap_alloc(0, 0));
    assert_true(sim_panics(frame_put(f)));
}

/* Two domains come by frames, share, drop, steal and die in random order. */
static void random_life(void **state)
{
    static struct frame *held[512];
    unsigned int nr = 0;
    uint64_t seed = 3;

    start();
    struct domain *d[2] = { sim_domain(1, 1), sim_domain(2, 1) };
    uint64_t before = heap_free_frames();
    for (unsigned int step = 0; step < 50000; step++) {
        uint64_t r = sim_random(&seed);
        struct domain *who = d[r >> 8 & 1];
        struct frame *first = frame_list_first(&who->frames);
        switch (r % 5) {
        case 0:
            domain_alloc_frames(who, (r >> 16) % 4, r >> 20 & 1 ? HEAP_ZERO : 0);
            break;
        case 1:
            if (nr < ARRAY_SIZE(held) && first && frame_get(first, who))
                held[nr++] = first;
            break;
        case 2:
            if (nr)
                frame_put(held[--nr]);
            break;
        case 3:
            if (first && frame_clear_allocated(first))
                frame_put(first);
            break;
        case 4:
            if (!first || domain_steal_frame(who, first))
                break;
            domain_uncharge_frames(who, 1);
            if (domain_assign_frames(d[~r >> 8 & 1], frame_to_mfn(first), 0))
                heap_free(frame_to_mfn(first), 0, true);
        }
        if (step % 512 == 0) {
            check_list(d[0]);
            check_list(d[1]);
            assert_int_equal(heap_free_frames(), before - d[0]->tot_pages - d[1]->tot_pages);
        }
    }
    while (nr)
        frame_put(held[--nr]);
    for (unsigned int i = 0; i < 2; i++) {
        domain_pause(d[i]);
        while (domain_kill(d[i]))
            ;
        assert_int_equal(d[i]->tot_pages, 0);
    }
    assert_int_equal(heap_free_frames(), before);
}

SIM_TESTS(cmocka_unit_test(life_of_a_frame), cmocka_unit_test(last_reference_with_interrupts_off),
          cmocka_unit_test(limits), cmocka_unit_test(stealing),
          cmocka_unit_test(sharing), cmocka_unit_test(reference_limit), cmocka_unit_test(put_without_reference),
          cmocka_unit_test(random_life))
