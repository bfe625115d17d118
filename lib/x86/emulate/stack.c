/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stack: its pointer is as wide as the stack segment says, and moves only when nothing can fault any more. */
#include "x86/emulate/private.h"

unsigned int stack_bytes(const struct work *w)
{
    return in_64bit(w) ? 8 : w->s.seg[EMU_SS].attr & EMU_SEG_D ? 4 : 2;
}

static uint64_t top_of(const struct work *w)
{
    return w->s.reg[EMU_RSP] & size_mask(stack_bytes(w));
}

static void set_top(struct work *w, uint64_t top)
{
    register_put(w, EMU_RSP, stack_bytes(w), false, top);
}

enum emulate_end stack_push(struct work *w, unsigned int bytes, uint64_t value)
{
    uint64_t top = (top_of(w) - bytes) & size_mask(stack_bytes(w));
    enum emulate_end end = memory_write(w, EMU_SS, top, bytes, &value);

    if (end == EMULATE_OK)
        set_top(w, top);
    return end;
}

enum emulate_end stack_pop(struct work *w, unsigned int bytes, uint64_t *value)
{
    enum emulate_end end;

    *value = 0;
    end = memory_read(w, EMU_SS, top_of(w), bytes, false, value);
    if (end == EMULATE_OK)
        set_top(w, top_of(w) + bytes);
    return end;
}

enum emulate_end op_push(struct work *w)
{
    return stack_push(w, w->operand_bytes, w->src.value);
}

/* To memory: an address by RSP counts from it as it is after the pop. */
enum emulate_end op_pop(struct work *w)
{
    enum emulate_end end = stack_pop(w, w->operand_bytes, &w->dst.value);

    if (end == EMULATE_OK && w->dst.kind == OPERAND_MEMORY && w->by_rsp)
        w->dst.offset = (w->dst.offset + w->operand_bytes) & size_mask(w->address_bytes);
    return end;
}

enum emulate_end op_pusha(struct work *w)
{
    uint64_t rsp = w->s.reg[EMU_RSP];

    for (unsigned int reg = EMU_RAX; reg <= EMU_RDI; reg++) {
        enum emulate_end end = stack_push(w, w->operand_bytes, reg == EMU_RSP ? rsp : w->s.reg[reg]);

        if (end != EMULATE_OK)
            return end;
    }
    return EMULATE_OK;
}

enum emulate_end op_popa(struct work *w)
{
    for (int reg = EMU_RDI; reg >= EMU_RAX; reg--) {
        uint64_t value;
        enum emulate_end end = stack_pop(w, w->operand_bytes, &value);

        if (end != EMULATE_OK)
            return end;
        if (reg != EMU_RSP)
            register_put(w, (unsigned int)reg, w->operand_bytes, false, value);
    }
    return EMULATE_OK;
}

static unsigned int iopl(const struct work *w)
{
    return (unsigned int)((w->s.rflags & RFLAGS_IOPL) >> 12);
}

enum emulate_end op_pushf(struct work *w)
{
    if (in_vm86(w) && iopl(w) < 3)
        return w->s.cr4 & BIT(0) ? EMULATE_UNHANDLED : emulate_gp(w);
    return stack_push(w, w->operand_bytes, w->s.rflags & ~(RFLAGS_RF | RFLAGS_VM));
}

enum emulate_end op_popf(struct work *w)
{
    uint64_t may = FLAGS_ARITHMETIC | RFLAGS_TF | RFLAGS_DF | RFLAGS_NT | RFLAGS_AC | RFLAGS_ID, value;
    enum emulate_end end;

    if (in_vm86(w) && iopl(w) < 3)
        return w->s.cr4 & BIT(0) ? EMULATE_UNHANDLED : emulate_gp(w);
    end = stack_pop(w, w->operand_bytes, &value);
    if (end != EMULATE_OK)
        return end;
    if (in_real_mode(w) || w->s.cpl == 0)
        may |= RFLAGS_IOPL;
    if (in_real_mode(w) || w->s.cpl <= iopl(w))
        may |= RFLAGS_IF;
    may &= size_mask(w->operand_bytes);
    w->s.rflags = (w->s.rflags & ~(may | RFLAGS_RF)) | (value & may);
    return EMULATE_OK;
}

/* The frame pointers of the callers, @level - 1 of them, and the new one. */
static enum emulate_end display(struct work *w, unsigned int level, uint64_t frame)
{
    uint64_t rbp = w->s.reg[EMU_RBP];

    for (unsigned int i = 1; i < level; i++) {
        uint64_t value = 0;
        enum emulate_end end;

        rbp = (rbp - w->operand_bytes) & size_mask(stack_bytes(w));
        end = memory_read(w, EMU_SS, rbp, w->operand_bytes, false, &value);
        if (end == EMULATE_OK)
            end = stack_push(w, w->operand_bytes, value);
        if (end != EMULATE_OK)
            return end;
    }
    return stack_push(w, w->operand_bytes, frame);
}

enum emulate_end op_enter(struct work *w)
{
    unsigned int level = (unsigned int)w->imm & 31;
    enum emulate_end end = stack_push(w, w->operand_bytes, w->s.reg[EMU_RBP]);
    uint64_t frame = top_of(w), top, byte = 0;

    if (end == EMULATE_OK && level)
        end = display(w, level, frame);
    if (end != EMULATE_OK)
        return end;
    top = (top_of(w) - (uint16_t)w->src.value) & size_mask(stack_bytes(w));
    end = memory_read(w, EMU_SS, top, w->operand_bytes, true, &byte); /* the new top must be writable */
    if (end != EMULATE_OK)
        return end;
    register_put(w, EMU_RBP, w->operand_bytes, false, frame);
    set_top(w, top);
    return EMULATE_OK;
}

enum emulate_end op_leave(struct work *w)
{
    uint64_t rbp;
    enum emulate_end end;

    set_top(w, w->s.reg[EMU_RBP]);
    end = stack_pop(w, w->operand_bytes, &rbp);
    if (end == EMULATE_OK)
        register_put(w, EMU_RBP, w->operand_bytes, false, rbp);
    return end;
}

static enum emulate_segment named(const struct work *w)
{
    if (w->two_bytes)
        return w->opcode & 8 ? EMU_GS : EMU_FS;
    return (enum emulate_segment)(w->opcode >> 3 & 3);
}

/* The selector's two bytes are written, the rest of the slot stays: as recent processors have it. */
enum emulate_end op_push_seg(struct work *w)
{
    uint64_t top = (top_of(w) - w->operand_bytes) & size_mask(stack_bytes(w));
    uint64_t value = w->s.seg[named(w)].selector;
    enum emulate_end end = memory_write(w, EMU_SS, top, w->operand_bytes == 8 ? 8 : 2, &value);

    if (end == EMULATE_OK)
        set_top(w, top);
    return end;
}

enum emulate_end op_pop_seg(struct work *w)
{
    uint64_t value;
    enum emulate_end end = stack_pop(w, w->operand_bytes, &value);

    w->dst.value = value & 0xffff;
    w->src.value = w->dst.value;
    w->imm = named(w);
    return end == EMULATE_OK ? op_mov_to_seg(w) : end;
}
