/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The restricted edit distance, row by row: three rows of the table are enough. */
#include "base/near.h"

static char plain(char c)
{
    return c == '_' ? '-' : c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static uint8_t least(unsigned int a, unsigned int b, unsigned int c)
{
    unsigned int ab = MIN(a, b);

    return (uint8_t)MIN(ab, c);
}

unsigned int near_distance(const char *a, size_t a_len, const char *b, size_t b_len, unsigned int limit)
{
    uint8_t rows[3][NEAR_WORD_MAX + 1];

    if (a_len > NEAR_WORD_MAX || b_len > NEAR_WORD_MAX)
        return limit + 1;
    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = (uint8_t)j;
    for (size_t i = 1; i <= a_len; i++) {
        uint8_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *two_above = rows[(i + 1) % 3];

        row[0] = (uint8_t)i;
        for (size_t j = 1; j <= b_len; j++) {
            char x = plain(a[i - 1]), y = plain(b[j - 1]);

            row[j] = least(above[j] + 1U, row[j - 1] + 1U, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == plain(b[j - 2]) && y == plain(a[i - 2]))
                row[j] = least(row[j], two_above[j - 2] + 1U, limit + 1);
        }
    }
    return MIN(rows[a_len % 3][b_len], limit + 1);
}

/* How many mistakes a word of such a length may have: of a short one, another word is soon made. */
static unsigned int mistakes(size_t len)
{
    return len < 3 ? 0 : len < 6 ? 1 : len < 10 ? 2 : 3;
}

void near_consider(struct near *best, const char *typed, size_t typed_len, const char *word, size_t word_len)
{
    unsigned int limit = mistakes(MIN(typed_len, word_len));
    unsigned int distance = near_distance(typed, typed_len, word, word_len, limit);

    if (distance <= limit && (!best->word || distance < best->distance))
        *best = (struct near){ word, word_len, distance };
}
