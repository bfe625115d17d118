/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of a text that others wrote may reach a terminal. A terminal obeys more than ESC: the bytes 0x80 to 0x9f are
 * commands to many (ECMA-48, 5.3), and they occur inside UTF-8 characters, too. So:
 *
 *   0x20 to 0x7e, tab     pass
 *   newline               passes where lines are the writer's to end, else it is dropped
 *   0xa0 to 0xff          '?' each: a letter of whatever encoding stood here
 *   all others            are dropped
 */
#ifndef LIB_BASE_TEXT_H
#define LIB_BASE_TEXT_H

#include "port.h"

/** What is shown for @c: itself, '?', or 0 for nothing. A newline counts as any control character. */
static inline char text_shown(char c)
{
    uint8_t b = (uint8_t)c;

    return (b >= 0x20 && b <= 0x7e) || b == '\t' ? c : b >= 0xa0 ? '?' : 0;
}

/** Makes the @len bytes at @text what may be shown of them, in place; returns how many are left. No NUL is added. */
static inline size_t text_clean(char *text, size_t len)
{
    size_t kept = 0;

    for (size_t i = 0; i < len; i++) {
        char c = text_shown(text[i]);
        if (c)
            text[kept++] = c;
    }
    return kept;
}

#endif
