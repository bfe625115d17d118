/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers, and memory through a segment: APM volume 2, 4.5 (segments), 4.12 (limits) and 1.2.1 (canonical form). */
#include "x86/emulate/private.h"
#include "x86/pte/pte.h"

uint64_t register_get(const struct work *w, unsigned int reg, unsigned int bytes, bool high)
{
    return (high ? w->s.reg[reg] >> 8 : w->s.reg[reg]) & size_mask(bytes);
}

void register_put(struct work *w, unsigned int reg, unsigned int bytes, bool high, uint64_t value)
{
    uint64_t *r = &w->s.reg[reg], mask = size_mask(bytes) << (high ? 8 : 0);

    if (bytes == 4)
        *r = (uint32_t)value; /* the upper half is cleared */
    else
        *r = (*r & ~mask) | (high ? value << 8 & mask : value & mask);
}

static enum emulate_end bad_address(struct work *w, enum emulate_segment seg)
{
    return emulate_raise(w, seg == EMU_SS ? TRAP_SS : TRAP_GP, 0);
}

static bool rights_allow(const struct work *w, const struct emulate_seg *seg, bool write)
{
    if (in_real_mode(w) || in_vm86(w))
        return true;
    if (!(seg->attr & EMU_SEG_P))
        return false; /* a null selector leaves this */
    if (write)
        return !(seg->attr & EMU_SEG_CODE) && (seg->attr & EMU_SEG_RW);
    return !(seg->attr & EMU_SEG_CODE) || (seg->attr & EMU_SEG_RW);
}

static bool limit_allows(const struct emulate_seg *seg, uint64_t offset, unsigned int bytes)
{
    uint64_t last = offset + bytes - 1;

    if (!(seg->attr & EMU_SEG_CODE) && (seg->attr & EMU_SEG_DOWN))
        return offset > seg->limit && last <= (seg->attr & EMU_SEG_D ? 0xffffffffu : 0xffffu);
    return last <= seg->limit;
}

static bool misaligned(const struct work *w, uint64_t linear, unsigned int bytes)
{
    return w->s.cpl == 3 && (w->s.rflags & RFLAGS_AC) && (w->s.cr0 & BIT(18)) && linear & (MIN(bytes, 8u) - 1);
}

enum emulate_end memory_check(struct work *w, enum emulate_segment seg, uint64_t offset, unsigned int bytes, bool write,
                              uint64_t *linear)
{
    const struct emulate_seg *s = &w->s.seg[seg];

    if (in_64bit(w)) {
        *linear = offset + (seg >= EMU_FS ? s->base : 0);
        if (!va_is_canonical(*linear) || !va_is_canonical(*linear + bytes - 1))
            return bad_address(w, seg);
    } else {
        if (!rights_allow(w, s, write) || !limit_allows(s, offset, bytes))
            return bad_address(w, seg);
        *linear = (uint32_t)(s->base + offset);
    }
    return misaligned(w, *linear, bytes) ? emulate_raise(w, TRAP_AC, 0) : EMULATE_OK;
}

enum emulate_end memory_read(struct work *w, enum emulate_segment seg, uint64_t offset, unsigned int bytes, bool write,
                             void *data)
{
    uint64_t linear;
    enum emulate_end end = memory_check(w, seg, offset, bytes, write, &linear);

    return end != EMULATE_OK ? end : w->ops->read(w->opaque, &w->s, linear, bytes, data, write);
}

enum emulate_end memory_write(struct work *w, enum emulate_segment seg, uint64_t offset, unsigned int bytes,
                              const void *data)
{
    uint64_t linear;
    enum emulate_end end = memory_check(w, seg, offset, bytes, true, &linear);

    return end != EMULATE_OK ? end : w->ops->write(w->opaque, &w->s, linear, bytes, data);
}

enum emulate_end operand_load(struct work *w, struct operand *o, bool write)
{
    uint64_t data[2] = { 0, 0 };
    enum emulate_end end;

    if (o->kind == OPERAND_REGISTER)
        o->value = register_get(w, o->reg, o->bytes, o->high);
    if (o->kind != OPERAND_MEMORY)
        return EMULATE_OK;
    end = memory_read(w, o->seg, o->offset, o->bytes, write, data);
    o->value = data[0];
    o->value_high = data[1];
    return end;
}

enum emulate_end operand_store(struct work *w, struct operand *o, uint64_t old, uint64_t old_high)
{
    uint64_t next[2] = { o->value, o->value_high }, was[2] = { old, old_high }, linear;
    enum emulate_end end;
    bool changed = false;

    if (o->kind == OPERAND_REGISTER)
        register_put(w, o->reg, o->bytes, o->high, o->value);
    if (o->kind != OPERAND_MEMORY)
        return EMULATE_OK;
    if (!w->lock && !(w->flags & F_ATOMIC))
        return memory_write(w, o->seg, o->offset, o->bytes, next);
    end = memory_check(w, o->seg, o->offset, o->bytes, true, &linear);
    if (end == EMULATE_OK)
        end = w->ops->exchange(w->opaque, &w->s, linear, o->bytes, was, next, &changed);
    return end == EMULATE_OK && changed ? EMULATE_RETRY : end;
}
