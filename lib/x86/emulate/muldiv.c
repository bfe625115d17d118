/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Multiplication, division, and decimal arithmetic. Division raises #DE where the quotient has no room. */
#include "x86/emulate/private.h"

typedef unsigned __int128 u128;
typedef __int128 s128;

/* CF and OF say whether the upper half is needed; the others are undefined and stay. */
static void wide_flags(struct work *w, bool wide)
{
    flag_set(w, RFLAGS_CF, wide);
    flag_set(w, RFLAGS_OF, wide);
}

static void put_pair(struct work *w, u128 value, unsigned int bytes)
{
    if (bytes == 1) {
        register_put(w, EMU_RAX, 2, false, (uint64_t)value);
        return;
    }
    register_put(w, EMU_RAX, bytes, false, (uint64_t)value);
    register_put(w, EMU_RDX, bytes, false, (uint64_t)(value >> (bytes * 8)));
}

static u128 get_pair(const struct work *w, unsigned int bytes)
{
    if (bytes == 1)
        return register_get(w, EMU_RAX, 2, false);
    return (u128)register_get(w, EMU_RDX, bytes, false) << (bytes * 8) | register_get(w, EMU_RAX, bytes, false);
}

enum emulate_end op_mul(struct work *w)
{
    unsigned int bytes = w->dst.bytes;
    u128 product = (u128)register_get(w, EMU_RAX, bytes, false) * w->dst.value;

    put_pair(w, product, bytes);
    wide_flags(w, product >> (bytes * 8));
    return EMULATE_OK;
}

static s128 signed_product(uint64_t a, uint64_t b, unsigned int bytes, bool *wide)
{
    s128 product = (s128)(int64_t)sign_extend(a, bytes) * (int64_t)sign_extend(b, bytes);

    *wide = product != (s128)(int64_t)sign_extend((uint64_t)product & size_mask(bytes), bytes);
    return product;
}

enum emulate_end op_imul(struct work *w)
{
    unsigned int bytes = w->dst.bytes;
    bool wide;

    put_pair(w, (u128)signed_product(register_get(w, EMU_RAX, bytes, false), w->dst.value, bytes, &wide), bytes);
    wide_flags(w, wide);
    return EMULATE_OK;
}

enum emulate_end op_imul2(struct work *w)
{
    bool wide;

    w->dst.value = (uint64_t)signed_product(w->dst.value, w->src.value, w->dst.bytes, &wide) & size_mask(w->dst.bytes);
    wide_flags(w, wide);
    return EMULATE_OK;
}

enum emulate_end op_imul3(struct work *w)
{
    bool wide;

    w->dst.value = (uint64_t)signed_product(w->src.value, w->imm, w->dst.bytes, &wide) & size_mask(w->dst.bytes);
    wide_flags(w, wide);
    return EMULATE_OK;
}

static enum emulate_end divided(struct work *w, u128 quotient, u128 rest, unsigned int bytes)
{
    if (bytes == 1) {
        register_put(w, EMU_RAX, 1, false, (uint64_t)quotient);
        register_put(w, EMU_RAX, 1, true, (uint64_t)rest);
    } else {
        register_put(w, EMU_RAX, bytes, false, (uint64_t)quotient);
        register_put(w, EMU_RDX, bytes, false, (uint64_t)rest);
    }
    return EMULATE_OK;
}

/* By subtraction, a bit at a time: 128 by 64 bits needs no library then. */
static u128 divide(u128 a, uint64_t b, uint64_t *rest)
{
    u128 quotient = 0, left = 0;

    for (int bit = 127; bit >= 0; bit--) {
        left = left << 1 | (a >> bit & 1);
        quotient <<= 1;
        if (left >= b) {
            left -= b;
            quotient |= 1;
        }
    }
    *rest = (uint64_t)left;
    return quotient;
}

enum emulate_end op_div(struct work *w)
{
    unsigned int bytes = w->dst.bytes;
    u128 quotient;
    uint64_t rest;

    if (!w->dst.value)
        return emulate_raise(w, TRAP_DE, 0);
    quotient = divide(get_pair(w, bytes), w->dst.value, &rest);
    if (quotient >> (bytes * 8))
        return emulate_raise(w, TRAP_DE, 0);
    return divided(w, quotient, rest, bytes);
}

static s128 signed_pair(const struct work *w, unsigned int bytes)
{
    u128 pair = get_pair(w, bytes), sign = (u128)1 << (bytes * 16 - 1);

    return (s128)((pair ^ sign) - sign);
}

enum emulate_end op_idiv(struct work *w)
{
    unsigned int bytes = w->dst.bytes;
    s128 a = signed_pair(w, bytes);
    int64_t b = (int64_t)sign_extend(w->dst.value, bytes);
    u128 quotient, limit = (u128)1 << (bytes * 8 - 1);
    bool negative = (a < 0) != (b < 0);
    uint64_t rest;

    if (!b)
        return emulate_raise(w, TRAP_DE, 0);
    quotient = divide(a < 0 ? -(u128)a : (u128)a, b < 0 ? -(uint64_t)b : (uint64_t)b, &rest);
    if (quotient > limit || (quotient == limit && !negative))
        return emulate_raise(w, TRAP_DE, 0);
    return divided(w, negative ? -quotient : quotient, a < 0 ? (u128)-rest : rest, bytes);
}

enum emulate_end op_aam(struct work *w)
{
    uint8_t al = (uint8_t)w->s.reg[EMU_RAX], base = (uint8_t)w->src.value;

    if (!base)
        return emulate_raise(w, TRAP_DE, 0);
    register_put(w, EMU_RAX, 2, false, (uint64_t)(al / base) << 8 | al % base);
    flags_logic(w, al % base, 1);
    return EMULATE_OK;
}

enum emulate_end op_aad(struct work *w)
{
    uint8_t al = (uint8_t)(w->s.reg[EMU_RAX] + register_get(w, EMU_RAX, 1, true) * w->src.value);

    register_put(w, EMU_RAX, 2, false, al);
    flags_logic(w, al, 1);
    return EMULATE_OK;
}

static enum emulate_end decimal(struct work *w, bool subtract)
{
    uint8_t al = (uint8_t)w->s.reg[EMU_RAX], old = al;
    bool af = (al & 15) > 9 || (w->s.rflags & RFLAGS_AF), cf = old > 0x99 || (w->s.rflags & RFLAGS_CF);
    bool borrow = subtract && af && old < 6;

    if (af)
        al = (uint8_t)(subtract ? al - 6 : al + 6);
    if (cf)
        al = (uint8_t)(subtract ? al - 0x60 : al + 0x60);
    register_put(w, EMU_RAX, 1, false, al);
    flags_result(w, al, 1);
    flag_set(w, RFLAGS_AF, af);
    flag_set(w, RFLAGS_CF, cf || borrow);
    flag_set(w, RFLAGS_OF, false);
    return EMULATE_OK;
}

enum emulate_end op_daa(struct work *w)
{
    return decimal(w, false);
}

enum emulate_end op_das(struct work *w)
{
    return decimal(w, true);
}

static enum emulate_end ascii(struct work *w, bool subtract)
{
    uint64_t ax = register_get(w, EMU_RAX, 2, false);
    bool adjust = (ax & 15) > 9 || (w->s.rflags & RFLAGS_AF);

    if (adjust)
        ax = subtract ? ax - 0x106 : ax + 0x106;
    ax &= 0xff0f;
    register_put(w, EMU_RAX, 2, false, ax);
    flags_result(w, ax & 0xff, 1);
    flag_set(w, RFLAGS_AF, adjust);
    flag_set(w, RFLAGS_CF, adjust);
    flag_set(w, RFLAGS_OF, false);
    return EMULATE_OK;
}

enum emulate_end op_aaa(struct work *w)
{
    return ascii(w, false);
}

enum emulate_end op_aas(struct work *w)
{
    return ascii(w, true);
}
