/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options whose values are little languages of their own: memory and vCPUs of dom0, its flags. */
#include "options/custom.h"

#include "base/parse.h"
#include "base/range.h"

struct amount {
    uint64_t bytes;
    uint8_t percent;
    bool negative;
};

/* [-]SIZE, [-]PERCENT% or [-]SIZE+PERCENT% */
static int parse_amount(const char *text, size_t len, struct amount *a)
{
    size_t at = len && *text == '-', used;
    uint64_t n;
    int rc;

    a->negative = at;
    a->bytes = a->percent = 0;
    if (len && text[len - 1] == '%') {
        const char *plus = memchr(text, '+', len);
        size_t start = plus ? (size_t)(plus - text) + 1 : at;

        rc = parse_uint(text + start, len - 1 - start, NULL, &n);
        if (rc || n > 100)
            return rc ? rc : -ERANGE;
        a->percent = (uint8_t)n;
        if (!plus)
            return 0;
        len = start - 1;
    }
    rc = parse_size(text + at, len - at, &used, 1024, &a->bytes);
    return rc ? rc : at + used == len ? 0 : -EINVAL;
}

static int dom0_mem_item(const char *text, size_t len, void *out)
{
    struct dom0_mem *m = out;
    bool min = len > 4 && !memcmp(text, "min:", 4), max = len > 4 && !memcmp(text, "max:", 4);
    struct amount a;
    int rc = parse_amount(text + (min || max ? 4 : 0), len - (min || max ? 4 : 0), &a);

    if (rc)
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

int option_dom0_mem(const char *value, size_t len, void *out)
{
    struct dom0_mem m = { 0 };
    int rc = parse_items(value, len, dom0_mem_item, &m);

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

uint64_t dom0_mem_choose(const struct dom0_mem *o, uint64_t available, uint64_t otherwise, uint64_t *limit)
{
    struct amount size = { o->size, o->size_percent, o->size_negative };
    struct amount min = { o->min, o->min_percent, o->min_negative };
    struct amount max = { o->max, o->max_percent, o->max_negative };
    uint64_t want = given(size) ? resolve(size, available) : otherwise;

    *limit = given(max) ? resolve(max, available) : UINT64_MAX;
    want = MIN(want, *limit);
    if (given(min))
        want = MAX(want, resolve(min, available));
    *limit = MAX(*limit, want);
    return MIN(want, available);
}

int option_dom0_vcpus(const char *value, size_t len, void *out)
{
    const char *dash = memchr(value, '-', len);
    size_t first = dash ? (size_t)(dash - value) : len;
    uint64_t min = 0, max = 0;
    int rc = parse_uint(value, first, NULL, dash ? &min : &max);

    if (!rc && dash && first + 1 < len)
        rc = parse_uint(dash + 1, len - first - 1, NULL, &max);
    if (rc)
        return rc;
    if (min > UINT32_MAX || max > UINT32_MAX || (max && min > max) || (!min && !max))
        return -ERANGE;
    *(struct dom0_vcpus *)out = (struct dom0_vcpus){ (uint32_t)min, (uint32_t)max };
    return 0;
}

uint32_t dom0_vcpus_choose(const struct dom0_vcpus *o, uint32_t cpus)
{
    uint32_t n = MAX(cpus, o->min);

    if (o->max)
        n = MIN(o->min ? n : o->max, o->max); /* a lone number is wanted as it is, a range is a fence */
    return MAX(n, 1U);
}

/* pv can be said, not undone: there is nothing else. */
static int dom0_flag(const char *word, size_t len, void *out)
{
    struct dom0_flags *flags = out;
    bool on = !(len > 3 && !memcmp(word, "no-", 3));

    word += on ? 0 : 3;
    len -= on ? 0 : 3;
    if (len == 2 && !memcmp(word, "pv", 2))
        return on ? 0 : -EINVAL;
    if (len != 15 || memcmp(word, "ignore-required", 15))
        return -EINVAL;
    flags->ignore_required = on;
    return 0;
}

int option_dom0_flags(const char *value, size_t len, void *out)
{
    struct dom0_flags flags = *(struct dom0_flags *)out;
    int rc = parse_items(value, len, dom0_flag, &flags);

    if (!rc)
        *(struct dom0_flags *)out = flags;
    return rc;
}
