/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arithmetic, logic and moves between two operands. */
#include "x86/emulate/private.h"

static unsigned int carry(const struct work *w)
{
    return w->s.rflags & RFLAGS_CF ? 1 : 0;
}

static enum emulate_end done(struct work *w, uint64_t value)
{
    w->dst.value = value & size_mask(w->dst.bytes);
    return EMULATE_OK;
}

enum emulate_end op_add(struct work *w)
{
    return done(w, flags_add(w, w->dst.value, w->src.value, 0, w->dst.bytes));
}

enum emulate_end op_adc(struct work *w)
{
    return done(w, flags_add(w, w->dst.value, w->src.value, carry(w), w->dst.bytes));
}

enum emulate_end op_sub(struct work *w)
{
    return done(w, flags_sub(w, w->dst.value, w->src.value, 0, w->dst.bytes));
}

enum emulate_end op_sbb(struct work *w)
{
    return done(w, flags_sub(w, w->dst.value, w->src.value, carry(w), w->dst.bytes));
}

enum emulate_end op_cmp(struct work *w)
{
    flags_sub(w, w->dst.value, w->src.value, 0, w->dst.bytes);
    return EMULATE_OK;
}

enum emulate_end op_or(struct work *w)
{
    return done(w, flags_logic(w, w->dst.value | w->src.value, w->dst.bytes));
}

enum emulate_end op_and(struct work *w)
{
    return done(w, flags_logic(w, w->dst.value & w->src.value, w->dst.bytes));
}

enum emulate_end op_xor(struct work *w)
{
    return done(w, flags_logic(w, w->dst.value ^ w->src.value, w->dst.bytes));
}

enum emulate_end op_test(struct work *w)
{
    flags_logic(w, w->dst.value & w->src.value, w->dst.bytes);
    return EMULATE_OK;
}

/* CF stays. */
enum emulate_end op_inc(struct work *w)
{
    uint64_t cf = w->s.rflags & RFLAGS_CF;

    done(w, flags_add(w, w->dst.value, 1, 0, w->dst.bytes));
    flag_set(w, RFLAGS_CF, cf);
    return EMULATE_OK;
}

enum emulate_end op_dec(struct work *w)
{
    uint64_t cf = w->s.rflags & RFLAGS_CF;

    done(w, flags_sub(w, w->dst.value, 1, 0, w->dst.bytes));
    flag_set(w, RFLAGS_CF, cf);
    return EMULATE_OK;
}

enum emulate_end op_not(struct work *w)
{
    return done(w, ~w->dst.value);
}

enum emulate_end op_neg(struct work *w)
{
    return done(w, flags_sub(w, 0, w->dst.value, 0, w->dst.bytes));
}

enum emulate_end op_mov(struct work *w)
{
    return done(w, w->src.value);
}

enum emulate_end op_nop(struct work *w)
{
    return EMULATE_OK;
}

enum emulate_end op_xchg(struct work *w)
{
    if (w->dst.kind == OPERAND_REGISTER && w->opcode == 0x90 && w->dst.reg == EMU_RAX) {
        w->dst.kind = OPERAND_NONE; /* NOP: the upper half stays, too */
        return EMULATE_OK;
    }
    register_put(w, w->src.reg, w->src.bytes, w->src.high, w->dst.value);
    return done(w, w->src.value);
}

enum emulate_end op_xadd(struct work *w)
{
    uint64_t old = w->dst.value;

    done(w, flags_add(w, old, w->src.value, 0, w->dst.bytes));
    register_put(w, w->src.reg, w->src.bytes, w->src.high, old);
    if (w->dst.kind == OPERAND_REGISTER) /* the sum wins where both are one register */
        register_put(w, w->dst.reg, w->dst.bytes, w->dst.high, w->dst.value);
    return EMULATE_OK;
}

/* Memory is written in either case (APM volume 3, CMPXCHG); a register is not, all 64 bits of it stay. */
enum emulate_end op_cmpxchg(struct work *w)
{
    unsigned int bytes = w->dst.bytes;
    uint64_t old = w->dst.value;

    flags_sub(w, register_get(w, EMU_RAX, bytes, false), old, 0, bytes);
    if (w->s.rflags & RFLAGS_ZF)
        return done(w, w->src.value);
    register_put(w, EMU_RAX, bytes, false, old);
    if (w->dst.kind == OPERAND_REGISTER)
        w->dst.kind = OPERAND_NONE;
    return EMULATE_OK;
}

/* CMPXCHG8B and CMPXCHG16B, by REX.W. */
enum emulate_end op_cmpxchg_pair(struct work *w)
{
    unsigned int half = w->operand_bytes == 8 ? 8 : 4;
    uint64_t old[2] = { 0, 0 }, low, high, next[2];
    enum emulate_end end;

    if (modrm_mod(w) == 3)
        return emulate_ud(w);
    if (half == 8 && w->dst.offset & 15)
        return emulate_gp(w);
    end = memory_read(w, w->dst.seg, w->dst.offset, half * 2, true, old);
    if (end != EMULATE_OK)
        return end;
    low = half == 8 ? old[0] : (uint32_t)old[0];
    high = half == 8 ? old[1] : old[0] >> 32;
    w->dst.bytes = (uint8_t)(half * 2);
    w->dst.value = old[0];
    w->dst.value_high = old[1];
    if (low == register_get(w, EMU_RAX, half, false) && high == register_get(w, EMU_RDX, half, false)) {
        next[0] = register_get(w, EMU_RBX, half, false);
        next[1] = register_get(w, EMU_RCX, half, false);
        flag_set(w, RFLAGS_ZF, true);
        w->dst.value = half == 8 ? next[0] : next[0] | next[1] << 32;
        w->dst.value_high = half == 8 ? next[1] : 0;
    } else {
        register_put(w, EMU_RAX, half, false, low);
        register_put(w, EMU_RDX, half, false, high);
        flag_set(w, RFLAGS_ZF, false);
    }
    return operand_store(w, &w->dst, old[0], old[1]);
}

enum emulate_end op_lea(struct work *w)
{
    register_put(w, modrm_reg(w) | (w->rex & REX_R ? 8 : 0), w->operand_bytes, false, w->dst.offset);
    return EMULATE_OK;
}

enum emulate_end op_cbw(struct work *w)
{
    unsigned int half = w->operand_bytes / 2;

    register_put(w, EMU_RAX, w->operand_bytes, false, sign_extend(register_get(w, EMU_RAX, half, false), half));
    return EMULATE_OK;
}

enum emulate_end op_cwd(struct work *w)
{
    unsigned int bytes = w->operand_bytes;
    bool negative = register_get(w, EMU_RAX, bytes, false) & sign_bit(bytes);

    register_put(w, EMU_RDX, bytes, false, negative ? size_mask(bytes) : 0);
    return EMULATE_OK;
}

enum emulate_end op_bswap(struct work *w)
{
    uint64_t value = w->dst.value;

    if (w->dst.bytes == 8)
        return done(w, __builtin_bswap64(value));
    return done(w, w->dst.bytes == 4 ? __builtin_bswap32((uint32_t)value) : 0); /* of 16 bits: undefined, 0 in fact */
}

enum emulate_end op_movbe(struct work *w)
{
    return done(w, __builtin_bswap64(w->src.value) >> (64 - 8 * w->src.bytes));
}

/* MOVSX and MOVSXD; MOVZX is a plain move of a narrow source. */
enum emulate_end op_movsx(struct work *w)
{
    return done(w, sign_extend(w->src.value, w->src.bytes));
}

enum emulate_end op_cmov(struct work *w)
{
    return done(w, flags_meet(w, w->opcode & 15) ? w->src.value : w->dst.value);
}

enum emulate_end op_setcc(struct work *w)
{
    return done(w, flags_meet(w, w->opcode & 15));
}

enum emulate_end op_xlat(struct work *w)
{
    uint64_t offset = (w->s.reg[EMU_RBX] + (uint8_t)w->s.reg[EMU_RAX]) & size_mask(w->address_bytes);
    uint8_t byte = 0;
    enum emulate_end end = memory_read(w, w->seg, offset, 1, false, &byte);

    if (end == EMULATE_OK)
        register_put(w, EMU_RAX, 1, false, byte);
    return end;
}
