/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every row of gen/options.tbl is put to the same questions: what a number beyond its limits gives, what garbage gives,
 * what a bad part does to its good neighbours, and what a name with a letter too many is answered. A new row is asked,
 * too; one with a form of its own needs a sample here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/near.h"
#include "options/row.h"

#define GARBAGE "@~"

static char lines[2048];

static void keep_line(void *opaque, enum lib_log_level level, const char *text)
{
    size_t used = strlen(lines);

    snprintf(lines + used, sizeof(lines) - used, "%s\n", text);
}

static const struct lib_log keep_log = { keep_line, NULL };

/* A form of its own: two parts that are good alone and together, if parts there are. */
static const struct {
    const char *name, *good, *other;
} samples[] = {
    { "conswitch", "bx", NULL },
    { "crashkernel", "1G-2G:64M", "2G-:128M" },
    { "dom0", "pv", "ignore-required" },
    { "dom0_max_vcpus", "1-4", NULL },
    { "dom0_mem", "512M", "max:1G" },
};

static struct hv_options parsed(const char *name, const char *value, unsigned int reported)
{
    char line[1200];
    struct hv_options o;

    lines[0] = 0;
    snprintf(line, sizeof(line), "%s%s%s", name, value ? "=" : "", value ? value : "");
    options_default(&o);
    unsigned int n = options_parse(line, &o, &keep_log);
    if (n != reported)
        fail_msg("%s: %u reported, wanted %u: %s", line, n, reported, lines);
    if (reported && !strstr(lines, name))
        fail_msg("%s: not named: %s", line, lines);
    if (strstr(lines, "docs") || strstr(lines, ".md"))
        fail_msg("%s: sends the reader to a file: %s", line, lines);
    return o;
}

static void require_same(const struct option_row *row, const char *value, const struct hv_options *a,
                         const struct hv_options *b)
{
    if (memcmp(a, b, sizeof(*a)))
        fail_msg("%s=%s gives another value than it should: %s", row->name, value, lines);
}

static uint64_t number_in(const struct hv_options *o, const struct option_row *row)
{
    uint64_t n = 0;

    memcpy(&n, (const char *)o + row->offset, row->size);
    return n;
}

static void ask_number(const struct option_row *row)
{
    const char *unit = row->kind == OPTION_SIZE ? "B" : "";
    char value[32], named[32];
    struct hv_options o;

    snprintf(value, sizeof(value), "%llu%s", (unsigned long long)row->number.high, unit);
    o = parsed(row->name, value, 0);
    assert_int_equal(number_in(&o, row), row->number.high);
    o = parsed(row->name, "99999999999999999999999", 1);
    assert_int_equal(number_in(&o, row), row->number.high);
    if (row->kind == OPTION_SIZE)
        size_text(row->number.high, named, sizeof(named));
    else
        snprintf(named, sizeof(named), "%llu", (unsigned long long)row->number.high);
    if (!strstr(lines, named))
        fail_msg("%s: the maximum, %s, is not named: %s", row->name, named, lines);
    if (row->number.high < UINT64_MAX) {
        snprintf(value, sizeof(value), "%llu%s", (unsigned long long)row->number.high + 1, unit);
        o = parsed(row->name, value, 1);
        assert_int_equal(number_in(&o, row), row->number.high);
        assert_int_equal(options_set(&o, row->name, value), -EINVAL); /* asked to, it is strict */
        assert_int_equal(number_in(&o, row), row->number.high);
    }
    if (!row->number.low)
        return;
    snprintf(value, sizeof(value), "%llu%s", (unsigned long long)row->number.low - 1, unit);
    o = parsed(row->name, value, 1);
    assert_int_equal(number_in(&o, row), row->number.low);
}

/* One good part and garbage, on either side of it. */
static void ask_parts(const struct option_row *row, const char *good)
{
    struct hv_options wanted = parsed(row->name, good, 0), o;
    char value[128], quoted[64];

    snprintf(quoted, sizeof(quoted), ": '%s'", good);
    for (unsigned int order = 0; order < 2; order++) {
        snprintf(value, sizeof(value), order ? GARBAGE ",%s" : "%s," GARBAGE, good);
        o = parsed(row->name, value, 1);
        require_same(row, value, &o, &wanted);
        if (!strstr(lines, ": '" GARBAGE "' is ignored") || strstr(lines, quoted))
            fail_msg("%s=%s: the bad part, and it alone, is to be named: %s", row->name, value, lines);
        assert_int_equal(options_set(&o, row->name, value), -EINVAL);
        require_same(row, value, &o, &wanted);
    }
}

static void ask_custom(const struct option_row *row)
{
    for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
        if (strcmp(samples[i].name, row->name))
            continue;
        parsed(row->name, samples[i].good, 0);
        assert_non_null(row->syntax);
        if (samples[i].other) {
            ask_parts(row, samples[i].good);
            ask_parts(row, samples[i].other);
        }
        return;
    }
    fail_msg("%s has a form of its own and no sample in this test", row->name);
}

/* A list that is too long keeps what fits. */
static void ask_room(const struct option_row *row)
{
    char value[1024] = "abc", *end = value + strlen(value);
    struct hv_options o;

    while (strlen(value) + 4 < row->size)
        end += sprintf(end, ",abc");
    struct hv_options full = parsed(row->name, value, 0);
    strcpy(end, ",last-one");
    o = parsed(row->name, value, 1);
    require_same(row, value, &o, &full);
    if (!strstr(lines, "'last-one'"))
        fail_msg("%s: what does not fit is not named: %s", row->name, lines);
    for (end += strlen(end); end < value + 900; end += strlen(end))
        strcpy(end, ",ab,ab,ab");
    o = parsed(row->name, value, 1);
    assert_int_equal(strncmp((char *)&o + row->offset, "abc,", 4), 0);
}

static void ask_list(const struct option_row *row)
{
    if (!row->words) {
        ask_room(row);
        return;
    }
    for (const char *const *w = row->words; *w; w++) {
        char value[64];

        parsed(row->name, *w, 0);
        if (row->separator == ',') {
            ask_parts(row, *w);
            continue;
        }
        struct hv_options wanted = parsed(row->name, *w, 0);
        snprintf(value, sizeof(value), "%s/" GARBAGE, *w);
        struct hv_options o = parsed(row->name, value, 1);
        if (strcmp(row->name, "guest_loglvl")) /* whose default has a second part */
            require_same(row, value, &o, &wanted);
    }
}

static void every_row(void **state)
{
    struct hv_options defaults;

    options_default(&defaults);
    for (size_t i = 0; i < option_rows_count; i++) {
        const struct option_row *row = &option_rows[i];
        struct hv_options o;
        char text[64];

        if (row->kind == OPTION_UNSUPPORTED || row->kind == OPTION_STRING ||
            (row->kind == OPTION_LIST && !row->words)) {
            memset(text, 'x', sizeof(text));
            text[sizeof(text) - 1] = 0;
            if (row->kind == OPTION_LIST)
                ask_list(row);
            else
                parsed(row->name, text, 1);
            continue;
        }
        o = parsed(row->name, GARBAGE, 1);
        require_same(row, GARBAGE, &o, &defaults);
        assert_int_equal(options_set(&o, row->name, GARBAGE), -EINVAL);
        require_same(row, GARBAGE, &o, &defaults);
        option_value_wanted(row, text, sizeof(text));
        if (!strstr(lines, "should be") && !strstr(lines, "Wanted"))
            fail_msg("%s: what is wanted is not said: %s", row->name, lines);
        if (row->kind == OPTION_UINT || row->kind == OPTION_SIZE)
            ask_number(row);
        else if (row->kind == OPTION_CUSTOM)
            ask_custom(row);
        else if (row->kind == OPTION_LIST)
            ask_list(row);
    }
}

/* A name with one letter too many: either it is another option's, or one that is as near is proposed. */
static void every_name(void **state)
{
    for (size_t i = 0; i < option_rows_count; i++) {
        const char *name = option_rows[i].name, *said;
        char typed[64];

        snprintf(typed, sizeof(typed), "%c%s", name[0], name);
        if (strlen(name) < 3 || options_known(typed, strlen(typed)))
            continue;
        parsed(typed, NULL, 1);
        said = strstr(lines, "did you mean '");
        if (!said)
            fail_msg("%s: no proposal: %s", typed, lines);
        said += strlen("did you mean '");
        assert_in_range(near_distance(typed, strlen(typed), said, strcspn(said, "'"), 3), 0, 1);
    }
}

static void distances(void **state)
{
    static const struct {
        const char *a, *b;
        unsigned int distance; /* 4: more than 3 */
    } rows[] = {
        { "", "", 0 },           { "abc", "abc", 0 },     { "abc", "ABC", 0 },      { "a_c", "a-c", 0 },
        { "abc", "ab", 1 },      { "abc", "abcd", 1 },    { "abc", "acb", 1 },      { "abc", "axc", 1 },
        { "ca", "abc", 3 },      { "kitten", "sitting", 3 }, { "abc", "uvwxyz", 4 }, { "", "abcd", 4 },
        { "0123456789012345678901234567890123456789x", "0123456789012345678901234567890123456789x", 4 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const char *a = rows[i].a, *b = rows[i].b;
        unsigned int d = near_distance(a, strlen(a), b, strlen(b), 3);

        if (d != rows[i].distance || d != near_distance(b, strlen(b), a, strlen(a), 3))
            fail_msg("%s, %s: %u", a, b, d);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row),
        cmocka_unit_test(every_name),
        cmocka_unit_test(distances),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
