/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of xentrace's, record by record, and what they say of who ran, who waited and why it woke. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "public.h"
#include "trace/timeline.h"

static uint8_t file[4096];
static size_t size;
static uint64_t last[TRACE_FILE_CPUS];

static void word(uint32_t w)
{
    memcpy(file + size, &w, 4);
    size += 4;
}

/* A record without a time, with up to two words. */
static void plain(uint32_t event, uint32_t nr, uint32_t a, uint32_t b)
{
    word(event | nr << TRACE_EXTRA_SHIFT);
    if (nr > 0)
        word(a);
    if (nr > 1)
        word(b);
}

static void timed(uint64_t stamp, uint32_t event, uint32_t nr, const uint32_t *words)
{
    word(event | nr << TRACE_EXTRA_SHIFT | (uint32_t)TRC_HD_CYCLE_FLAG);
    word((uint32_t)stamp);
    word((uint32_t)(stamp >> 32));
    for (uint32_t i = 0; i < nr; i++)
        word(words[i]);
}
#define TIMED(stamp, event, ...) \
    timed((stamp), (event), sizeof((uint32_t[]){ __VA_ARGS__ }) / 4, (uint32_t[]){ __VA_ARGS__ })

static size_t window(uint32_t cpu)
{
    plain(TRC_TRACE_CPU_CHANGE, 2, cpu, 0);
    return size;
}
static void window_ends(size_t start)
{
    uint32_t bytes = (uint32_t)(size - start);
    memcpy(file + start - 4, &bytes, 4);
}

static void records_are_read(void **state)
{
    struct trace_file f;
    struct trace_event e;

    size = 0;
    size_t w = window(1);
    TIMED(0x500000001, TRC_GUEST | 5, 1, 2, 3);
    plain(TRC_GUEST | 6, 0, 0, 0);
    plain(TRC_TRACE_WRAP_BUFFER, 2, 0, 0);
    window_ends(w);
    w = window(3);
    TIMED(7, TRC_GUEST | 7, 9);
    window_ends(w);

    trace_file_open(&f, file, size, last);
    assert_int_equal(trace_file_next(&f, &e), TRACE_READ_EVENT);
    assert_int_equal(e.event, TRC_GUEST | 5);
    assert_int_equal(e.cpu, 1);
    assert_int_equal(e.stamp, 0x500000001);
    assert_int_equal(trace_word(&e, 2), 3);
    assert_int_equal(trace_word(&e, 3), 0);
    assert_int_equal(trace_word64(&e, 1), 2 | 3ull << 32);
    assert_int_equal(trace_file_next(&f, &e), TRACE_READ_EVENT);
    assert_int_equal(e.stamp, 0x500000001);
    assert_int_equal(trace_file_next(&f, &e), TRACE_READ_EVENT);
    assert_int_equal(e.cpu, 3);
    assert_int_equal(e.stamp, 7);
    assert_int_equal(trace_file_next(&f, &e), TRACE_READ_END);
}

static void wrong_files_are_told(void **state)
{
    static const struct { const char *name; enum trace_read got; uint32_t words[6]; size_t size; } t[] = {
        { "nothing", TRACE_READ_END, { 0 }, 0 },
        { "three bytes", TRACE_READ_CUT, { 0 }, 3 },
        { "a record of nobody's", TRACE_READ_NO_WINDOW, { TRC_GUEST }, 4 },
        { "a text", TRACE_READ_CUT, { 0x6c6c6548, 0x206f }, 8 },
        { "CPU 4096", TRACE_READ_BAD_CPU, { TRC_TRACE_CPU_CHANGE | 2u << 28, 4096, 0 }, 12 },
        { "a window that ends in a record", TRACE_READ_BAD_WINDOW,
          { TRC_TRACE_CPU_CHANGE | 2u << 28, 0, 4, TRC_GUEST | 1u << 28, 5, 6 }, 24 },
        { "a record behind a window", TRACE_READ_BAD_WINDOW,
          { TRC_TRACE_CPU_CHANGE | 2u << 28, 0, 0, TRC_GUEST, 0 }, 20 },
        { "a window longer than the file", TRACE_READ_END,
          { TRC_TRACE_CPU_CHANGE | 2u << 28, 0, ~0u, TRC_GUEST }, 16 },
        { "a record cut short", TRACE_READ_CUT, { TRC_TRACE_CPU_CHANGE | 2u << 28, 0, 8, TRC_GUEST | 1u << 28 }, 16 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        struct trace_file f;
        struct trace_event e;
        enum trace_read got;

        trace_file_open(&f, (const uint8_t *)t[i].words, t[i].size, last);
        do
            got = trace_file_next(&f, &e);
        while (got == TRACE_READ_EVENT);
        if (got != t[i].got)
            fail_msg("%s: %d, not %d", t[i].name, got, t[i].got);
    }
}

/* What the timeline says, one line each. */
static char told[4096];
static struct trace_cpu cpus[TRACE_FILE_CPUS];
static struct trace_vcpu vcpus[64];

static void span(void *data, const struct trace_span *s)
{
    static const char *const states[] = { "?", "runs", "waits", "blocked", "offline" };
    char why[64];

    trace_cause_text(&s->woken, why, sizeof(why));
    snprintf(told + strlen(told), sizeof(told) - strlen(told), "d%uv%u %s %llu-%llu cpu%u%s%s\n", s->who.domain,
             s->who.vcpu, states[s->state], (unsigned long long)s->start, (unsigned long long)s->end, s->cpu,
             *why ? " " : "", why);
}

static void mark(void *data, const struct trace_event *e, struct trace_who who, bool known) { }

static void tell(struct timeline *t)
{
    const struct trace_sink sink = { .span = span, .mark = mark };
    struct trace_file f;
    struct trace_event e;

    told[0] = '\0';
    timeline_init(t, &sink, cpus, vcpus, ARRAY_SIZE(vcpus));
    trace_file_open(&f, file, size, last);
    while (trace_file_next(&f, &e) == TRACE_READ_EVENT)
        timeline_event(t, &e);
    timeline_end(t);
}

#define CHANGE(from, to) (TRC_SCHED_RUNSTATE_CHANGE | RUNSTATE_##from << 8 | RUNSTATE_##to << 4)
#define D0V0 0u
#define D1V0 (1u << 16)

static void why_it_woke(void **state)
{
    struct timeline t;

    size = 0;
    size_t w = window(0);
    TIMED(10, CHANGE(runnable, running), D0V0);
    TIMED(20, CHANGE(running, blocked), D1V0);
    TIMED(30, TRC_PV_HYPERCALL_V2, __HYPERVISOR_event_channel_op | TRC_PV_HYPERCALL_V2_ARG_32(0), EVTCHNOP_send);
    TIMED(31, TRC_SCHED_WAKE, 1, 0);
    TIMED(32, CHANGE(blocked, runnable), D1V0);
    TIMED(40, CHANGE(running, blocked), D0V0);
    TIMED(41, CHANGE(runnable, running), D1V0);
    TIMED(50, TRC_SCHED_WAKE, 0, 0);
    TIMED(51, CHANGE(blocked, runnable), D0V0);
    TIMED(53, TRC_HW_IRQ_HANDLED, 25, 49, 53);
    TIMED(60, CHANGE(running, blocked), D1V0);
    TIMED(61, CHANGE(runnable, running), D0V0);
    TIMED(70, TRC_SCHED_DOM_TIMER_FN, 1, 0);
    TIMED(71, TRC_SCHED_WAKE, 1, 0);
    TIMED(72, CHANGE(blocked, runnable), D1V0);
    TIMED(80, TRC_SCHED_CONTINUE_RUNNING, D0V0);
    window_ends(w);
    tell(&t);
    assert_string_equal(told, "d1v0 blocked 20-32 cpu0 by d0v0: event_channel_op send\n"
                              "d0v0 runs 10-40 cpu0\n"
                              "d1v0 waits 32-41 cpu0 by d0v0: event_channel_op send\n"
                              "d0v0 blocked 40-51 cpu0\n"
                              "d1v0 runs 41-60 cpu0 by d0v0: event_channel_op send\n"
                              "d0v0 waits 51-61 cpu0 by interrupt 25\n"
                              "d1v0 blocked 60-72 cpu0 by its timer\n"
                              "d0v0 runs 61-80 cpu0 by interrupt 25\n"
                              "d1v0 waits 72-80 cpu0 by its timer\n");
}

static void what_is_lost_is_not_drawn(void **state)
{
    struct timeline t;

    size = 0;
    size_t w = window(0);
    TIMED(10, CHANGE(runnable, running), D0V0);
    TIMED(50, TRC_LOST_RECORDS, 7, 0, 20, 0);
    TIMED(60, TRC_SCHED_CONTINUE_RUNNING, D1V0);
    TIMED(70, CHANGE(running, offline), D1V0);
    window_ends(w);
    tell(&t);
    assert_int_equal(t.lost, 7);
    assert_string_equal(told, "d0v0 runs 10-50 cpu0\nd1v0 runs 60-70 cpu0\nd1v0 offline 70-70 cpu0\n");
}

/* More vCPUs than there is room for: the first are right, the others counted. */
static void a_crowd_is_counted(void **state)
{
    struct timeline t;

    size = 0;
    size_t w = window(0);
    for (uint32_t i = 0; i < 100; i++)
        TIMED(i, CHANGE(blocked, runnable), i << 16 | i);
    window_ends(w);
    tell(&t);
    assert_int_equal(t.vcpus, 32);
    assert_int_equal(t.left_out, 68);
}

static void names(void **state)
{
    assert_string_equal(trace_hypercall_name(__HYPERVISOR_mmu_update), "mmu_update");
    assert_null(trace_hypercall_name(63));
    assert_null(trace_hypercall_name(~0u));
    assert_string_equal(trace_hypercall_op(__HYPERVISOR_sched_op, SCHEDOP_block), "block");
    assert_null(trace_hypercall_op(__HYPERVISOR_sched_op, 99));
    assert_null(trace_hypercall_op(__HYPERVISOR_iret, 0));
    assert_string_equal(trace_event_name(&(struct trace_event){ .event = TRC_PV_PAGE_FAULT | TRC_64_FLAG }),
                        "page_fault");
    assert_string_equal(trace_event_name(&(struct trace_event){ .event = TRC_GUEST | 3 }), "guest");
    assert_null(trace_event_name(&(struct trace_event){ .event = 0x0400f001 }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_read), cmocka_unit_test(wrong_files_are_told), cmocka_unit_test(why_it_woke),
        cmocka_unit_test(what_is_lost_is_not_drawn), cmocka_unit_test(a_crowd_is_counted), cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
