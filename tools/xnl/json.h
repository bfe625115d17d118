/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON on standard output, value by value; the caller prints brackets and commas. */
#ifndef TOOLS_XNL_JSON_H
#define TOOLS_XNL_JSON_H

#include <stdio.h>

/* Bytes beyond ASCII are given as the character of that number: what an image holds need not be UTF-8. */
static inline void json_text(const char *text, size_t len)
{
    putchar('"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = text[i];

        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < ' ' || c > '~')
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

#endif
