/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trace buffers: a tool in dom0 that finds, reads and follows them as xen/trace.h says, and one that writes whatever it
 * likes where it may. The law: what was written is read, record by record, or counted as lost; and nothing outside the
 * pages of a buffer ever changes.
 */
#include "toolstack_world.h"

#include "core/trace/ring.h"
#include "hv/console.h"
#include "hv/event.h"
#include "hv/heap.h"
#include "hv/softirq.h"
#include "hv/trace.h"
#include "pv/mm/types.h"

#define CPUS 4u

/* The tool's side. */
static struct t_info *info;
static uint32_t info_bytes;

static long tbuf(uint32_t cmd, uint32_t size)
{
    struct xen_sysctl op = { .u.tbuf_op = { .cmd = cmd, .size = size, .evt_mask = size } };
    long rc = sysctl_op(XEN_SYSCTL_tbuf_op, &op);

    if (!rc && cmd == XEN_SYSCTL_TBUFOP_get_info) {
        info = op.u.tbuf_op.buffer_mfn ? mfn_to_virt(mfn(op.u.tbuf_op.buffer_mfn)) : NULL;
        info_bytes = op.u.tbuf_op.size;
    }
    return rc;
}

static void trace_with(uint32_t pages)
{
    start();
    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_set_size, pages), 0);
    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_enable, 0), 0);
    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_get_info, 0), 0);
    assert_non_null(info);
}

static mfn_t buffer_page(unsigned int cpu, uint32_t i) { return mfn(((uint32_t *)info)[info->mfn_offset[cpu] + i]); }

struct seen { uint32_t event, nr, word[TRACE_EXTRA_MAX]; uint64_t stamp; };

/* A reader of one buffer, whose pages are where page() says. */
struct reader { uint32_t *(*page)(const struct reader *r, uint32_t i); unsigned int cpu; uint32_t pages; };

static uint32_t *page_of_cpu(const struct reader *r, uint32_t i) { return mfn_to_virt(buffer_page(r->cpu, i)); }
static struct t_buf *head(const struct reader *r) { return (struct t_buf *)r->page(r, 0); }
static uint32_t size_of(const struct reader *r) { return r->pages * (uint32_t)PAGE_SIZE - sizeof(struct t_buf); }

static uint32_t take_word(const struct reader *r)
{
    uint32_t at = sizeof(struct t_buf) + head(r)->cons % size_of(r);
    uint32_t word = r->page(r, at / PAGE_SIZE)[at % PAGE_SIZE / 4];

    head(r)->cons = (head(r)->cons + 4) % (2 * size_of(r));
    return word;
}

/* The next record, or false. One that runs over the end of the buffer is a breach. */
static bool take(const struct reader *r, struct seen *s)
{
    do {
        if (head(r)->cons == head(r)->prod)
            return false;
        uint32_t from = head(r)->cons % size_of(r), h = take_word(r);
        *s = (struct seen){ .event = TRC_HD_TO_EVENT(h), .nr = TRC_HD_EXTRA(h) };
        bool cycles = TRC_HD_INCLUDES_CYCLE_COUNT(h);
        assert_true(from + 4 * (1 + 2 * cycles + s->nr) <= size_of(r));
        if (cycles) {
            s->stamp = take_word(r);
            s->stamp |= (uint64_t)take_word(r) << 32;
        }
        for (uint32_t i = 0; i < s->nr; i++)
            s->word[i] = take_word(r);
    } while (s->event == TRC_TRACE_WRAP_BUFFER);
    return true;
}

static void buffers_are_made_once(void **state)
{
    start();
    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_get_info, 0), 0);
    assert_null(info);
    assert_int_equal(info_bytes, 0);
    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_enable, 0), -EINVAL);
    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_disable, 0), 0);
    static const uint32_t wrong[] = { 0, 0x4000, 0xffff, 0x10000, 0x80000001, ~0u };
    for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++)
        assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_set_size, wrong[i]), -EINVAL);
    assert_int_equal(tbuf(6, 1), -EINVAL);

    uint64_t before = heap_free_frames();
    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_set_size, 0x3f00), -ENOMEM); /* more than the machine has */
    assert_int_equal(heap_free_frames(), before);
    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_enable, 0), -EINVAL);

    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_set_size, 3), 0);
    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_set_size, 3), -EBUSY);
    assert_false(trace_enabled);
}

/* dom0 may read the list and write the buffers; neither is anybody else's, nor the heap's. */
static void pages_are_shown_as_they_should(void **state)
{
    trace_with(3);
    assert_int_equal(info->tbuf_size, 3);
    assert_int_equal(info_bytes, PAGE_SIZE);
    struct frame *f = mfn_to_frame(virt_to_mfn(info));
    assert_int_equal(frame_owner_id(f), DOMID_XEN);
    assert_int_equal(ftw_type(ftw_load(f)), FT_SHARED);
    for (unsigned int cpu = 0; cpu < CPUS; cpu++)
        for (uint32_t i = 0; i < 3; i++) {
            f = mfn_to_frame(buffer_page(cpu, i));
            assert_int_equal(frame_owner_id(f), DOMID_XEN);
            assert_int_equal(ftw_type(ftw_load(f)), FT_WRITABLE);
            assert_int_equal(frame_refs(f), 1);
        }
}

/* What happens to a vCPU that sleeps, and is woken. */
static void a_sleep_is_seen(void **state)
{
    static const struct { uint32_t event, word; } expected[] = {
        { TRC_SCHED_BLOCK, 1 },
        { TRC_SCHED_RUNSTATE_CHANGE | RUNSTATE_running << 8 | RUNSTATE_blocked << 4, 1 << 16 },
        { TRC_SCHED_WAKE, 1 },
        { TRC_SCHED_RUNSTATE_CHANGE | RUNSTATE_blocked << 8 | RUNSTATE_runnable << 4, 1 << 16 },
        { TRC_SCHED_RUNSTATE_CHANGE | RUNSTATE_runnable << 8 | RUNSTATE_running << 4, 1 << 16 },
    };
    struct vcpu *v;
    struct seen s;
    unsigned int found = 0;

    trace_with(8);
    v = domu->vcpu[0];
    unsigned int cpu = v->processor;
    assert_true(v->is_running);
    sim_on_cpu(cpu);
    vcpu_block_current();
    sim_exit_path(cpu);
    vcpu_unblock(v);
    sim_settle();
    const struct reader r = { page_of_cpu, cpu, 8 };
    while (take(&r, &s))
        if (found < ARRAY_SIZE(expected) && s.event == expected[found].event && s.word[0] == expected[found].word)
            found++;
    assert_int_equal(found, ARRAY_SIZE(expected));
}

static unsigned int count(unsigned int cpu, uint32_t event)
{
    const struct reader r = { page_of_cpu, cpu, info->tbuf_size };
    unsigned int nr = 0;
    struct seen s;

    while (take(&r, &s))
        nr += s.event == event;
    return nr;
}

static void masks_choose(void **state)
{
    static const struct { uint32_t mask, event; bool wanted; } t[] = {
        { TRC_ALL, TRC_SCHED_WAKE, true },        { TRC_SCHED, TRC_SCHED_WAKE, true },
        { TRC_SCHED_VERBOSE, TRC_SCHED_WAKE, true }, { TRC_SCHED_MIN, TRC_SCHED_WAKE, false },
        { TRC_MEM, TRC_SCHED_WAKE, false },       { 0, TRC_SCHED_WAKE, false },
        { 0xfff, TRC_SCHED_WAKE, false },         { TRC_PV, TRC_PV_HYPERCALL_V2, true },
        { TRC_PV_ENTRY, TRC_PV_HYPERCALL_SUBCALL, false }, { 0xf0000000, TRC_PV_HYPERCALL_V2, false },
        { TRC_PV | TRC_SCHED_MIN, TRC_SCHED_WAKE, true /* classes and subclasses are not told apart further */ },
    };

    trace_with(2);
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
        assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_set_evt_mask, t[i].mask), 0);
        count(0, 0);
        TRACE(t[i].event, 5);
        if (count(0, t[i].event) != t[i].wanted)
            fail_msg("event %#x with mask %#x", t[i].event, t[i].mask);
    }
    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_set_evt_mask, TRC_ALL), 0);

    struct xen_sysctl op = { .u.tbuf_op = { .cmd = XEN_SYSCTL_TBUFOP_set_cpu_mask, .cpu_mask = { .nr_bits = 2 } } };
    set_xen_guest_handle(op.u.tbuf_op.cpu_mask.bitmap, (uint8_t *)AREA);
    *AREA = 2;
    assert_int_equal(sysctl_op(XEN_SYSCTL_tbuf_op, &op), 0);
    for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
        sim_on_cpu(cpu);
        TRACE(TRC_SCHED_WAKE, 0xabcd);
        assert_int_equal(count(cpu, TRC_SCHED_WAKE), cpu == 1);
    }
}

/* Records of all lengths through a small buffer, read as it goes: none is missing, and many met the end. */
static void nothing_is_missing_across_the_end(void **state)
{
    const struct reader r = { page_of_cpu, 0, 1 };
    uint32_t word[TRACE_EXTRA_MAX], sent = 0, got = 0;
    uint64_t random = 1;
    struct seen s;

    trace_with(1);
    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_set_evt_mask, TRC_GUEST), 0);
    count(0, 0);
    for (unsigned int i = 0; i < 20000; i++) {
        unsigned int nr = 1 + sim_random(&random) % TRACE_EXTRA_MAX;
        for (unsigned int w = 0; w < nr; w++)
            word[w] = sent++;
        trace_add(TRC_GUEST | nr, word, nr);
        for (unsigned int n = sim_random(&random) % 3; n && take(&r, &s); n--) {
            assert_int_equal(s.event, TRC_GUEST | s.nr);
            for (unsigned int w = 0; w < s.nr; w++)
                assert_int_equal(s.word[w], got++);
        }
        while (sent - got > 400 && take(&r, &s))
            for (unsigned int w = 0; w < s.nr; w++)
                assert_int_equal(s.word[w], got++);
    }
    while (take(&r, &s))
        for (unsigned int w = 0; w < s.nr; w++)
            assert_int_equal(s.word[w], got++);
    assert_int_equal(got, sent);
}

static void what_is_lost_is_counted(void **state)
{
    const struct reader r = { page_of_cpu, 0, 1 };
    uint32_t written = 0;
    struct seen s;

    trace_with(1);
    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_set_evt_mask, TRC_GUEST), 0);
    for (uint32_t i = 0; i < 1000; i++) {
        sim_pass(10);
        TRACE(TRC_GUEST | 1, i);
    }
    while (take(&r, &s))
        assert_int_equal(s.word[0], written++);
    assert_int_equal(written, (PAGE_SIZE - sizeof(struct t_buf)) / 16);
    uint64_t first_lost = s.stamp + 10;
    sim_pass(10);
    TRACE(TRC_GUEST | 2, 77);
    assert_true(take(&r, &s));
    assert_int_equal(s.event, TRC_LOST_RECORDS);
    assert_int_equal(s.nr, 4);
    assert_int_equal(s.word[0], 1000 - written);
    assert_int_equal(s.word[1], current_vcpu()->domain->id | current_vcpu()->id << 16);
    assert_int_equal(s.word[2] | (uint64_t)s.word[3] << 32, first_lost);
    assert_true(take(&r, &s));
    assert_int_equal(s.word[0], 77);
    assert_false(take(&r, &s));
}

/* What an earlier session lost is none of the next one's. */
static void a_new_session_has_lost_nothing(void **state)
{
    const struct reader r = { page_of_cpu, 0, 1 };
    struct seen s;

    trace_with(1);
    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_set_evt_mask, TRC_GUEST), 0);
    for (uint32_t i = 0; i < 1000; i++)
        TRACE(TRC_GUEST | 1, i);
    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_disable, 0), 0);
    assert_false(trace_on());
    TRACE(TRC_GUEST | 1, 1);
    head(&r)->cons = head(&r)->prod;
    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_enable, 0), 0);
    TRACE(TRC_GUEST | 3, 5);
    assert_true(take(&r, &s));
    assert_int_equal(s.event, TRC_GUEST | 3);
}

static void the_reader_is_told_at_half(void **state)
{
    const struct reader r = { page_of_cpu, 0, 1 };
    int port;

    start();
    hardware_domain = dom0;
    port = evtchn_bind_virq(dom0, VIRQ_TBUF, 0);
    assert_true(port > 0);
    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_set_evt_mask, TRC_GUEST), 0);
    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_set_size, 1), 0);
    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_enable, 0), 0);
    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_get_info, 0), 0);
    for (unsigned int round = 0; round < 5; round++) {
        while ((head(&r)->prod + 2 * size_of(&r) - head(&r)->cons) % (2 * size_of(&r)) + 32 < size_of(&r) / 2)
            TRACE(TRC_GUEST | 1, 1);
        sim_settle();
        assert_false(evtchn_port_pending(dom0, (uint32_t)port));
        for (unsigned int i = 0; i < 3; i++)
            TRACE(TRC_GUEST | 1, 1);
        sim_settle();
        assert_true(evtchn_port_pending(dom0, (uint32_t)port));
        __atomic_fetch_and(&dom0->shared_info->evtchn_pending[0], ~(1UL << port), __ATOMIC_SEQ_CST);
        head(&r)->cons = head(&r)->prod;
    }
}

/* A buffer between pages that nobody may touch. */
#define PAGES 3u
static uint32_t arena[2 * PAGES + 1][PAGE_SIZE / 4];
static uint32_t *arena_page[PAGES];
static uint32_t *page_of_arena(const struct reader *r, uint32_t i) { return arena_page[i]; }

static void no_index_leads_outside(void **state)
{
    static uint32_t guard[PAGE_SIZE / 4];
    const struct reader r = { page_of_arena, 0, PAGES };
    const uint32_t word[TRACE_EXTRA_MAX] = { 1, 2, 3, 4, 5, 6, 7 };
    uint64_t random = 7, written = 0, lost = 0;
    struct trace_ring ring;

    memset(guard, 0x5a, sizeof(guard));
    memset(arena, 0x5a, sizeof(arena));
    for (uint32_t i = 0; i < PAGES; i++) {
        arena_page[PAGES - 1 - i] = arena[2 * i + 1]; /* in no order */
        memset(arena[2 * i + 1], 0, PAGE_SIZE);
    }
    trace_ring_init(&ring, arena_page, PAGES);
    for (unsigned int i = 0; i < 300000; i++) {
        uint64_t dice = sim_random(&random);
        uint32_t near[] = { 0, 2 * ring.size, ring.size, ring.prod, (uint32_t)dice, 2 * ring.size - 4, ~0u,
                            (ring.prod + ring.size) % (2 * ring.size) };
        if (dice % 4 == 0)
            head(&r)->cons = near[dice / 4 % 8] + (uint32_t)(dice / 32 % 5) - 2;
        if (dice % 3 == 0)
            head(&r)->prod = (uint32_t)(dice >> 20);
        if (dice % 7 == 0)
            arena_page[dice / 7 % PAGES][2 + dice / 21 % 1022] = (uint32_t)(dice >> 8);
        const struct trace_record record = {
            .event = TRC_GUEST, .word = word, .nr = (unsigned int)(dice >> 40) % (TRACE_EXTRA_MAX + 1)
        };
        if (trace_ring_write(&ring, &record) == TRACE_LOST) {
            lost++;
        } else {
            written++;
            assert_int_equal(head(&r)->prod, ring.prod);
        }
        assert_true(ring.prod < 2 * ring.size && ring.prod % 4 == 0);
    }
    for (uint32_t i = 0; i <= PAGES; i++)
        assert_memory_equal(arena[2 * i], guard, sizeof(guard));
    assert_true(written > 1000 && lost > 1000);

    /* And it mends itself as soon as the index makes sense. */
    struct seen s;
    uint32_t missing = ring.lost;
    head(&r)->cons = head(&r)->prod = ring.prod;
    const struct trace_record last = { .event = TRC_GUEST | 9, .word = word, .nr = 1 };
    assert_int_not_equal(trace_ring_write(&ring, &last), TRACE_LOST);
    if (missing) {
        assert_true(take(&r, &s));
        assert_int_equal(s.word[0], missing);
    }
    assert_true(take(&r, &s));
    assert_int_equal(s.event, TRC_GUEST | 9);
}

/* The same through the machine: it says so once, and only that CPU's records are lost. */
static void a_wrong_index_is_told(void **state)
{
    const struct reader r = { page_of_cpu, 0, 1 }, other = { page_of_cpu, 1, 1 };
    char text[4096] = "";
    uint32_t index = 0;
    struct seen s;

    trace_with(1);
    count(1, 0);
    head(&r)->cons = 0xdeadbeef;
    for (unsigned int i = 0; i < 10; i++) {
        TRACE(TRC_GUEST | 1, i);
        sim_settle();
    }
    console_read_ring(text, sizeof(text) - 1, false, true, &index);
    char *at = strstr(text, "0xdeadbeef");
    assert_non_null(at);
    assert_null(strstr(at + 1, "0xdeadbeef"));
    sim_on_cpu(1);
    TRACE(TRC_GUEST | 1, 3);
    assert_true(take(&other, &s));
}

static void a_hypercall_tells_what_it_is(void **state)
{
    const struct reader r = { page_of_cpu, 0, 4 };
    struct seen s;

    trace_with(4);
    assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_set_evt_mask, TRC_PV), 0);
    const struct hypercall grant = { .nr = __HYPERVISOR_grant_table_op, .arg = { 5, 0xffff800012345678, 3 } };
    trace_hypercall(&grant, false);
    assert_true(take(&r, &s));
    assert_int_equal(s.event, TRC_PV_HYPERCALL_V2);
    assert_int_equal(s.word[0], __HYPERVISOR_grant_table_op | TRC_PV_HYPERCALL_V2_ARG_32(0) |
                                    TRC_PV_HYPERCALL_V2_ARG_32(2));
    assert_int_equal(s.nr, 3);
    assert_int_equal(s.word[1], 5);
    assert_int_equal(s.word[2], 3);
    const struct hypercall wild = { .nr = ~0u, .arg = { ~0ULL, ~0ULL, ~0ULL, ~0ULL, ~0ULL } };
    trace_hypercall(&wild, true);
    assert_true(take(&r, &s));
    assert_int_equal(s.event, TRC_PV_HYPERCALL_SUBCALL);
    assert_int_equal(s.nr, 1);
    assert_int_equal(s.word[0], 0xfffff);
}

SIM_TESTS(cmocka_unit_test(buffers_are_made_once), cmocka_unit_test(pages_are_shown_as_they_should),
          cmocka_unit_test(a_sleep_is_seen), cmocka_unit_test(masks_choose),
          cmocka_unit_test(nothing_is_missing_across_the_end), cmocka_unit_test(what_is_lost_is_counted),
          cmocka_unit_test(a_new_session_has_lost_nothing), cmocka_unit_test(the_reader_is_told_at_half),
          cmocka_unit_test(no_index_leads_outside), cmocka_unit_test(a_wrong_index_is_told),
          cmocka_unit_test(a_hypercall_tells_what_it_is))
