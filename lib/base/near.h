/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which known word was meant by one that is not known. Words are as far apart as letters have to be added, dropped,
 * replaced, or swapped with their neighbour to make one of the other; capitals are small letters, and "_" is "-".
 */
#ifndef LIB_BASE_NEAR_H
#define LIB_BASE_NEAR_H

#include "port.h"

#define NEAR_WORD_MAX 40U /* longer words are near nothing */

/** The nearest word so far. Begin with { 0 }; word stays NULL while none is near enough to have been meant. */
struct near {
    const char *word;
    size_t len;
    unsigned int distance;
};

/** How far apart two words are, if that is at most @limit; else @limit + 1. */
unsigned int near_distance(const char *a, size_t a_len, const char *b, size_t b_len, unsigned int limit);

/** Is @word meant by @typed, rather than *@best? The first of equally near ones stays. */
void near_consider(struct near *best, const char *typed, size_t typed_len, const char *word, size_t word_len);

#endif
