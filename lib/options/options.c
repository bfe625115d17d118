/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each row of the table names a member of struct hv_options by offset and size, and the kind says how text becomes its
 * value (values.c). What cannot be read changes nothing; what can, counts, and the rest is logged: base/parts.h has the
 * rule. A message says itself what is wanted: who boots a machine has no other document at hand.
 */
#include "base/cmdline.h"
#include "base/format.h"
#include "base/near.h"
#include "options/row.h"

const struct option_row option_rows[] = {
#include <options_rows.h>
};
const size_t option_rows_count = ARRAY_SIZE(option_rows);

static void *member(struct hv_options *o, const struct option_row *row)
{
    return (char *)o + row->offset;
}

void options_default(struct hv_options *out)
{
    memset(out, 0, sizeof(*out));
    for (size_t i = 0; i < ARRAY_SIZE(option_rows); i++) {
        const struct option_row *row = &option_rows[i];

        if (row->kind == OPTION_STRING || row->kind == OPTION_LIST)
            memcpy(member(out, row), row->text, strlen(row->text) + 1);
        else if (row->kind != OPTION_CUSTOM && row->kind != OPTION_UNSUPPORTED)
            memcpy(member(out, row), &row->number.initial, row->size); /* little endian: the low bytes */
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
    for (size_t i = 0; i < ARRAY_SIZE(option_rows); i++) {
        if (same_name(name, len, option_rows[i].name))
            return &option_rows[i];
    }
    return NULL;
}

static bool is_no(const char *name, size_t len)
{
    return len > 3 && !memcmp(name, "no-", 3);
}

bool options_known(const char *name, size_t len)
{
    return find_row(name, len) || (is_no(name, len) && find_row(name + 3, len - 3));
}

/* One word's reports. */
struct told {
    const struct lib_log *log;
    const struct option_row *row;
    bool any;
};

static void tell_part(void *opaque, enum part_fate fate, const char *part, size_t len, const char *hint)
{
    struct told *t = opaque;
    char wanted[160];

    t->any = true;
    option_value_wanted(t->row, wanted, sizeof(wanted));
    if (fate == PART_LIMITED)
        lib_report(t->log, LIB_LOG_WARNING, "Command line: %s: '%.*s' is out of range: %s is used", t->row->name,
                   (int)len, part, hint);
    else if (hint)
        lib_report(t->log, LIB_LOG_WARNING, "Command line: %s: '%.*s' is ignored, did you mean '%s'? Wanted: %s",
                   t->row->name, (int)len, part, hint, wanted);
    else
        lib_report(t->log, LIB_LOG_WARNING, "Command line: %s: '%.*s' is ignored. Wanted: %s", t->row->name, (int)len,
                   part, wanted);
}

/* @value is NULL for a bare name. Only a truth value, or a word that says one, can do without. */
static int set(struct hv_options *out, const struct option_row *row, const char *value, bool cut,
               const struct part_log *log)
{
    if (!value && row->kind != OPTION_BOOL && row->kind != OPTION_ENUM)
        return -EINVAL;
    return option_value_read(row, member(out, row), value ? value : "yes", cut, log);
}

static void tell_value(const struct option_row *row, const struct cmdline_word *w, const struct lib_log *log)
{
    char wanted[160], guess[64];

    option_value_wanted(row, wanted, sizeof(wanted));
    if (w->value && option_value_guess(row, w->value, guess, sizeof(guess)))
        lib_report(log, LIB_LOG_WARNING, "Command line: the value of '%s' should be %s: ignored; did you mean '%s=%s'?",
                   w->text, wanted, row->name, guess);
    else
        lib_report(log, LIB_LOG_WARNING, "Command line: the value of '%s' should be %s: ignored", w->text, wanted);
}

static void consider_rows(struct near *best, const char *typed, size_t len)
{
    for (size_t i = 0; i < 2 * ARRAY_SIZE(option_rows); i++) { /* those that do something come first */
        const struct option_row *row = &option_rows[i % ARRAY_SIZE(option_rows)];

        if ((row->kind == OPTION_UNSUPPORTED) == (i >= ARRAY_SIZE(option_rows)))
            near_consider(best, typed, len, row->name, strlen(row->name));
    }
}

/* "dom0_mem:1G" is a name with a wrong sign behind it; of "no-NAME", NAME is what may be spelt wrong. */
static void tell_unknown(const struct cmdline_word *w, const struct lib_log *log)
{
    const char *colon = memchr(w->text, ':', w->name_len);
    size_t len = colon ? (size_t)(colon - w->text) : w->name_len;
    struct near best = { 0 };
    const char *no = "";

    consider_rows(&best, w->text, len);
    if (!best.word && is_no(w->text, len)) {
        consider_rows(&best, w->text + 3, len - 3);
        no = "no-";
    }
    if (best.word)
        lib_report(log, LIB_LOG_WARNING, "Command line: option '%s' is unknown: ignored; did you mean '%s%s%s'?",
                   w->text, no, best.word, colon ? "=" : "");
    else
        lib_report(log, LIB_LOG_WARNING, "Command line: option '%s' is unknown: ignored", w->text);
}

/* One word of the command line; false if something was logged about it. */
static bool apply(struct hv_options *out, const struct cmdline_word *w, const struct lib_log *log)
{
    const struct option_row *row = find_row(w->text, w->name_len);
    const char *value = w->value;

    if (!row && !value && is_no(w->text, w->name_len)) {
        row = find_row(w->text + 3, w->name_len - 3);
        value = "no";
    }
    if (!row) {
        tell_unknown(w, log);
        return false;
    }
    if (row->kind == OPTION_UNSUPPORTED) {
        lib_report(log, LIB_LOG_WARNING,
                   "Command line: option '%s' is one of Xen's that is not implemented here: ignored", w->text);
        return false;
    }
    struct told told = { log, row, false };
    const struct part_log parts = { tell_part, &told };

    if (set(out, row, value, w->cut, &parts)) {
        if (!told.any)
            tell_value(row, w, log);
        return false;
    }
    return !told.any;
}

int options_set(struct hv_options *out, const char *name, const char *value)
{
    const struct option_row *row = find_row(name, strlen(name));

    if (!row || row->kind == OPTION_UNSUPPORTED)
        return -ENOENT;
    return set(out, row, value, false, NULL) ? -EINVAL : 0;
}

int options_get(const struct hv_options *options, const char *name, char *text, size_t cap)
{
    const struct option_row *row = find_row(name, strlen(name));
    uint64_t value = 0;

    if (!row || row->kind == OPTION_UNSUPPORTED || row->kind == OPTION_CUSTOM)
        return -ENOENT;
    const char *at = (const char *)options + row->offset;
    if (row->kind == OPTION_STRING || row->kind == OPTION_LIST) {
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

    while (cmdline_next(&cmdline, &word)) {
        if (word.open)
            lib_report(log, LIB_LOG_WARNING, "Command line: a quote before '%s' has no end: all that follows it is one "
                       "option", word.text);
        reported += !apply(out, &word, log) || word.open;
    }
    return reported;
}
