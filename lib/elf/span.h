/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A piece of text inside an image: not terminated, refers to the image's bytes, lives as long as they do. */
#ifndef LIB_ELF_SPAN_H
#define LIB_ELF_SPAN_H

#include "port.h"

struct span {
    const char *text;
    size_t len;
};

static inline bool span_is(struct span span, const char *word)
{
    return span.len == strlen(word) && !memcmp(span.text, word, span.len);
}

static inline bool span_begins(struct span span, const char *word)
{
    size_t len = strlen(word);

    return span.len >= len && !memcmp(span.text, word, len);
}

/* Whether @word occurs anywhere in @span. */
static inline bool span_contains(struct span span, const char *word)
{
    for (size_t i = 0; i < span.len; i++)
        if (span_begins((struct span){ span.text + i, span.len - i }, word))
            return true;
    return false;
}

static inline struct span span_trim(struct span span)
{
    while (span.len && (*span.text == ' ' || *span.text == '\t'))
        span = (struct span){ span.text + 1, span.len - 1 };
    while (span.len && (span.text[span.len - 1] == ' ' || span.text[span.len - 1] == '\t'))
        span.len--;
    return span;
}

/** Cuts the piece before the next @separator (or all of the rest) off the front of @rest. */
static inline struct span span_cut(struct span *rest, char separator)
{
    struct span piece = { rest->text, 0 };

    while (piece.len < rest->len && rest->text[piece.len] != separator)
        piece.len++;
    rest->text += MIN(piece.len + 1, rest->len);
    rest->len -= MIN(piece.len + 1, rest->len);
    return piece;
}

#endif
