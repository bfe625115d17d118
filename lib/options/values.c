/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One value of each kind, by its row. A number beyond its limits becomes the limit, and a list keeps what can be used,
 * if there is a log; without a log any fault is an error. See options/row.h.
 */
#include "base/cmdline.h"
#include "base/format.h"
#include "base/near.h"
#include "base/parse.h"
#include "options/row.h"

static void store_number(void *member, const struct option_row *row, uint64_t value)
{
    memcpy(member, &value, row->size); /* little endian: a shorter member takes the low bytes */
}

/* Is @value one of the spellings "a/b/c"? */
static bool is_spelling(const char *value, const char *spellings)
{
    size_t len = strlen(value);

    for (const char *p = spellings; p; p = strchr(p, '/'), p = p ? p + 1 : NULL) {
        if (len && !strncmp(p, value, len) && (p[len] == '/' || !p[len]))
            return true;
    }
    return false;
}

static int parse_word(const struct option_row *row, const char *value, uint64_t *n)
{
    for (*n = 0; row->words[*n]; ++*n) {
        if (is_spelling(value, row->words[*n]))
            return 0;
    }
    return -EINVAL;
}

static void number_text(const struct option_row *row, uint64_t n, char *text, size_t cap)
{
    if (row->kind == OPTION_SIZE)
        size_text(n, text, cap);
    else
        format(text, cap, "%lu", (unsigned long)n);
}

static int read_number(const struct option_row *row, const char *value, uint64_t *n, const struct part_log *log)
{
    size_t len = strlen(value);
    int rc = row->kind == OPTION_SIZE ? parse_size(value, len, NULL, row->unit, n) : parse_uint(value, len, NULL, n);
    bool over = rc == -ERANGE || (!rc && *n > row->number.high), under = !rc && *n < row->number.low;
    char text[32];

    if (!over && !under)
        return rc;
    *n = over ? row->number.high : row->number.low;
    number_text(row, *n, text, sizeof(text));
    return part_limited(log, value, len, over ? "the maximum" : "the minimum", text);
}

static int set_number(const struct option_row *row, void *member, const char *value, const struct part_log *log)
{
    uint64_t n = 0;
    int rc;

    if (row->kind == OPTION_BOOL) {
        rc = parse_bool(value, strlen(value));
        n = rc == 1;
        rc = MIN(rc, 0);
    } else if (row->kind == OPTION_ENUM) {
        rc = parse_word(row, value, &n);
    } else {
        rc = read_number(row, value, &n, log);
    }
    if (!rc)
        store_number(member, row, n);
    return rc;
}

static int set_string(const struct option_row *row, void *member, const char *value)
{
    size_t len = strlen(value);

    if (len >= row->size)
        return -ERANGE;
    memcpy(member, value, len + 1);
    return 0;
}

static bool is_listed(const struct option_row *row, const char *part, size_t len)
{
    for (const char *const *w = row->words; w && *w; w++)
        if (parse_is(part, len, *w))
            return true;
    return !row->words;
}

static const char *near_word(const struct option_row *row, const char *part, size_t len)
{
    struct near best = { 0 };

    for (const char *const *w = row->words; w && *w; w++)
        near_consider(&best, part, len, *w, strlen(*w));
    return best.distance ? best.word : NULL; /* a word that is right stood in a wrong place */
}

/* The part number @index of @text; NULL if there are fewer. */
static const char *part_number(const char *text, char separator, unsigned int index, size_t *len)
{
    const char *end;

    for (; text && index; index--) {
        text = strchr(text, separator);
        text = text ? text + 1 : NULL;
    }
    end = text ? strchr(text, separator) : NULL;
    *len = !text ? 0 : end ? (size_t)(end - text) : strlen(text);
    return text;
}

static bool append_part(const struct option_row *row, char *list, const char *part, size_t len, bool first)
{
    size_t used = strlen(list);

    if (used + !first + len >= row->size)
        return false;
    if (!first)
        list[used++] = row->separator;
    memcpy(list + used, part, len);
    list[used + len] = 0;
    return true;
}

/* In a list whose parts have places, a part that is unknown leaves its place to the default: then 1. */
static int list_part(const struct option_row *row, char *list, unsigned int index, const char *part, size_t len,
                     bool first, const struct part_log *log)
{
    bool placed = row->separator != ',';

    if ((!placed || index < OPTION_PLACES) && is_listed(row, part, len) && append_part(row, list, part, len, first))
        return 0;
    if (!log)
        return -EINVAL;
    log->told(log->opaque, PART_IGNORED, part, len, near_word(row, part, len));
    part = placed ? part_number(row->text, row->separator, index, &len) : NULL;
    return part && append_part(row, list, part, len, first) ? 1 : -EINVAL;
}

/* A list of words of which none is known is no value; one without words may be empty. */
static int set_list(const struct option_row *row, char *member, const char *value, bool cut, const struct part_log *log)
{
    char list[CMDLINE_WORD_MAX] = "";
    unsigned int kept = 0, known = 0, index = 0;
    const char *part;
    size_t len;

    for (; *value && (part = part_number(value, row->separator, index, &len)); index++) {
        bool whole = !cut || part[len];
        int rc = whole ? list_part(row, list, index, part, len, !kept, log) : -ERANGE;

        if (rc < 0 && !log)
            return rc;
        kept += rc >= 0;
        known += !rc;
        if (!whole)
            log->told(log->opaque, PART_IGNORED, part, len, NULL);
    }
    if ((index || row->words) && !known)
        return -EINVAL;
    memcpy(member, list, strlen(list) + 1);
    return 0;
}

int option_value_read(const struct option_row *row, void *member, const char *value, bool cut,
                      const struct part_log *log)
{
    size_t len = strlen(value);

    if (row->kind == OPTION_LIST)
        return set_list(row, member, value, cut, log);
    if (cut) { /* whole parts only */
        while (len && value[len - 1] != ',')
            len--;
        if (!len || row->kind != OPTION_CUSTOM)
            return -ERANGE;
        log->told(log->opaque, PART_IGNORED, value + len, strlen(value + len), NULL);
        len--;
    }
    if (row->kind == OPTION_CUSTOM)
        return row->custom(value, len, member, log);
    if (row->kind == OPTION_STRING)
        return set_string(row, member, value);
    return set_number(row, member, value, log);
}

static void append_words(const struct option_row *row, char *text, size_t cap)
{
    for (size_t i = 0; row->words[i]; i++) {
        const char *slash = strchr(row->words[i], '/');
        size_t len = slash ? (size_t)(slash - row->words[i]) : strlen(row->words[i]);

        format_append(text, cap, "%s%.*s", i ? ", " : "", (int)len, row->words[i]);
    }
}

void option_value_wanted(const struct option_row *row, char *text, size_t cap)
{
    char low[32], high[32];

    text[0] = 0;
    number_text(row, row->number.low, low, sizeof(low));
    number_text(row, row->number.high, high, sizeof(high));
    if (row->syntax)
        format(text, cap, "%s", row->syntax);
    else if (row->kind == OPTION_BOOL)
        format(text, cap, "yes or no");
    else if (row->kind == OPTION_UINT)
        format(text, cap, "a number from %s to %s", low, high);
    else if (row->kind == OPTION_SIZE)
        format(text, cap, "a size such as 512M");
    else if (row->words && row->kind == OPTION_LIST && row->separator != ',')
        format(text, cap, "FIRST or FIRST/SECOND, each of ");
    else if (!row->words)
        format(text, cap, "a text of at most %zu characters", row->size - 1);
    if (row->words && !row->syntax)
        append_words(row, text, cap);
}

static const char *const bool_words[] = { "no/off/false/disable", "yes/on/true/enable", NULL };

static void consider_spellings(struct near *best, const char *value, const char *spellings)
{
    for (const char *p = spellings; p; p = strchr(p, '/'), p = p ? p + 1 : NULL) {
        const char *slash = strchr(p, '/');

        near_consider(best, value, strlen(value), p, slash ? (size_t)(slash - p) : strlen(p));
    }
}

static int size_reader(const char *part, size_t len, void *out, const struct part_log *log)
{
    uint64_t bytes;

    return parse_size(part, len, NULL, 1, &bytes);
}

bool option_value_guess(const struct option_row *row, const char *value, char *guess, size_t cap)
{
    const char *const *words = row->kind == OPTION_BOOL ? bool_words : row->kind == OPTION_ENUM ? row->words : NULL;
    struct near best = { 0 };

    if (row->kind == OPTION_SIZE)
        return part_guess(value, strlen(value), size_reader, NULL, guess, cap);
    for (; words && *words; words++)
        consider_spellings(&best, value, *words);
    if (best.word)
        format(guess, cap, "%.*s", (int)best.len, best.word);
    return best.word;
}
