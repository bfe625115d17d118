/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guess is found by trying: the mistakes that people make (another separator, a unit of two letters, a word with a
 * letter wrong) are undone, one or several at a time, until the reader can read the result. See parts.h.
 */
#include "base/parts.h"

#include "base/format.h"
#include "base/near.h"

#define GUESS_MAX 64U

static size_t word_length(const char *text, size_t len)
{
    size_t n = 0;

    while (n < len && text[n] != '=' && text[n] != ':')
        n++;
    return n;
}

/* The word that @part begins with becomes the nearest known one. */
static bool mend_word(char *part, const char *const *words)
{
    size_t len = word_length(part, strlen(part));
    char rest[GUESS_MAX];
    struct near best = { 0 };

    for (; words && *words; words++)
        near_consider(&best, part, len, *words, word_length(*words, strlen(*words)));
    if (!best.word)
        return false;
    format(rest, sizeof(rest), "%s", part + len);
    format(part, GUESS_MAX, "%.*s%s", (int)best.len, best.word, rest);
    return true;
}

static bool mend_separator(char *part, char wrong, char right)
{
    char *at = strchr(part, wrong);

    if (at)
        *at = right;
    return at;
}

/* "512MB" and "512MiB" are 512M. */
static bool mend_unit(char *part)
{
    size_t len = strlen(part);

    if (len < 3 || (part[len - 1] | 0x20) != 'b')
        return false;
    len -= 1 + ((part[len - 2] | 0x20) == 'i');
    part[len] = 0;
    return true;
}

/* One bit, or two, for each mistake; false if one of them is not there. */
static bool mend(char *part, unsigned int mistakes, const char *const *words)
{
    return (!(mistakes & 1) || mend_separator(part, '=', ':')) && (!(mistakes & 2) || mend_separator(part, ':', '=')) &&
           (!(mistakes & 4) || mend_unit(part)) && (!(mistakes & 8) || mend_word(part, words));
}

bool part_guess(const char *part, size_t len, part_reader *reader, const char *const *words, char *guess, size_t cap)
{
    char tried[GUESS_MAX];

    if (len >= sizeof(tried))
        return false;
    for (unsigned int mistakes = 1; mistakes < 16; mistakes++) {
        format(tried, sizeof(tried), "%.*s", (int)len, part);
        if ((mistakes & 3) == 3 || !mend(tried, mistakes, words) || reader(tried, strlen(tried), NULL, NULL))
            continue;
        return (size_t)format(guess, cap, "%s", tried) < cap;
    }
    return false;
}

static void tell_ignored(const struct part_log *log, const char *part, size_t len, part_reader *reader,
                         const char *const *words)
{
    char guess[GUESS_MAX];
    bool found = part_guess(part, len, reader, words, guess, sizeof(guess));

    log->told(log->opaque, PART_IGNORED, part, len, found ? guess : NULL);
}

int parts_read(const char *text, size_t len, part_reader *reader, const char *const *words, void *out,
               const struct part_log *log)
{
    int first_error = 0;
    bool any = false;

    for (const char *end = text + len; text;) {
        const char *comma = memchr(text, ',', (size_t)(end - text));
        size_t part_len = (size_t)((comma ? comma : end) - text);
        int rc = reader(text, part_len, out, log);

        if (rc && log)
            tell_ignored(log, text, part_len, reader, words);
        if (rc && !log)
            return rc;
        first_error = first_error ? first_error : rc;
        any |= !rc;
        text = comma ? comma + 1 : NULL;
    }
    return any ? 0 : first_error;
}

int part_limited(const struct part_log *log, const char *part, size_t len, const char *which, const char *value)
{
    char hint[48];

    if (!log)
        return -ERANGE;
    format(hint, sizeof(hint), "%s %s", which, value);
    log->told(log->opaque, PART_LIMITED, part, len, hint);
    return 0;
}

void size_text(uint64_t bytes, char *text, size_t cap)
{
    static const char units[] = "BKMGT";
    unsigned int unit = 0;

    if (bytes == UINT64_MAX)
        bytes = bytes >> 40 << 40;
    while (bytes && bytes % 1024 == 0 && unit < sizeof(units) - 2) {
        bytes /= 1024;
        unit++;
    }
    format(text, cap, "%lu%c", (unsigned long)bytes, units[unit]);
}
