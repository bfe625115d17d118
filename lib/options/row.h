/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of lib/options and their tests: a row of gen/options.tbl. */
#ifndef LIB_OPTIONS_ROW_H
#define LIB_OPTIONS_ROW_H

#include "base/parts.h"
#include "options/options.h"

#define OPTION_PLACES 2U /* parts of a list whose separator is a slash */

enum option_kind {
    OPTION_BOOL,
    OPTION_UINT,
    OPTION_SIZE,
    OPTION_STRING,
    OPTION_LIST,
    OPTION_ENUM,
    OPTION_CUSTOM,
    OPTION_UNSUPPORTED,
};

struct option_row {
    const char *name;
    enum option_kind kind;
    size_t offset, size;
    struct {
        uint64_t initial, low, high;
    } number;
    uint64_t unit;                   /* of a size: what a bare number counts */
    const char *text;                /* a string's or a list's default */
    const char *syntax;              /* what a value looks like, for people; NULL: by its kind */
    const char *const *words;        /* an enum's spellings, "a/b/c" for each value in order, or a list's; then NULL */
    char separator;                  /* of a list: a comma, or a slash if each part has its place */
    int (*custom)(const char *value, size_t len, void *out, const struct part_log *log);
};

extern const struct option_row option_rows[];
extern const size_t option_rows_count;

/**
 * Reads @value into the row's member at @member. 0; -EINVAL: not of this form, -ERANGE: out of its limits; then nothing
 * has changed. With @log, what is wrong with parts and with limits is logged, and only a value of which nothing can be
 * used is an error, which is not logged. @cut: more followed, which is lost.
 */
int option_value_read(const struct option_row *row, void *member, const char *value, bool cut,
                      const struct part_log *log);

/** What a value of the row must be like, in words. */
void option_value_wanted(const struct option_row *row, char *text, size_t cap);

/** What may have been meant by a value that could not be read; false if nothing comes to mind. */
bool option_value_guess(const struct option_row *row, const char *value, char *guess, size_t cap);

#endif
