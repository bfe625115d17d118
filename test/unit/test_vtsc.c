/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual TSCs: which mode emulates, what is saved and restored, and that a guest's arithmetic gives system time back.
 */
#include "x86/tsc/vtsc.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { HOST = 2100000 };
#define SECOND 1000000000ULL

static void modes(void **state)
{
    static const struct {
        const char *name;
        struct vtsc_info in;
        int rc;
        bool emulated;
        uint32_t khz;
    } t[] = {
        { "default, new", { VTSC_DEFAULT, 0, 0, 0 }, 0, false, HOST },
        { "default, same frequency", { VTSC_DEFAULT, HOST, 3, 99 }, 0, false, HOST },
        { "default, from another machine", { VTSC_DEFAULT, 3000000, 0, 99 }, 0, true, 3000000 },
        { "always", { VTSC_ALWAYS_EMULATE, 0, 0, 0 }, 0, true, HOST },
        { "always, of its own frequency", { VTSC_ALWAYS_EMULATE, 1000000, 0, 0 }, 0, true, 1000000 },
        { "never", { VTSC_NEVER_EMULATE, 3000000, 0, 0 }, 0, false, HOST },
        { "PVRDTSCP", { 3, 0, 0, 0 }, -EINVAL, false, 0 },
        { "unknown", { ~0u, 0, 0, 0 }, -EINVAL, false, 0 },
    };
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        struct vtsc v = { 0 };
        int rc = vtsc_set(&v, &t[i].in, HOST, 5 * SECOND);
        if (rc != t[i].rc || v.emulated != t[i].emulated || v.khz != t[i].khz)
            fail_msg("%s: %d, emulated %d, %u kHz", t[i].name, rc, v.emulated, v.khz);
        if (!rc)
            assert_int_equal(v.incarnation, t[i].in.incarnation + 1);
    }
}

/* A domain is saved here and restored where time has another beginning and the processor another frequency. */
static void saved_and_restored(void **state)
{
    struct vtsc here = { 0 }, there = { 0 };
    const struct vtsc_info first = { VTSC_ALWAYS_EMULATE, 0, 0, 0 };
    assert_int_equal(vtsc_set(&here, &first, HOST, 100 * SECOND), 0);
    assert_int_equal(vtsc_ticks(&here, 100 * SECOND), 0);
    assert_int_equal(vtsc_ticks(&here, 101 * SECOND), HOST * 1000ULL);

    struct vtsc_info saved = vtsc_get(&here, HOST, 107 * SECOND + 5, 1);
    assert_int_equal(saved.elapsed_ns, 7 * SECOND + 5);
    assert_int_equal(saved.khz, HOST);
    assert_int_equal(saved.incarnation, 1);
    uint64_t before = vtsc_ticks(&here, 107 * SECOND + 5);
    assert_int_equal(vtsc_set(&there, &saved, 3333333, 2 * SECOND), 0); /* younger than the domain's counter */
    assert_int_equal(vtsc_ticks(&there, 2 * SECOND), before);
    assert_int_equal(vtsc_ticks(&there, 3 * SECOND), before + HOST * 1000ULL);
    assert_int_equal(there.incarnation, 2);

    const struct vtsc_info plain = { VTSC_DEFAULT, 0, 0, 0 }, never = { VTSC_NEVER_EMULATE, 0, 4, 0 };
    assert_int_equal(vtsc_set(&here, &plain, HOST, SECOND), 0);
    saved = vtsc_get(&here, HOST, 9 * SECOND, 77); /* native: what the processor shows */
    assert_int_equal(saved.elapsed_ns, 77);
    assert_int_equal(saved.khz, HOST);
    assert_int_equal(vtsc_set(&here, &never, HOST, SECOND), 0);
    saved = vtsc_get(&here, HOST, 9 * SECOND, 77);
    assert_int_equal(saved.elapsed_ns | saved.khz, 0);
    assert_int_equal(saved.incarnation, 5);
}

/* The law of vcpu_time_info: stamp plus scaled difference is system time, however long ago the stamp was made. */
static void guest_arithmetic(void **state)
{
    static const uint32_t khz[] = { 1, 999, 10000, 1000000, 1000001, 2000000, 2100000, 3999999, 10000000, 4000000000u };
    for (size_t i = 0; i < sizeof(khz) / sizeof(khz[0]); i++) {
        struct vtsc v = { 0 };
        const struct vtsc_info in = { VTSC_ALWAYS_EMULATE, khz[i], 0, 0 };
        uint64_t stamp = 500 * SECOND, tick_ns = 1000000 / khz[i] + 1;
        assert_int_equal(vtsc_set(&v, &in, HOST, 3 * SECOND), 0);
        for (uint64_t later = 1; later < 10 * SECOND; later = later * 3 + 1) {
            uint64_t ticks = vtsc_ticks(&v, stamp + later) - vtsc_ticks(&v, stamp);
            uint64_t ns = tsc_scale_to_ns(ticks, &v.to_ns), error = ns > later ? ns - later : later - ns;
            if (error > 2 * tick_ns + later / 100000000)
                fail_msg("%u kHz: %lu ns are shown as %lu", khz[i], (unsigned long)later, (unsigned long)ns);
        }
    }
}

static void monotonic_for_years(void **state)
{
    struct vtsc v = { 0 };
    const struct vtsc_info in = { VTSC_ALWAYS_EMULATE, 5000000, 0, 0 };
    assert_int_equal(vtsc_set(&v, &in, HOST, 0), 0);
    uint64_t last = 0;
    for (uint64_t ns = 1; ns < 100ULL * 365 * 86400 * SECOND; ns += ns / 3 + 1) {
        uint64_t ticks = vtsc_ticks(&v, ns);
        assert_true(ticks >= last);
        assert_true(ticks / 5 <= ns && ns - ticks / 5 <= 1);
        last = ticks;
    }
}

static void scales(void **state)
{
    static const struct { uint64_t hz; int shift; } t[] = {
        { 1000000000, 1 }, { 1000000001, 0 }, { 2000000000, 0 }, { 2000000002, -1 }, { 500000000, 2 }, { 1, 30 },
    };
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        struct tsc_scale s = tsc_scale_for(t[i].hz);
        assert_int_equal(s.shift, t[i].shift);
        uint64_t second = tsc_scale_to_ns(t[i].hz, &s);
        assert_true(second <= SECOND && SECOND - second < 4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modes),
        cmocka_unit_test(saved_and_restored),
        cmocka_unit_test(guest_arithmetic),
        cmocka_unit_test(monotonic_for_years),
        cmocka_unit_test(scales),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
