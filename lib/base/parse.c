/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All numbers go through parse_uint(), which stops at overflow; the other kinds are built on it. */
#include "base/parse.h"

#include "base/range.h"

unsigned int parse_digit(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned int)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned int)(c - 'a' + 10);
    if (c >= 'A' && c <= 'F')
        return (unsigned int)(c - 'A' + 10);
    return 16;
}

/* The caller who gives no place for the used length wants all of the text to be used. */
static int finish(size_t at, size_t len, size_t *used, bool fits)
{
    if (used)
        *used = at;
    else if (at != len)
        return -EINVAL;
    return fits ? 0 : -ERANGE;
}

int parse_uint(const char *text, size_t len, size_t *used, uint64_t *value)
{
    bool hex = len > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') && parse_digit(text[2]) < 16;
    unsigned int base = hex ? 16 : 10;
    size_t start = hex ? 2 : 0, at = start;
    bool fits = true;
    uint64_t n = 0;

    for (; at < len && parse_digit(text[at]) < base; at++)
        fits = fits && checked_mul(n, base, &n) && checked_add(n, parse_digit(text[at]), &n);
    if (at == start)
        return -EINVAL;
    *value = fits ? n : UINT64_MAX;
    return finish(at, len, used, fits);
}

static unsigned int unit_shift(char c)
{
    switch (c) {
    case 'B':
    case 'b': return 0;
    case 'K':
    case 'k': return 10;
    case 'M':
    case 'm': return 20;
    case 'G':
    case 'g': return 30;
    case 'T':
    case 't': return 40;
    default: return 64;
    }
}

int parse_size(const char *text, size_t len, size_t *used, uint64_t unit, uint64_t *bytes)
{
    uint64_t n;
    size_t at;
    int rc = parse_uint(text, len, &at, &n);

    if (rc && rc != -ERANGE)
        return rc;
    if (at < len && unit_shift(text[at]) < 64)
        unit = BIT(unit_shift(text[at++]));
    bool fits = !rc && checked_mul(n, unit, bytes);
    if (!fits)
        *bytes = UINT64_MAX;
    return finish(at, len, used, fits);
}

bool parse_is(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && !memcmp(text, word, len);
}

int parse_bool(const char *text, size_t len)
{
    static const char *const words[2][5] = {
        { "no", "off", "false", "disable", "0" },
        { "yes", "on", "true", "enable", "1" },
    };

    for (int value = 0; value < 2; value++) {
        for (size_t i = 0; i < ARRAY_SIZE(words[value]); i++) {
            if (parse_is(text, len, words[value][i]))
                return value;
        }
    }
    return -EINVAL;
}

int parse_switch(const char *item, size_t len, const char *name)
{
    size_t n = strlen(name);

    if (parse_is(item, len, name))
        return 1;
    if (len == n + 3 && !memcmp(item, "no-", 3) && !memcmp(item + 3, name, n))
        return 0;
    if (len > n && item[n] == '=' && !memcmp(item, name, n))
        return parse_bool(item + n + 1, len - n - 1);
    return -ENOENT;
}
