/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Half-open ranges [start, end) of 64-bit numbers, and arithmetic that says when it overflowed. */
#ifndef LIB_BASE_RANGE_H
#define LIB_BASE_RANGE_H

#include "port.h"

/** Store the result and return true, or return false when it does not fit (the stored value then means nothing). */
static inline bool __must_check checked_add(uint64_t a, uint64_t b, uint64_t *sum)
{
    return !__builtin_add_overflow(a, b, sum);
}

static inline bool __must_check checked_sub(uint64_t a, uint64_t b, uint64_t *difference)
{
    return !__builtin_sub_overflow(a, b, difference);
}

static inline bool __must_check checked_mul(uint64_t a, uint64_t b, uint64_t *product)
{
    return !__builtin_mul_overflow(a, b, product);
}

/** @value rounded up to a multiple of @align (a power of two); false when that lies beyond 64 bits. */
static inline bool __must_check checked_round_up(uint64_t value, uint64_t align, uint64_t *rounded)
{
    if (!checked_add(value, align - 1, rounded))
        return false;
    *rounded &= ~(align - 1);
    return true;
}

/** Empty when end <= start. An empty range contains nothing, overlaps nothing, and is contained in everything. */
struct range {
    uint64_t start, end;
};

static inline bool range_empty(struct range r)
{
    return r.end <= r.start;
}

static inline uint64_t range_size(struct range r)
{
    return range_empty(r) ? 0 : r.end - r.start;
}

/** [start, start + size); false when its end does not fit 64 bits. */
static inline bool __must_check range_from_size(uint64_t start, uint64_t size, struct range *r)
{
    r->start = start;
    return checked_add(start, size, &r->end);
}

static inline bool range_has(struct range r, uint64_t value)
{
    return value >= r.start && value < r.end;
}

static inline struct range range_intersect(struct range a, struct range b)
{
    return (struct range){ MAX(a.start, b.start), MIN(a.end, b.end) };
}

static inline bool range_overlaps(struct range a, struct range b)
{
    return !range_empty(range_intersect(a, b));
}

static inline bool range_contains(struct range outer, struct range inner)
{
    return range_empty(inner) || (inner.start >= outer.start && inner.end <= outer.end);
}

/** The part of @r that is made of whole blocks of @align (a power of two); may be empty. */
static inline struct range range_align_inward(struct range r, uint64_t align)
{
    struct range whole = { 0, ROUND_DOWN(r.end, align) };

    if (!checked_round_up(r.start, align, &whole.start))
        whole.start = whole.end;
    return whole;
}

#endif
