/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Segment registers. In protected mode the caller reads the descriptor. */
#include "x86/emulate/private.h"

static enum emulate_end load(struct work *w, enum emulate_segment seg, uint16_t selector)
{
    struct emulate_request request = { .what = EMU_LOAD_SEGMENT, .which = seg, .number = selector };

    if (!in_real_mode(w) && !in_vm86(w))
        return w->ops->special ? w->ops->special(w->opaque, &w->s, &request) : EMULATE_UNHANDLED;
    w->s.seg[seg].selector = selector;
    w->s.seg[seg].base = (uint64_t)selector << 4;
    return EMULATE_OK;
}

enum emulate_end op_mov_from_seg(struct work *w)
{
    if (modrm_reg(w) > EMU_GS)
        return emulate_ud(w);
    w->dst.value = w->s.seg[modrm_reg(w)].selector;
    if (w->dst.kind == OPERAND_MEMORY)
        w->dst.bytes = 2;
    return EMULATE_OK;
}

/* Also the end of POP to a segment register, which has put its number into imm. */
enum emulate_end op_mov_to_seg(struct work *w)
{
    unsigned int seg = w->two_bytes || (w->opcode & 7) == 7 ? (unsigned int)w->imm : modrm_reg(w);
    enum emulate_end end;

    if (seg > EMU_GS || seg == EMU_CS)
        return emulate_ud(w);
    end = load(w, (enum emulate_segment)seg, (uint16_t)w->src.value);
    if (end == EMULATE_OK && seg == EMU_SS)
        w->s.shadow = true;
    return end;
}

static enum emulate_segment loaded(const struct work *w)
{
    switch (w->two_bytes ? w->opcode : 0) {
    case 0xb2: return EMU_SS;
    case 0xb4: return EMU_FS;
    case 0xb5: return EMU_GS;
    default: return w->opcode == 0xc4 ? EMU_ES : EMU_DS;
    }
}

/* LDS, LES, LFS, LGS, LSS: the register is written when the segment could be loaded. */
enum emulate_end op_load_far(struct work *w)
{
    unsigned int bytes = w->operand_bytes;
    uint8_t data[10] = { 0 };
    uint16_t selector;
    uint64_t offset = 0;
    enum emulate_end end = memory_read(w, w->dst.seg, w->dst.offset, bytes + 2, false, data);

    if (end != EMULATE_OK)
        return end;
    memcpy(&offset, data, bytes);
    memcpy(&selector, data + bytes, sizeof(selector));
    end = load(w, loaded(w), selector);
    if (end == EMULATE_OK)
        register_put(w, modrm_reg(w) | (w->rex & REX_R ? 8 : 0), bytes, false, offset);
    return end;
}
