/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text built piece by piece in a buffer of fixed size: what doesn't fit is cut, and there is always a NUL. */
#ifndef LIB_X86_XSTATE_TEXT_H
#define LIB_X86_XSTATE_TEXT_H

#include "port.h"

struct text {
    char *at, *end; /* end: where the NUL must go at the latest */
};

/** Starts an empty text in @buf of @size >= 1 bytes. */
static inline struct text text_start(char *buf, size_t size)
{
    buf[0] = '\0';
    return (struct text){ buf, buf + size - 1 };
}

static inline void text_char(struct text *t, char c)
{
    if (t->at < t->end) {
        *t->at++ = c;
        *t->at = '\0';
    }
}

static inline void text_str(struct text *t, const char *s)
{
    while (*s)
        text_char(t, *s++);
}

static inline void text_number(struct text *t, uint64_t value, unsigned int base)
{
    char digits[20];
    unsigned int n = 0;

    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    while (n)
        text_char(t, digits[--n]);
}

static inline void text_hex(struct text *t, uint64_t value)
{
    text_str(t, "0x");
    text_number(t, value, 16);
}

static inline void text_dec(struct text *t, uint64_t value)
{
    text_number(t, value, 10);
}

#endif
