/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * String instructions, and ports. One round at a time: what a round did stays when the next one faults, and RIP is at
 * the instruction then, so each round's registers are committed before the next begins. A round that an op puts off
 * ends the instruction after the rounds before it.
 */
#include "x86/emulate/private.h"

static uint64_t index_get(const struct work *w, unsigned int reg)
{
    return w->s.reg[reg] & size_mask(w->address_bytes);
}

static void index_step(struct work *w, unsigned int reg, unsigned int bytes)
{
    uint64_t next = w->s.rflags & RFLAGS_DF ? w->s.reg[reg] - bytes : w->s.reg[reg] + bytes;

    register_put(w, reg, w->address_bytes, false, next);
}

static enum emulate_end source(struct work *w, uint64_t *value)
{
    *value = 0;
    return memory_read(w, w->seg, index_get(w, EMU_RSI), w->dst.bytes, false, value);
}

static enum emulate_end round_movs(struct work *w)
{
    uint64_t value;
    enum emulate_end end = source(w, &value);

    if (end == EMULATE_OK)
        end = memory_write(w, EMU_ES, index_get(w, EMU_RDI), w->dst.bytes, &value);
    if (end != EMULATE_OK)
        return end;
    index_step(w, EMU_RSI, w->dst.bytes);
    index_step(w, EMU_RDI, w->dst.bytes);
    return EMULATE_OK;
}

static enum emulate_end round_stos(struct work *w)
{
    uint64_t value = register_get(w, EMU_RAX, w->dst.bytes, false);
    enum emulate_end end = memory_write(w, EMU_ES, index_get(w, EMU_RDI), w->dst.bytes, &value);

    if (end == EMULATE_OK)
        index_step(w, EMU_RDI, w->dst.bytes);
    return end;
}

static enum emulate_end round_lods(struct work *w)
{
    uint64_t value;
    enum emulate_end end = source(w, &value);

    if (end != EMULATE_OK)
        return end;
    register_put(w, EMU_RAX, w->dst.bytes, false, value);
    index_step(w, EMU_RSI, w->dst.bytes);
    return EMULATE_OK;
}

static enum emulate_end round_cmps(struct work *w)
{
    uint64_t a, b = 0;
    enum emulate_end end = source(w, &a);

    if (end == EMULATE_OK)
        end = memory_read(w, EMU_ES, index_get(w, EMU_RDI), w->dst.bytes, false, &b);
    if (end != EMULATE_OK)
        return end;
    flags_sub(w, a, b, 0, w->dst.bytes);
    index_step(w, EMU_RSI, w->dst.bytes);
    index_step(w, EMU_RDI, w->dst.bytes);
    return EMULATE_OK;
}

static enum emulate_end round_scas(struct work *w)
{
    uint64_t b = 0;
    enum emulate_end end = memory_read(w, EMU_ES, index_get(w, EMU_RDI), w->dst.bytes, false, &b);

    if (end != EMULATE_OK)
        return end;
    flags_sub(w, register_get(w, EMU_RAX, w->dst.bytes, false), b, 0, w->dst.bytes);
    index_step(w, EMU_RDI, w->dst.bytes);
    return EMULATE_OK;
}

static enum emulate_end round_ins(struct work *w)
{
    uint64_t linear;
    uint32_t value = 0;
    enum emulate_end end = memory_check(w, EMU_ES, index_get(w, EMU_RDI), w->dst.bytes, true, &linear);

    if (end == EMULATE_OK) /* where it goes is tried before the port is read: reading may change the device */
        end = w->ops->read(w->opaque, &w->s, linear, w->dst.bytes, &value, true);
    if (end == EMULATE_OK)
        end = w->ops->in(w->opaque, &w->s, (uint16_t)w->s.reg[EMU_RDX], w->dst.bytes, &value);
    if (end == EMULATE_OK)
        end = w->ops->write(w->opaque, &w->s, linear, w->dst.bytes, &value);
    if (end == EMULATE_OK)
        index_step(w, EMU_RDI, w->dst.bytes);
    return end;
}

static enum emulate_end round_outs(struct work *w)
{
    uint64_t value;
    enum emulate_end end = source(w, &value);

    if (end == EMULATE_OK)
        end = w->ops->out(w->opaque, &w->s, (uint16_t)w->s.reg[EMU_RDX], w->dst.bytes, (uint32_t)value);
    if (end == EMULATE_OK)
        index_step(w, EMU_RSI, w->dst.bytes);
    return end;
}

/* Are we done, by the zero flag? Only comparisons ask. */
static bool compared(const struct work *w, bool compares)
{
    return compares && !!(w->s.rflags & RFLAGS_ZF) != (w->rep == 0xf3);
}

static enum emulate_end not_over(struct work *w)
{
    w->s.rip -= w->at;
    if (!in_64bit(w))
        w->s.rip = (uint32_t)w->s.rip;
    w->s.repeat = true;
    return EMULATE_OK;
}

static enum emulate_end repeat(struct work *w, enum emulate_end (*round)(struct work *w), bool compares)
{
    if (w->operand_bytes == 8 && (w->opcode & 0xfe) == 0x6c)
        w->dst.bytes = 4; /* ports have no 64-bit form */
    if (!w->rep)
        return round(w);
    for (unsigned int n = 0; index_get(w, EMU_RCX); n++) {
        enum emulate_end end = n < w->repeat_max ? round(w) : not_over(w);

        if (n && (end == EMULATE_FAULT || end == EMULATE_RETRY))
            return not_over(w); /* the rounds before count; the fault comes again at once */
        if (end != EMULATE_OK || w->s.repeat)
            return end;
        register_put(w, EMU_RCX, w->address_bytes, false, w->s.reg[EMU_RCX] - 1);
        if (compared(w, compares))
            break;
    }
    return EMULATE_OK;
}

enum emulate_end op_movs(struct work *w)
{
    return repeat(w, round_movs, false);
}

enum emulate_end op_stos(struct work *w)
{
    return repeat(w, round_stos, false);
}

enum emulate_end op_lods(struct work *w)
{
    return repeat(w, round_lods, false);
}

enum emulate_end op_cmps(struct work *w)
{
    return repeat(w, round_cmps, true);
}

enum emulate_end op_scas(struct work *w)
{
    return repeat(w, round_scas, true);
}

/* Whether a port may be touched is the op's to say: it knows IOPL and the TSS's bitmap. */
enum emulate_end op_ins(struct work *w)
{
    return repeat(w, round_ins, false);
}

enum emulate_end op_outs(struct work *w)
{
    return repeat(w, round_outs, false);
}

enum emulate_end op_in(struct work *w)
{
    unsigned int bytes = MIN(w->operand_bytes, 4u);
    uint32_t value = 0;
    enum emulate_end end = w->ops->in(w->opaque, &w->s, (uint16_t)w->src.value, bytes, &value);

    if (end == EMULATE_OK)
        register_put(w, EMU_RAX, bytes, false, value);
    return end;
}

enum emulate_end op_out(struct work *w)
{
    unsigned int bytes = MIN(w->operand_bytes, 4u);

    return w->ops->out(w->opaque, &w->s, (uint16_t)w->src.value, bytes,
                       (uint32_t)register_get(w, EMU_RAX, bytes, false));
}
