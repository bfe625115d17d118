/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is the caller's business: each instruction is recognised, its rights are checked, and handed on. */
#include "x86/emulate/private.h"

enum emulate_end emulate_special_op(struct work *w, enum emulate_special what, unsigned int number, uint64_t *value)
{
    struct emulate_request request = { .what = what, .number = number, .value = value ? *value : 0 };
    enum emulate_end end;

    if (!w->ops->special)
        return EMULATE_UNHANDLED;
    end = w->ops->special(w->opaque, &w->s, &request);
    if (value)
        *value = request.value;
    return end;
}

enum emulate_end op_ud(struct work *w)
{
    return emulate_ud(w);
}

enum emulate_end op_hlt(struct work *w)
{
    return emulate_special_op(w, EMU_HLT, 0, NULL);
}

enum emulate_end op_cpuid(struct work *w)
{
    return emulate_special_op(w, EMU_CPUID, 0, NULL);
}

enum emulate_end op_rdmsr(struct work *w)
{
    return emulate_special_op(w, EMU_RDMSR, 0, NULL);
}

enum emulate_end op_wrmsr(struct work *w)
{
    return emulate_special_op(w, EMU_WRMSR, 0, NULL);
}

static bool forbidden_by(const struct work *w, uint64_t cr4_bit)
{
    return w->s.cpl && (w->s.cr4 & cr4_bit);
}

enum emulate_end op_rdtsc(struct work *w)
{
    return forbidden_by(w, BIT(2)) ? emulate_gp(w) : emulate_special_op(w, EMU_RDTSC, 0, NULL);
}

enum emulate_end op_rdpmc(struct work *w)
{
    return w->s.cpl && !(w->s.cr4 & BIT(8)) ? emulate_gp(w) : emulate_special_op(w, EMU_RDPMC, 0, NULL);
}

enum emulate_end op_invd(struct work *w)
{
    return emulate_special_op(w, EMU_INVD, 0, NULL);
}

enum emulate_end op_wbinvd(struct work *w)
{
    return emulate_special_op(w, EMU_WBINVD, 0, NULL);
}

enum emulate_end op_clts(struct work *w)
{
    return emulate_special_op(w, EMU_CLTS, 0, NULL);
}

/* ModRM names registers whatever its mod field says, and they have the mode's full width. */
static enum emulate_end move_special(struct work *w, enum emulate_special what, bool from)
{
    unsigned int number = modrm_reg(w) | (w->rex & REX_R ? 8 : 0), reg = (w->modrm & 7) | (w->rex & REX_B ? 8 : 0);
    unsigned int bytes = in_64bit(w) ? 8 : 4;
    uint64_t value = from ? 0 : register_get(w, reg, bytes, false);
    bool control = what == EMU_CR_READ || what == EMU_CR_WRITE;
    enum emulate_end end;

    if (control ? number == 1 || (number > 4 && number != 8) : number > 7)
        return emulate_ud(w);
    end = emulate_special_op(w, what, number, &value);
    if (end == EMULATE_OK && from)
        register_put(w, reg, bytes, false, value);
    return end;
}

enum emulate_end op_mov_from_cr(struct work *w)
{
    return move_special(w, EMU_CR_READ, true);
}

enum emulate_end op_mov_to_cr(struct work *w)
{
    return move_special(w, EMU_CR_WRITE, false);
}

enum emulate_end op_mov_from_dr(struct work *w)
{
    return move_special(w, EMU_DR_READ, true);
}

enum emulate_end op_mov_to_dr(struct work *w)
{
    return move_special(w, EMU_DR_WRITE, false);
}

/* SLDT, STR, LLDT, LTR; VERR and VERW read descriptors and are not done here. */
enum emulate_end op_group6(struct work *w)
{
    unsigned int reg = modrm_reg(w);
    enum emulate_end end;

    if (reg > 3)
        return EMULATE_UNHANDLED;
    if (reg >= 2) {
        if (w->s.cpl)
            return emulate_gp(w);
        w->dst.bytes = 2;
        end = operand_load(w, &w->dst, false);
        return end == EMULATE_OK ? emulate_special_op(w, reg == 2 ? EMU_LLDT : EMU_LTR,
                                                     (unsigned int)w->dst.value, NULL) : end;
    }
    end = emulate_special_op(w, reg ? EMU_STR : EMU_SLDT, 0, &w->dst.value);
    if (w->dst.kind == OPERAND_MEMORY)
        w->dst.bytes = 2;
    return end == EMULATE_OK ? operand_store(w, &w->dst, 0, 0) : end;
}

/* Limit of two bytes, base of three (16-bit operands), four or eight. */
static enum emulate_end table_register(struct work *w, unsigned int reg)
{
    unsigned int base_bytes = in_64bit(w) ? 8 : 4;
    uint8_t data[10] = { 0 };
    uint16_t limit;
    uint64_t base = 0;
    enum emulate_end end;

    if (reg < 2) {
        struct emulate_request request = { .what = reg ? EMU_SIDT : EMU_SGDT };

        end = w->ops->special ? w->ops->special(w->opaque, &w->s, &request) : EMULATE_UNHANDLED;
        if (end != EMULATE_OK)
            return end;
        limit = (uint16_t)request.number;
        memcpy(data, &limit, sizeof(limit));
        memcpy(data + 2, &request.value, base_bytes);
        return memory_write(w, w->dst.seg, w->dst.offset, 2 + base_bytes, data);
    }
    if (w->s.cpl)
        return emulate_gp(w);
    end = memory_read(w, w->dst.seg, w->dst.offset, 2 + base_bytes, false, data);
    if (end != EMULATE_OK)
        return end;
    memcpy(&limit, data, sizeof(limit));
    memcpy(&base, data + 2, base_bytes);
    if (!in_64bit(w) && w->operand_bytes == 2)
        base &= 0xffffff;
    return emulate_special_op(w, reg == 2 ? EMU_LGDT : EMU_LIDT, limit, &base);
}

static enum emulate_end group7_register(struct work *w)
{
    switch (w->modrm) {
    case 0xc1: return emulate_special_op(w, EMU_VMCALL, 0, NULL);
    case 0xd0: return emulate_special_op(w, EMU_XGETBV, 0, NULL);
    case 0xd1: return w->s.cpl ? emulate_gp(w) : emulate_special_op(w, EMU_XSETBV, 0, NULL);
    case 0xd9: return emulate_special_op(w, EMU_VMMCALL, 0, NULL);
    case 0xf9: return forbidden_by(w, BIT(2)) ? emulate_gp(w) : emulate_special_op(w, EMU_RDTSCP, 0, NULL);
    default: return EMULATE_UNHANDLED;
    }
}

static enum emulate_end store_machine_status(struct work *w)
{
    enum emulate_end end = emulate_special_op(w, EMU_SMSW, 0, &w->dst.value);

    if (w->dst.kind == OPERAND_MEMORY)
        w->dst.bytes = 2;
    return end == EMULATE_OK ? operand_store(w, &w->dst, 0, 0) : end;
}

static enum emulate_end load_machine_status(struct work *w)
{
    enum emulate_end end;

    if (w->s.cpl)
        return emulate_gp(w);
    w->dst.bytes = 2;
    end = operand_load(w, &w->dst, false);
    return end == EMULATE_OK ? emulate_special_op(w, EMU_LMSW, (unsigned int)w->dst.value, NULL) : end;
}

enum emulate_end op_group7(struct work *w)
{
    unsigned int reg = modrm_reg(w);
    uint64_t linear;
    enum emulate_end end;

    if (reg == 4)
        return store_machine_status(w);
    if (reg == 6)
        return load_machine_status(w);
    if (w->dst.kind != OPERAND_MEMORY)
        return group7_register(w);
    if (reg <= 3)
        return table_register(w, reg);
    if (reg != 7)
        return EMULATE_UNHANDLED;
    if (w->s.cpl)
        return emulate_gp(w);
    linear = w->dst.offset + (in_64bit(w) && w->dst.seg < EMU_FS ? 0 : w->s.seg[w->dst.seg].base);
    end = emulate_special_op(w, EMU_INVLPG, 0, &linear);
    return end;
}
