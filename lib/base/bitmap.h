/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bitmaps as arrays of unsigned long, bit n in word n / 64. Nothing here is atomic: the caller holds the lock, or owns
 * the map. Searches return @bits when there is nothing to find. Bits of the last word at or above @bits are never
 * looked at, and never set by the functions that take @bits.
 */
#ifndef LIB_BASE_BITMAP_H
#define LIB_BASE_BITMAP_H

#include "port.h"

#define BITMAP_WORD_BITS   64U
#define BITMAP_WORDS(bits) (((bits) + BITMAP_WORD_BITS - 1) / BITMAP_WORD_BITS)
#define BITMAP_DECLARE(name, bits) unsigned long name[BITMAP_WORDS(bits)]

static inline bool bitmap_test(const unsigned long *map, size_t bit)
{
    return map[bit / BITMAP_WORD_BITS] >> (bit % BITMAP_WORD_BITS) & 1;
}

static inline void bitmap_set(unsigned long *map, size_t bit)
{
    map[bit / BITMAP_WORD_BITS] |= 1UL << (bit % BITMAP_WORD_BITS);
}

static inline void bitmap_clear(unsigned long *map, size_t bit)
{
    map[bit / BITMAP_WORD_BITS] &= ~(1UL << (bit % BITMAP_WORD_BITS));
}

static inline void bitmap_assign(unsigned long *map, size_t bit, bool value)
{
    if (value)
        bitmap_set(map, bit);
    else
        bitmap_clear(map, bit);
}

/** Sets or clears the bit and says what it was. */
static inline bool bitmap_test_and_set(unsigned long *map, size_t bit)
{
    bool was = bitmap_test(map, bit);

    bitmap_set(map, bit);
    return was;
}

static inline bool bitmap_test_and_clear(unsigned long *map, size_t bit)
{
    bool was = bitmap_test(map, bit);

    bitmap_clear(map, bit);
    return was;
}

/** The bits of word @word that lie below @bits. */
static inline unsigned long bitmap_word_mask(size_t word, size_t bits)
{
    size_t left = bits - word * BITMAP_WORD_BITS;

    return left >= BITMAP_WORD_BITS ? ~0UL : (1UL << left) - 1;
}

static inline void bitmap_zero(unsigned long *map, size_t bits)
{
    memset(map, 0, BITMAP_WORDS(bits) * sizeof(*map));
}

static inline void bitmap_fill(unsigned long *map, size_t bits)
{
    for (size_t i = 0; i < BITMAP_WORDS(bits); i++)
        map[i] = bitmap_word_mask(i, bits);
}

static inline void bitmap_copy(unsigned long *dst, const unsigned long *src, size_t bits)
{
    memcpy(dst, src, BITMAP_WORDS(bits) * sizeof(*dst));
}

static inline void bitmap_and(unsigned long *dst, const unsigned long *a, const unsigned long *b, size_t bits)
{
    for (size_t i = 0; i < BITMAP_WORDS(bits); i++)
        dst[i] = a[i] & b[i];
}

static inline void bitmap_or(unsigned long *dst, const unsigned long *a, const unsigned long *b, size_t bits)
{
    for (size_t i = 0; i < BITMAP_WORDS(bits); i++)
        dst[i] = a[i] | b[i];
}

static inline void bitmap_andnot(unsigned long *dst, const unsigned long *a, const unsigned long *b, size_t bits)
{
    for (size_t i = 0; i < BITMAP_WORDS(bits); i++)
        dst[i] = a[i] & ~b[i];
}

/** First set (or, with @flip all ones, first clear) bit at or above @from; @bits if none. */
static inline size_t bitmap_search(const unsigned long *map, size_t bits, size_t from, unsigned long flip)
{
    size_t word = from / BITMAP_WORD_BITS;
    unsigned long ignore = (1UL << (from % BITMAP_WORD_BITS)) - 1;

    for (; word < BITMAP_WORDS(bits); word++, ignore = 0) {
        unsigned long found = (map[word] ^ flip) & ~ignore & bitmap_word_mask(word, bits);

        if (found)
            return word * BITMAP_WORD_BITS + (size_t)__builtin_ctzl(found);
    }
    return bits;
}

static inline size_t bitmap_next_set(const unsigned long *map, size_t bits, size_t from)
{
    return bitmap_search(map, bits, from, 0);
}

static inline size_t bitmap_next_zero(const unsigned long *map, size_t bits, size_t from)
{
    return bitmap_search(map, bits, from, ~0UL);
}

static inline size_t bitmap_first_set(const unsigned long *map, size_t bits)
{
    return bitmap_search(map, bits, 0, 0);
}

static inline size_t bitmap_first_zero(const unsigned long *map, size_t bits)
{
    return bitmap_search(map, bits, 0, ~0UL);
}

#define bitmap_for_each(bit, map, bits) \
    for ((bit) = bitmap_first_set(map, bits); (bit) < (bits); (bit) = bitmap_next_set(map, bits, (bit) + 1))

static inline bool bitmap_empty(const unsigned long *map, size_t bits)
{
    return bitmap_first_set(map, bits) == bits;
}

static inline bool bitmap_full(const unsigned long *map, size_t bits)
{
    return bitmap_first_zero(map, bits) == bits;
}

/*
 * Written out, because the compiler's builtin is a library call on a baseline CPU. Pairs, nibbles, bytes, then a sum.
 */
static inline unsigned int bitmap_word_weight(unsigned long w)
{
    w -= w >> 1 & 0x5555555555555555UL;
    w = (w & 0x3333333333333333UL) + (w >> 2 & 0x3333333333333333UL);
    w = (w + (w >> 4)) & 0x0f0f0f0f0f0f0f0fUL;
    return (unsigned int)(w * 0x0101010101010101UL >> 56);
}

/** How many bits below @bits are set. */
static inline size_t bitmap_weight(const unsigned long *map, size_t bits)
{
    size_t weight = 0;

    for (size_t i = 0; i < BITMAP_WORDS(bits); i++)
        weight += bitmap_word_weight(map[i] & bitmap_word_mask(i, bits));
    return weight;
}

#endif
