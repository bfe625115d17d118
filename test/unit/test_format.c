/* SPDX-License-Identifier: GPL-2.0-or-later */
/* format() against the C library's own snprintf, for everything that both define alike; then what is ours alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/format.h"

/* Both print into buffers of each size up to 40: text, cut and returned length must agree. */
#define SAME(...)                                                            \
    do {                                                                     \
        for (size_t cap = 0; cap <= 40; cap++) {                             \
            char ours[48] = "untouched", theirs[48] = "untouched";           \
            int a = format(ours, cap, __VA_ARGS__);                          \
            int b = snprintf(theirs, cap, __VA_ARGS__);                      \
            assert_int_equal(a, b);                                          \
            assert_string_equal(ours, theirs);                               \
        }                                                                    \
    } while (0)

#pragma GCC diagnostic ignored "-Wformat-truncation"
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wformat"
#endif

static void test_integers(void **state)
{
    static const long values[] = { 0, 1, -1, 9, 10, 42, 127, 128, -128, 255, 32768, 2147483647, -2147483648L,
                                   4294967296L, 9223372036854775807L, -9223372036854775807L - 1 };

    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        long v = values[i];

        SAME("%d|%i|%u|%x|%X|%o", (int)v, (int)v, (unsigned)v, (unsigned)v, (unsigned)v, (unsigned)v);
        SAME("%ld|%lu|%lx", v, v, v);
        SAME("%lld|%llu|%#llx", (long long)v, (unsigned long long)v, (unsigned long long)v);
        SAME("%zu|%zx|%jd|%td", (size_t)v, (size_t)v, (intmax_t)v, (ptrdiff_t)v);
        SAME("%hd|%hu|%hhd|%hhu|%hhx", (short)v, (unsigned short)v, (signed char)v, (unsigned char)v, (unsigned char)v);
        SAME("[%5d][%-5d][%05d][%+d][% d]", (int)v, (int)v, (int)v, (int)v, (int)v);
        SAME("[%08x][%#010x][%-#8x][%.4x][%8.3d]", (unsigned)v, (unsigned)v, (unsigned)v, (unsigned)v, (int)v);
        SAME("[%016lx][%.0d][%*d][%-*d]", v, (int)v, 7, (int)v, 7, (int)v);
    }
    SAME("[%*d]", -6, 42);
}

static void test_strings(void **state)
{
    static const char open_ended[4] = { 'a', 'b', 'c', 'd' };

    SAME("plain text and 100%%");
    SAME("%s", "");
    SAME("[%s][%8s][%-8s][%.2s][%6.2s]", "xen", "xen", "xen", "xen", "xen");
    SAME("[%.*s]", 4, open_ended);
    SAME("[%c%c][%3c][%-3c]", 'o', 'k', 'x', 'y');
}

/* format() without its printf attribute: for what the compiler would rightly warn of. */
static int print(char *buf, size_t cap, const char *fmt, ...)
{
    va_list ap;
    int len;

    va_start(ap, fmt);
    len = vformat(buf, cap, fmt, ap);
    va_end(ap);
    return len;
}

static void test_own_conventions(void **state)
{
    char buf[64];

    assert_int_equal(print(buf, sizeof(buf), "%p", (void *)0xffff830000001000UL), 18);
    assert_string_equal(buf, "0xffff830000001000");
    print(buf, sizeof(buf), "%p", NULL);
    assert_string_equal(buf, "0x0000000000000000");
    print(buf, sizeof(buf), "%s", (const char *)NULL);
    assert_string_equal(buf, "(null)");
    print(buf, sizeof(buf), "%y and %q stay, so does a final %");
    assert_string_equal(buf, "%y and %q stay, so does a final %");
    print(buf, sizeof(buf), "%999999999999d", 1);
    assert_int_equal(strlen(buf), sizeof(buf) - 1);
}

static void test_append(void **state)
{
    char buf[8] = "";

    assert_int_equal(format_append(buf, sizeof(buf), "%s", "abc"), 3);
    assert_int_equal(format_append(buf, sizeof(buf), "-%d", 12), 6);
    assert_int_equal(format_append(buf, sizeof(buf), "xyz"), 7);
    assert_string_equal(buf, "abc-12x");
    assert_int_equal(format_append(buf, sizeof(buf), "more"), 7);
}

static void keep_line(void *opaque, enum lib_log_level level, const char *text)
{
    assert_int_equal(level, LIB_LOG_WARNING);
    strcpy(opaque, text);
}

static void test_report(void **state)
{
    char line[256];
    struct lib_log log = { keep_line, line };

    lib_report(&log, LIB_LOG_WARNING, "cpu %u", 3);
    assert_string_equal(line, "cpu 3");
    lib_report(&log, LIB_LOG_WARNING, "%300d", 3);
    assert_int_equal(strlen(line), 239);
    lib_report(NULL, LIB_LOG_WARNING, "nobody listens");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers), cmocka_unit_test(test_strings), cmocka_unit_test(test_own_conventions),
        cmocka_unit_test(test_append),   cmocka_unit_test(test_report),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
