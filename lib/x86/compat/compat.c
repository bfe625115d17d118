/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An address of a lens is 1 in the top two bits, the lens's number, and the offset in the list as 64-bit code would
 * have it. Lens 0 is the argument's, lens 1 that of a multicall's entry, the others are for pointers in structures, in
 * turn: no structure has more of them than there are, and a handler is done with one element before the next.
 */
#include "x86/compat/compat.h"

#include "public.h"

struct compat_field {
    uint16_t wide, narrow; /* offsets */
    uint8_t wide_size, narrow_size, target;
};
struct compat_layout {
    uint16_t wide, narrow; /* sizes */
    uint16_t first, count; /* fields */
};
struct compat_call {
    uint8_t nr;
    uint32_t bits, sub; /* the first argument's @bits are @sub */
    uint8_t arg, layout;
};

#include <compat_rows.h>

#define LENS_TAG    (1ULL << 62)
#define LENS_SHIFT  48
#define OFFSET_MASK ((1ULL << LENS_SHIFT) - 1)
#define NESTED      2u /* the first lens that is not an argument's */

static uint64_t lens_address(unsigned int lens) { return LENS_TAG | (uint64_t)lens << LENS_SHIFT; }

bool compat_plan(uint64_t nr, uint64_t sub, struct compat_plan *plan)
{
    for (size_t i = 0; i < ARRAY_SIZE(compat_calls); i++) {
        const struct compat_call *c = &compat_calls[i];

        if (c->nr != nr || ((uint32_t)sub & c->bits) != c->sub)
            continue;
        *plan = (struct compat_plan){ c->arg, c->layout };
        return true;
    }
    return false;
}

bool compat_begin(struct compat *c, const struct compat_plan *plan, uint64_t *arg)
{
    unsigned int lens = c->depth;

    if (lens >= NESTED)
        return false;
    c->depth++;
    c->next = NESTED;
    c->lens[lens].layout = plan->layout;
    if (!plan->layout)
        return true;
    c->lens[lens].base = (uint32_t)*arg;
    *arg = lens_address(lens);
    return true;
}

void compat_end(struct compat *c, const struct compat_plan *plan, uint64_t *arg)
{
    unsigned int lens = --c->depth;
    const struct compat_layout *l = &compat_layouts[plan->layout];

    if (plan->layout)
        *arg = (uint32_t)(c->lens[lens].base + (*arg & OFFSET_MASK) / l->wide * l->narrow);
}

static uint64_t nested(struct compat *c, uint8_t layout, uint32_t pointer)
{
    unsigned int lens = c->next;

    if (!pointer || layout == COMPAT_RAW)
        return pointer;
    c->next = lens + 1 < COMPAT_LENSES ? (uint8_t)(lens + 1) : NESTED;
    c->lens[lens].layout = layout;
    c->lens[lens].base = pointer;
    return lens_address(lens);
}

/* The part of an element that is copied, in the layout of 64-bit code. */
struct part {
    const struct compat_layout *l;
    uint64_t at;            /* the element, where the caller has it */
    size_t from, bytes;
};

/* 1: the field is in the part, 0: it is not, -EFAULT: some of it is. */
static int inside(const struct part *p, const struct compat_field *f)
{
    if (f->wide >= p->from + p->bytes || f->wide + f->wide_size <= p->from)
        return 0;
    return f->wide >= p->from && f->wide + f->wide_size <= p->from + p->bytes ? 1 : -EFAULT;
}

static int part_read(struct compat *c, const struct compat_memory *m, const struct part *p, uint8_t *dst)
{
    uint8_t narrow[COMPAT_BYTES];

    if (m->read(narrow, p->at, p->l->narrow))
        return -EFAULT;
    memset(dst, 0, p->bytes);
    for (unsigned int i = 0; i < p->l->count; i++) {
        const struct compat_field *f = &compat_fields[p->l->first + i];
        uint64_t value = 0;
        int in = inside(p, f);

        if (in < 0)
            return in;
        if (!in)
            continue;
        memcpy(&value, narrow + f->narrow, f->narrow_size);
        if (f->target)
            value = nested(c, f->target, (uint32_t)value);
        memcpy(dst + (f->wide - p->from), &value, f->wide_size);
    }
    return 0;
}

/* Field by field: what is no field stays as it is, and what is a pointer stays the caller's. */
static int part_write(const struct compat_memory *m, const struct part *p, const uint8_t *src)
{
    for (unsigned int i = 0; i < p->l->count; i++) {
        const struct compat_field *f = &compat_fields[p->l->first + i];
        int in = inside(p, f);

        if (in < 0)
            return in;
        if (in && !f->target && m->write(p->at + f->narrow, src + (f->wide - p->from), f->narrow_size))
            return -EFAULT;
    }
    return 0;
}

/* The next part of what is left of @bytes at offset @at of a lens. False: no 32-bit code has memory there. */
static bool part_next(const struct compat *c, unsigned int lens, uint64_t at, size_t bytes, struct part *p)
{
    const struct compat_layout *l = &compat_layouts[c->lens[lens].layout];
    uint64_t element = at / l->wide;

    *p = (struct part){ l, c->lens[lens].base + element * l->narrow, at % l->wide, 0 };
    p->bytes = MIN(bytes, l->wide - p->from);
    return p->at + l->narrow <= 1ULL << 32;
}

static bool lens_good(const struct compat *c, uint64_t va)
{
    uint64_t lens = (va & ~LENS_TAG) >> LENS_SHIFT;

    return lens < COMPAT_LENSES && (lens >= NESTED || lens < c->depth) && c->lens[lens].layout;
}

int compat_read(struct compat *c, const struct compat_memory *m, void *dst, uint64_t va, size_t bytes)
{
    uint8_t *to = dst;
    struct part p;

    for (; bytes; va += p.bytes, to += p.bytes, bytes -= p.bytes)
        if (!lens_good(c, va) ||
            !part_next(c, (unsigned int)((va & ~LENS_TAG) >> LENS_SHIFT), va & OFFSET_MASK, bytes, &p) ||
            part_read(c, m, &p, to))
            return -EFAULT;
    return 0;
}

int compat_write(const struct compat *c, const struct compat_memory *m, uint64_t va, const void *src, size_t bytes)
{
    const uint8_t *from = src;
    struct part p;

    for (; bytes; va += p.bytes, from += p.bytes, bytes -= p.bytes)
        if (!lens_good(c, va) ||
            !part_next(c, (unsigned int)((va & ~LENS_TAG) >> LENS_SHIFT), va & OFFSET_MASK, bytes, &p) ||
            part_write(m, &p, from))
            return -EFAULT;
    return 0;
}
