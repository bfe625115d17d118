/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each row of the table names a member of struct hv_options by offset and size, and the kind says how text becomes its
 * value. A value is read into a scratch place first, so that what cannot be read changes nothing.
 */
#include "options/options.h"

#include "base/cmdline.h"
#include "base/format.h"
#include "base/parse.h"

enum option_kind {
    OPTION_BOOL,
    OPTION_UINT,
    OPTION_SIZE,
    OPTION_STRING,
    OPTION_ENUM,
    OPTION_CUSTOM,
    OPTION_UNSUPPORTED,
};

struct option_row {
    const char *name;
    enum option_kind kind;
    size_t offset, size;
    struct {
        uint64_t initial, low, high; /* of a size, low is the unit of a bare number */
    } number;
    const char *text;                /* a string's default */
    const char *const *words;        /* an enum's spellings, "a/b/c" for each value in order, then NULL */
    int (*custom)(const char *value, size_t len, void *out);
};

static const struct option_row rows[] = {
#include <options_rows.h>
};

static void *member(struct hv_options *o, const struct option_row *row)
{
    return (char *)o + row->offset;
}

static void store_number(struct hv_options *o, const struct option_row *row, uint64_t value)
{
    memcpy(member(o, row), &value, row->size); /* little endian: a shorter member takes the low bytes */
}

void options_default(struct hv_options *out)
{
    memset(out, 0, sizeof(*out));
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct option_row *row = &rows[i];

        if (row->kind == OPTION_STRING)
            memcpy(member(out, row), row->text, strlen(row->text) + 1);
        else if (row->kind != OPTION_CUSTOM && row->kind != OPTION_UNSUPPORTED)
            store_number(out, row, row->number.initial);
    }
}

static char folded(char c)
{
    return c == '_' ? '-' : c;
}

static bool same_name(const char *text, size_t len, const char *name)
{
    for (; len && *name; len--, text++, name++) {
        if (folded(*text) != folded(*name))
            return false;
    }
    return !len && !*name;
}

static const struct option_row *find_row(const char *name, size_t len)
{
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (same_name(name, len, rows[i].name))
            return &rows[i];
    }
    return NULL;
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

/* What a value of the row must be like, for the report. */
static void describe(const struct option_row *row, char *text, size_t cap)
{
    switch (row->kind) {
    case OPTION_BOOL: format(text, cap, "yes or no"); break;
    case OPTION_UINT:
        format(text, cap, "a number from %lu to %lu", (unsigned long)row->number.low, (unsigned long)row->number.high);
        break;
    case OPTION_SIZE: format(text, cap, "a size such as 512M"); break;
    case OPTION_STRING: format(text, cap, "a text of at most %zu characters", row->size - 1); break;
    case OPTION_ENUM:
        text[0] = 0;
        for (size_t i = 0; row->words[i]; i++) {
            const char *slash = strchr(row->words[i], '/');
            int len = (int)(slash ? (size_t)(slash - row->words[i]) : strlen(row->words[i]));

            format_append(text, cap, "%s%.*s", i ? ", " : "", len, row->words[i]);
        }
        break;
    default: format(text, cap, "as docs/command-line.md says"); break;
    }
}

static int set_number(struct hv_options *out, const struct option_row *row, const char *value)
{
    uint64_t n = 0;
    int rc;

    switch (row->kind) {
    case OPTION_BOOL:
        rc = parse_bool(value, strlen(value));
        n = rc == 1;
        rc = MIN(rc, 0);
        break;
    case OPTION_UINT:
        rc = parse_uint(value, strlen(value), NULL, &n);
        if (!rc && (n < row->number.low || n > row->number.high))
            rc = -ERANGE;
        break;
    case OPTION_SIZE: rc = parse_size(value, strlen(value), NULL, row->number.low, &n); break;
    default: rc = parse_word(row, value, &n); break;
    }
    if (!rc)
        store_number(out, row, n);
    return rc;
}

static int set_string(struct hv_options *out, const struct option_row *row, const char *value)
{
    size_t len = strlen(value);

    if (len >= row->size)
        return -ERANGE;
    memcpy(member(out, row), value, len + 1);
    return 0;
}

/* @value is NULL for a bare name. Only a truth value, or a word that says one, can do without. */
static int set(struct hv_options *out, const struct option_row *row, const char *value)
{
    if (!value && row->kind != OPTION_BOOL && row->kind != OPTION_ENUM)
        return -EINVAL;
    if (row->kind == OPTION_STRING)
        return set_string(out, row, value);
    if (row->kind == OPTION_CUSTOM)
        return row->custom(value, strlen(value), member(out, row));
    return set_number(out, row, value ? value : "yes");
}

/* One word of the command line; false if it was reported. */
static bool apply(struct hv_options *out, const struct cmdline_word *w, const struct lib_log *log)
{
    const struct option_row *row = find_row(w->text, w->name_len);
    const char *value = w->value;
    char wanted[96];

    if (!row && !value && w->name_len > 3 && !memcmp(w->text, "no-", 3)) {
        row = find_row(w->text + 3, w->name_len - 3);
        value = "no";
    }
    if (!row) {
        lib_report(log, LIB_LOG_WARNING, "Command line: option '%s' is unknown: ignored", w->text);
        return false;
    }
    if (row->kind == OPTION_UNSUPPORTED) {
        lib_report(log, LIB_LOG_WARNING,
                   "Command line: option '%s' is one of Xen's that is not implemented here: ignored", w->text);
        return false;
    }
    if (w->cut || set(out, row, value)) {
        describe(row, wanted, sizeof(wanted));
        lib_report(log, LIB_LOG_WARNING, "Command line: the value of '%s' should be %s: ignored", w->text, wanted);
        return false;
    }
    return true;
}

int options_set(struct hv_options *out, const char *name, const char *value)
{
    const struct option_row *row = find_row(name, strlen(name));

    if (!row || row->kind == OPTION_UNSUPPORTED)
        return -ENOENT;
    return set(out, row, value) ? -EINVAL : 0;
}

int options_get(const struct hv_options *options, const char *name, char *text, size_t cap)
{
    const struct option_row *row = find_row(name, strlen(name));
    uint64_t value = 0;

    if (!row || row->kind == OPTION_UNSUPPORTED || row->kind == OPTION_CUSTOM)
        return -ENOENT;
    const char *at = (const char *)options + row->offset;
    if (row->kind == OPTION_STRING) {
        format(text, cap, "%s", at);
        return 0;
    }
    memcpy(&value, at, row->size);
    if (row->kind == OPTION_ENUM) {
        const char *word = row->words[value], *slash = strchr(word, '/');
        format(text, cap, "%.*s", (int)(slash ? (size_t)(slash - word) : strlen(word)), word);
    } else {
        format(text, cap, "%lu", (unsigned long)value);
    }
    return 0;
}

unsigned int options_parse(const char *cmdline, struct hv_options *out, const struct lib_log *log)
{
    unsigned int reported = 0;
    struct cmdline_word word;

    while (cmdline_next(&cmdline, &word))
        reported += !apply(out, &word, log);
    return reported;
}
