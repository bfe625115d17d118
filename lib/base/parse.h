/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers, sizes and truth values out of text, with the spellings of Xen's command line. Text is a pointer and a
 * length and need not end in NUL. Functions return 0 or: -EINVAL the text is not of that kind, -ERANGE too large (then
 * an unsigned number or a size is UINT64_MAX). They take the whole text, or with *@used given, as much of it as fits
 * the kind.
 */
#ifndef LIB_BASE_PARSE_H
#define LIB_BASE_PARSE_H

#include "port.h"

/** Unsigned: decimal, or hexadecimal after 0x. (A leading 0 is decimal: nobody means octal.) */
int parse_uint(const char *text, size_t len, size_t *used, uint64_t *value);

/**
 * A size in bytes: unsigned, then B K M G or T in either case (times 1, 2^10 ... 2^40). A number with no letter is in
 * units of @unit bytes; Xen's options count KiB there.
 */
int parse_size(const char *text, size_t len, size_t *used, uint64_t unit, uint64_t *bytes);

/** 1 for yes on true enable 1, 0 for no off false disable 0, -EINVAL for anything else. */
int parse_bool(const char *text, size_t len);

/**
 * One item of a list of switches: is @item "@name", "no-@name" or "@name=BOOL"?
 * Returns 1 or 0 as the item switches on or off, -ENOENT if it speaks of something else, -EINVAL if BOOL is none.
 */
int parse_switch(const char *item, size_t len, const char *name);

/** The value of a decimal or hexadecimal digit; 16 for any other character. */
unsigned int parse_digit(char c);

/** Is the text exactly @word? */
bool parse_is(const char *text, size_t len, const char *word);

#endif
