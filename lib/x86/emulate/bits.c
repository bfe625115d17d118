/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Single bits, and counting them. */
#include "x86/emulate/private.h"

/*
 * A bit number in a register reaches beyond the operand where that is memory: it counts from the operand's address,
 * signed. The word that has it becomes the operand. The number is the source, an immediate stays inside.
 */
static enum emulate_end bit_operand(struct work *w, unsigned int *bit)
{
    unsigned int bits = w->dst.bytes * 8;

    *bit = (unsigned int)w->src.value & (bits - 1);
    if (w->dst.kind == OPERAND_MEMORY && w->src.kind == OPERAND_REGISTER) {
        int64_t number = (int64_t)sign_extend(w->src.value, w->src.bytes);
        int64_t words = number >> (bits == 64 ? 6 : bits == 32 ? 5 : 4);

        w->dst.offset = (w->dst.offset + (uint64_t)(words * (int64_t)w->dst.bytes)) & size_mask(w->address_bytes);
    }
    return operand_load(w, &w->dst, w->flags & F_STORE);
}

static enum emulate_end change_bit(struct work *w, uint64_t (*change)(uint64_t value, uint64_t bit))
{
    unsigned int bit;
    enum emulate_end end = bit_operand(w, &bit);
    uint64_t old = w->dst.value;

    if (end != EMULATE_OK)
        return end;
    w->dst.value = change(old, BIT(bit)) & size_mask(w->dst.bytes);
    end = operand_store(w, &w->dst, old, 0);
    w->dst.kind = OPERAND_NONE; /* it is stored */
    if (end == EMULATE_OK)
        flag_set(w, RFLAGS_CF, old & BIT(bit));
    return end;
}

static uint64_t set_bit(uint64_t value, uint64_t bit)
{
    return value | bit;
}

static uint64_t reset_bit(uint64_t value, uint64_t bit)
{
    return value & ~bit;
}

static uint64_t flip_bit(uint64_t value, uint64_t bit)
{
    return value ^ bit;
}

enum emulate_end op_bt(struct work *w)
{
    unsigned int bit;
    enum emulate_end end = bit_operand(w, &bit);

    if (end == EMULATE_OK)
        flag_set(w, RFLAGS_CF, w->dst.value & BIT(bit));
    return end;
}

enum emulate_end op_bts(struct work *w)
{
    return change_bit(w, set_bit);
}

enum emulate_end op_btr(struct work *w)
{
    return change_bit(w, reset_bit);
}

enum emulate_end op_btc(struct work *w)
{
    return change_bit(w, flip_bit);
}

/* F3 makes it TZCNT or LZCNT: those are the caller's CPUID's business, and older CPUs ignore the prefix. */
enum emulate_end op_bsf(struct work *w)
{
    uint64_t v = w->src.value;

    if (w->rep == 0xf3) {
        w->dst.value = v ? (unsigned int)__builtin_ctzll(v) : w->dst.bytes * 8u;
        flag_set(w, RFLAGS_CF, !v);
        flag_set(w, RFLAGS_ZF, !w->dst.value);
        return EMULATE_OK;
    }
    flag_set(w, RFLAGS_ZF, !v);
    if (v)
        w->dst.value = (unsigned int)__builtin_ctzll(v);
    else
        w->dst.kind = OPERAND_NONE; /* it stays, all 64 bits of it, as processors have it */
    return EMULATE_OK;
}

enum emulate_end op_bsr(struct work *w)
{
    uint64_t v = w->src.value;

    if (w->rep == 0xf3) {
        w->dst.value = v ? w->dst.bytes * 8u - 64 + (unsigned int)__builtin_clzll(v) : w->dst.bytes * 8u;
        flag_set(w, RFLAGS_CF, !v);
        flag_set(w, RFLAGS_ZF, !w->dst.value);
        return EMULATE_OK;
    }
    flag_set(w, RFLAGS_ZF, !v);
    if (v)
        w->dst.value = 63 - (unsigned int)__builtin_clzll(v);
    else
        w->dst.kind = OPERAND_NONE;
    return EMULATE_OK;
}

enum emulate_end op_popcnt(struct work *w)
{
    if (w->rep != 0xf3)
        return emulate_ud(w);
    w->dst.value = (unsigned int)__builtin_popcountll(w->src.value);
    w->s.rflags &= ~FLAGS_ARITHMETIC;
    flag_set(w, RFLAGS_ZF, !w->src.value);
    return EMULATE_OK;
}
