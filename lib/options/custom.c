/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options whose values are little languages of their own: memory and vCPUs of dom0, its flags. */
#include "options/custom.h"

#include "base/format.h"
#include "base/parse.h"
#include "base/range.h"

struct amount {
    uint64_t bytes;
    uint8_t percent;
    bool negative;
};

static int parse_percent(const char *text, size_t len, struct amount *a, const struct part_log *log)
{
    uint64_t n;
    int rc = parse_uint(text, len, NULL, &n);

    if (rc == -ERANGE || (!rc && n > 100)) {
        n = 100;
        rc = part_limited(log, text, len + 1, "the maximum", "100%");
    }
    if (!rc)
        a->percent = (uint8_t)n;
    return rc;
}

/* [-]SIZE, [-]PERCENT% or [-]SIZE+PERCENT% */
static int parse_amount(const char *text, size_t len, struct amount *a, const struct part_log *log)
{
    size_t at = len && *text == '-', start;
    char most[32];
    int rc = 0;

    *a = (struct amount){ .negative = at };
    if (len && text[len - 1] == '%') {
        const char *plus = memchr(text, '+', len);

        start = plus ? (size_t)(plus - text) + 1 : at;
        rc = parse_percent(text + start, len - 1 - start, a, log);
        if (rc || !plus)
            return rc;
        len = start - 1;
    }
    rc = parse_size(text + at, len - at, NULL, 1024, &a->bytes);
    if (rc != -ERANGE)
        return rc;
    size_text(a->bytes, most, sizeof(most));
    return part_limited(log, text, len, "the maximum", most);
}

static const char *const dom0_mem_words[] = { "min:", "max:", NULL };

static int dom0_mem_part(const char *text, size_t len, void *out, const struct part_log *log)
{
    bool min = len > 4 && !memcmp(text, "min:", 4), max = len > 4 && !memcmp(text, "max:", 4);
    struct dom0_mem *m = out;
    struct amount a;
    int rc = parse_amount(text + (min || max ? 4 : 0), len - (min || max ? 4 : 0), &a, log);

    if (rc || !m)
        return rc;
    if (min) {
        m->min = a.bytes;
        m->min_percent = a.percent;
        m->min_negative = a.negative;
    } else if (max) {
        m->max = a.bytes;
        m->max_percent = a.percent;
        m->max_negative = a.negative;
    } else {
        m->size = a.bytes;
        m->size_percent = a.percent;
        m->size_negative = a.negative;
    }
    return 0;
}

int option_dom0_mem(const char *value, size_t len, void *out, const struct part_log *log)
{
    struct dom0_mem m = { 0 };
    int rc = parts_read(value, len, dom0_mem_part, dom0_mem_words, &m, log);

    if (!rc)
        *(struct dom0_mem *)out = m;
    return rc;
}

static uint64_t resolve(struct amount a, uint64_t available)
{
    uint64_t part = available / 100 * a.percent + available % 100 * a.percent / 100, sum;

    if (!checked_add(a.bytes, part, &sum))
        sum = UINT64_MAX;
    if (a.negative)
        return available - MIN(sum, available);
    return sum;
}

static bool given(struct amount a)
{
    return a.bytes || a.percent;
}

static struct amount size_of(const struct dom0_mem *o)
{
    return (struct amount){ o->size, o->size_percent, o->size_negative };
}

static struct amount min_of(const struct dom0_mem *o)
{
    return (struct amount){ o->min, o->min_percent, o->min_negative };
}

static struct amount max_of(const struct dom0_mem *o)
{
    return (struct amount){ o->max, o->max_percent, o->max_negative };
}

uint64_t dom0_mem_choose(const struct dom0_mem *o, uint64_t available, uint64_t otherwise, uint64_t *limit)
{
    struct amount size = size_of(o), min = min_of(o), max = max_of(o);
    uint64_t want = given(size) ? resolve(size, available) : otherwise;

    *limit = given(max) ? resolve(max, available) : UINT64_MAX;
    want = MIN(want, *limit);
    if (given(min))
        want = MAX(want, resolve(min, available));
    *limit = MAX(*limit, want);
    return MIN(want, available);
}

/* A part of memory may well be beyond a limit: that is what the limit is for. */
static bool beyond(struct amount a, uint64_t limit)
{
    return a.bytes && !a.percent && !a.negative && a.bytes > limit;
}

bool dom0_mem_remark(const struct dom0_mem *o, uint64_t available, char *text, size_t cap)
{
    struct amount size = size_of(o), min = min_of(o), max = max_of(o);
    uint64_t limit, gets = dom0_mem_choose(o, available, available, &limit), most = UINT64_MAX, asked = 0;

    if (given(max))
        most = resolve(max, available);
    if (given(min) && resolve(min, available) > most)
        asked = resolve(min, available);
    else if (beyond(size, most) || beyond(size, available))
        asked = size.bytes;
    else if (beyond(min, available))
        asked = min.bytes;
    if (!asked)
        return false;
    format(text, cap, "%lu MiB %s and %s %lu MiB: dom0 gets %lu MiB", (unsigned long)(asked >> 20),
           given(min) && asked != size.bytes ? "are the minimum" : "are asked for",
           most < available ? "the maximum is" : "there are", (unsigned long)(MIN(most, available) >> 20),
           (unsigned long)(gets >> 20));
    return true;
}

/* A number of vCPUs; 0 and one that is too large become the nearest that can be. */
static int vcpus_number(const char *text, size_t len, uint32_t *n, const struct part_log *log)
{
    uint64_t value;
    char limit[32];
    int rc = parse_uint(text, len, NULL, &value);

    if (rc && rc != -ERANGE)
        return rc;
    *n = (uint32_t)MIN(MAX(value, 1U), DOM0_VCPUS_MAX);
    if (*n == value)
        return 0;
    format(limit, sizeof(limit), "%u", *n);
    return part_limited(log, text, len, value ? "the maximum" : "the minimum", limit);
}

int option_dom0_vcpus(const char *value, size_t len, void *out, const struct part_log *log)
{
    const char *dash = memchr(value, '-', len);
    size_t first = dash ? (size_t)(dash - value) : len;
    struct dom0_vcpus v = { 0 };
    int rc = vcpus_number(value, first, dash ? &v.min : &v.max, log);

    if (!rc && dash && first + 1 < len)
        rc = vcpus_number(dash + 1, len - first - 1, &v.max, log);
    if (rc || (v.max && v.min > v.max))
        return rc ? rc : -EINVAL;
    *(struct dom0_vcpus *)out = v;
    return 0;
}

uint32_t dom0_vcpus_choose(const struct dom0_vcpus *o, uint32_t cpus)
{
    uint32_t n = MAX(cpus, o->min);

    if (o->max)
        n = MIN(o->min ? n : o->max, o->max); /* a lone number is wanted as it is, a range is a fence */
    return MAX(n, 1U);
}

int option_conswitch(const char *value, size_t len, void *out, const struct part_log *log)
{
    char letter = len ? (char)(*value | 0x20) : 0;

    if (letter < 'a' || letter > 'z' || len > 2 || (len == 2 && value[1] != 'x'))
        return -EINVAL;
    *(struct conswitch *)out = (struct conswitch){ letter, len == 2 };
    return 0;
}

static const char *const dom0_words[] = { "pv", "ignore-required", "no-ignore-required", NULL };

/* pv can be said, not undone: there is nothing else. */
static int dom0_flag(const char *word, size_t len, void *out, const struct part_log *log)
{
    struct dom0_flags *flags = out;

    if (parse_is(word, len, "pv"))
        return 0;
    int on = parse_switch(word, len, "ignore-required");
    if (on < 0)
        return -EINVAL;
    if (flags)
        flags->ignore_required = on;
    return 0;
}

int option_dom0_flags(const char *value, size_t len, void *out, const struct part_log *log)
{
    struct dom0_flags flags = *(struct dom0_flags *)out;
    int rc = parts_read(value, len, dom0_flag, dom0_words, &flags, log);

    if (!rc)
        *(struct dom0_flags *)out = flags;
    return rc;
}
