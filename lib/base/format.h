/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Formatted text into a buffer of given size: the subset of printf that a hypervisor needs.
 *
 *   %[-0+ #][width|*][.precision|.*][hh|h|l|ll|z|t|j]{d i u x X o c s p %}
 *
 * %p is 0x and 16 digits, so that addresses line up. A precision limits %s (whose text then needs no NUL) and is the
 * least number of digits of an integer. A conversion that is not in this list is copied to the output as it stands.
 */
#ifndef LIB_BASE_FORMAT_H
#define LIB_BASE_FORMAT_H

#include "port.h"

/**
 * Write at most @cap - 1 bytes and a NUL into @buf (nothing at all when @cap is 0).
 * Returns the length that the whole text has, which is >= @cap when it was cut, as snprintf does; INT_MAX at most.
 */
int format(char *buf, size_t cap, const char *fmt, ...) __printf_like(3, 4);
int vformat(char *buf, size_t cap, const char *fmt, va_list args) __printf_like(3, 0);

/** Append to the NUL-terminated text in @buf, cutting at @cap. Returns the new length, always < @cap. */
size_t format_append(char *buf, size_t cap, const char *fmt, ...) __printf_like(3, 4);

/**
 * Format one line (cut at 240 bytes; of it what base/text.h lets pass) and hand it to @log; a NULL @log or callback
 * makes it silent.
 */
void lib_report(const struct lib_log *log, enum lib_log_level level, const char *fmt, ...) __printf_like(3, 4);

#endif
