/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shifts and rotates. A count of 0 changes no flag; OF is what a shift by one would leave, AF is cleared. */
#include "x86/emulate/private.h"

static unsigned int count_of(const struct work *w)
{
    return (unsigned int)w->src.value & (w->dst.bytes == 8 ? 63 : 31);
}

static unsigned int width(const struct work *w)
{
    return w->dst.bytes * 8;
}

static bool bit_of(uint64_t value, unsigned int bit)
{
    return value >> bit & 1;
}

static enum emulate_end done(struct work *w, uint64_t value)
{
    w->dst.value = value & size_mask(w->dst.bytes);
    return EMULATE_OK;
}

static bool top(const struct work *w)
{
    return w->dst.value & sign_bit(w->dst.bytes);
}

static enum emulate_end rotated(struct work *w, uint64_t value, bool carry, bool left)
{
    done(w, value);
    flag_set(w, RFLAGS_CF, carry);
    flag_set(w, RFLAGS_OF, left ? top(w) != carry : top(w) != bit_of(w->dst.value, width(w) - 2));
    return EMULATE_OK;
}

enum emulate_end op_rol(struct work *w)
{
    unsigned int count = count_of(w), n = count % width(w);
    uint64_t v = w->dst.value;

    if (!count)
        return EMULATE_OK;
    if (n)
        v = (v << n | v >> (width(w) - n)) & size_mask(w->dst.bytes);
    return rotated(w, v, v & 1, true);
}

enum emulate_end op_ror(struct work *w)
{
    unsigned int count = count_of(w), n = count % width(w);
    uint64_t v = w->dst.value;

    if (!count)
        return EMULATE_OK;
    if (n)
        v = (v >> n | v << (width(w) - n)) & size_mask(w->dst.bytes);
    return rotated(w, v, v & sign_bit(w->dst.bytes), false);
}

enum emulate_end op_rcl(struct work *w)
{
    unsigned int n = count_of(w) % (width(w) + 1);
    uint64_t v = w->dst.value;
    bool carry = w->s.rflags & RFLAGS_CF;

    if (!count_of(w))
        return EMULATE_OK;
    while (n--) {
        bool out = v & sign_bit(w->dst.bytes);

        v = (v << 1 | carry) & size_mask(w->dst.bytes);
        carry = out;
    }
    return rotated(w, v, carry, true);
}

enum emulate_end op_rcr(struct work *w)
{
    unsigned int n = count_of(w) % (width(w) + 1);
    uint64_t v = w->dst.value;
    bool carry = w->s.rflags & RFLAGS_CF;

    if (!count_of(w))
        return EMULATE_OK;
    while (n--) {
        bool out = v & 1;

        v = v >> 1 | (carry ? sign_bit(w->dst.bytes) : 0);
        carry = out;
    }
    return rotated(w, v, carry, false);
}

static enum emulate_end shifted(struct work *w, uint64_t value, bool carry, bool overflow)
{
    done(w, value);
    flags_result(w, w->dst.value, w->dst.bytes);
    flag_set(w, RFLAGS_CF, carry);
    flag_set(w, RFLAGS_OF, overflow);
    flag_set(w, RFLAGS_AF, false);
    return EMULATE_OK;
}

enum emulate_end op_shl(struct work *w)
{
    unsigned int n = count_of(w);
    uint64_t v = w->dst.value;
    bool carry;

    if (!n)
        return EMULATE_OK;
    carry = n <= width(w) && bit_of(v, width(w) - n);
    v <<= n; /* n is below 64 */
    return shifted(w, v, carry, !!(v & sign_bit(w->dst.bytes)) != carry);
}

enum emulate_end op_shr(struct work *w)
{
    unsigned int n = count_of(w);
    uint64_t v = w->dst.value;

    if (!n)
        return EMULATE_OK;
    return shifted(w, v >> n, bit_of(v, n - 1), n == 1 && top(w));
}

enum emulate_end op_sar(struct work *w)
{
    unsigned int n = count_of(w);
    int64_t v = (int64_t)sign_extend(w->dst.value, w->dst.bytes);

    if (!n)
        return EMULATE_OK;
    return shifted(w, (uint64_t)(v >> n), v >> (n - 1) & 1, false);
}

static unsigned int double_count(const struct work *w)
{
    return (unsigned int)w->imm & (w->dst.bytes == 8 ? 63 : 31);
}

/*
 * The source's bits come in, from the low end (SHLD) or the high one; counts above the width, of 16 bits only, are
 * undefined: as the rotated pair has it.
 */
static enum emulate_end double_shift(struct work *w, bool left)
{
    unsigned int n = double_count(w), bits = width(w);
    uint64_t d = w->dst.value, s = w->src.value, r;

    if (!n)
        return EMULATE_OK;
    if (n > bits) {
        n -= bits;
        r = d;
        d = s;
        s = r;
    }
    if (n == bits)
        r = s;
    else
        r = left ? d << n | s >> (bits - n) : d >> n | s << (bits - n);
    return shifted(w, r, bit_of(d, left ? bits - n : n - 1), ((r ^ w->dst.value) & sign_bit(w->dst.bytes)) != 0);
}

enum emulate_end op_shld(struct work *w)
{
    return double_shift(w, true);
}

enum emulate_end op_shrd(struct work *w)
{
    return double_shift(w, false);
}
