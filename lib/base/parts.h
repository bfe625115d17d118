/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values of several parts, such as "512M,max:1G". The rule for all of them: the parts that can be read count, each one
 * that cannot is reported, with what was meant if that can be guessed; a number beyond its limit counts as the limit,
 * which is reported as well. A reader who gives no struct part_log is strict: one such part, and nothing counts.
 */
#ifndef LIB_BASE_PARTS_H
#define LIB_BASE_PARTS_H

#include "port.h"

enum part_fate {
    PART_IGNORED, /* it cannot be read; the hint is a part that can and was perhaps meant, or NULL */
    PART_LIMITED, /* it is beyond a limit; the hint says what counts instead, "the maximum 8192" */
};

/** The receiver of reports. @part has @len characters and no NUL. */
struct part_log {
    void (*told)(void *opaque, enum part_fate fate, const char *part, size_t len, const char *hint);
    void *opaque;
};

/**
 * Reads one part into *@out, or only says whether it can be read if @out is NULL. Returns 0, -EINVAL (not of this
 * form), -ERANGE (beyond a limit, and @log is NULL; otherwise the limit is taken and reported).
 */
typedef int part_reader(const char *part, size_t len, void *out, const struct part_log *log);

/**
 * Reads all parts of @text, separated by commas. @words, ended by NULL, are what a part may begin with or be, for
 * guesses; NULL: none. Returns 0, or with nothing read the first part's error; without @log any part's.
 */
int parts_read(const char *text, size_t len, part_reader *reader, const char *const *words, void *out,
               const struct part_log *log);

/** Tells that the number @part is beyond a limit and @limit ("the maximum", "the minimum") @value counts. */
int part_limited(const struct part_log *log, const char *part, size_t len, const char *which, const char *value);

/** What may have been meant by @part, into @cap bytes at @guess; false if nothing is found that @reader can read. */
bool part_guess(const char *part, size_t len, part_reader *reader, const char *const *words, char *guess, size_t cap);

/** "16M" and the like: the largest unit in which @bytes is a whole number. */
void size_text(uint64_t bytes, char *text, size_t cap);

#endif
