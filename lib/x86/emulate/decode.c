/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking an instruction apart (APM volume 3, chapter 1): prefixes, opcode, ModRM, SIB, displacement, immediate. */
#include "x86/emulate/private.h"

/* Past what is given it is 0, and decoding goes on: with fewer than all bytes nothing of it counts. */
static uint8_t next_byte(struct work *w)
{
    if (w->at < w->count)
        return w->code[w->at++];
    w->at++;
    w->short_of_bytes = true;
    return 0;
}

static uint64_t next_bytes(struct work *w, unsigned int bytes)
{
    uint64_t value = 0;

    for (unsigned int i = 0; i < bytes; i++)
        value |= (uint64_t)next_byte(w) << (i * 8);
    return value;
}

static bool is_override(uint8_t byte, enum emulate_segment *seg)
{
    switch (byte) {
    case 0x26: *seg = EMU_ES; return true;
    case 0x2e: *seg = EMU_CS; return true;
    case 0x36: *seg = EMU_SS; return true;
    case 0x3e: *seg = EMU_DS; return true;
    case 0x64: *seg = EMU_FS; return true;
    case 0x65: *seg = EMU_GS; return true;
    default: return false;
    }
}

/* Returns the first byte that is none. */
static uint8_t prefixes(struct work *w)
{
    bool address_prefix = false;
    uint8_t byte;

    for (;;) {
        enum emulate_segment seg;

        byte = next_byte(w);
        if (w->short_of_bytes || w->at > EMULATE_BYTES_MAX)
            return byte;
        if (is_override(byte, &seg)) {
            if (!in_64bit(w) || seg >= EMU_FS) {
                w->seg = seg;
                w->seg_override = true;
            }
        } else if (byte == 0x66) {
            w->operand_prefix = true;
        } else if (byte == 0x67) {
            address_prefix = true;
        } else if (byte == 0xf0) {
            w->lock = true;
        } else if (byte == 0xf2 || byte == 0xf3) {
            w->rep = byte;
        } else if (in_64bit(w) && (byte & 0xf0) == 0x40) {
            w->rex = byte; /* one that another prefix follows does not count */
            continue;
        } else {
            break;
        }
        w->rex = 0;
    }
    if (in_64bit(w)) {
        w->operand_bytes = w->rex & REX_W ? 8 : w->operand_prefix ? 2 : 4;
        w->address_bytes = address_prefix ? 4 : 8;
    } else {
        w->operand_bytes = w->operand_prefix ? 6 - w->code_bytes : w->code_bytes;
        w->address_bytes = address_prefix ? 6 - w->code_bytes : w->code_bytes;
    }
    return byte;
}

static void default_segment(struct work *w, enum emulate_segment seg)
{
    if (!w->seg_override)
        w->seg = seg;
}

/* 16-bit addresses: APM volume 3, table A-33. */
static uint64_t address_16(struct work *w)
{
    static const uint8_t base[8] = { EMU_RBX, EMU_RBX, EMU_RBP, EMU_RBP, EMU_RSI, EMU_RDI, EMU_RBP, EMU_RBX };
    static const uint8_t index[8] = { EMU_RSI, EMU_RDI, EMU_RSI, EMU_RDI, 0xff, 0xff, 0xff, 0xff };
    unsigned int rm = w->modrm & 7, mod = modrm_mod(w);
    uint64_t address;

    if (mod == 0 && rm == 6)
        return next_bytes(w, 2);
    address = w->s.reg[base[rm]];
    if (index[rm] != 0xff)
        address += w->s.reg[index[rm]];
    if (base[rm] == EMU_RBP)
        default_segment(w, EMU_SS);
    if (mod == 1)
        address += sign_extend(next_bytes(w, 1), 1);
    else if (mod == 2)
        address += next_bytes(w, 2);
    return address;
}

static uint64_t by_sib(struct work *w, uint8_t sib)
{
    unsigned int base = (sib & 7) | (w->rex & REX_B ? 8 : 0), index = (sib >> 3 & 7) | (w->rex & REX_X ? 8 : 0);
    uint64_t address = 0;

    if ((sib & 7) == 5 && modrm_mod(w) == 0) {
        address = sign_extend(next_bytes(w, 4), 4);
    } else {
        address = w->s.reg[base];
        w->by_rsp = base == EMU_RSP;
        if (base == EMU_RSP || base == EMU_RBP)
            default_segment(w, EMU_SS);
    }
    if (index != EMU_RSP)
        address += w->s.reg[index] << (sib >> 6);
    return address;
}

/* @rip_relative: the address counts from the next instruction, whose place is known only at the end. */
static uint64_t address_32(struct work *w, bool *rip_relative)
{
    unsigned int rm = w->modrm & 7, mod = modrm_mod(w), base = rm | (w->rex & REX_B ? 8 : 0);
    uint64_t address;

    if (rm == 4) {
        address = by_sib(w, next_byte(w));
    } else if (rm == 5 && mod == 0) {
        *rip_relative = in_64bit(w);
        return sign_extend(next_bytes(w, 4), 4);
    } else {
        address = w->s.reg[base];
        if (base == EMU_RBP)
            default_segment(w, EMU_SS);
    }
    if (mod == 1)
        address += sign_extend(next_bytes(w, 1), 1);
    else if (mod == 2)
        address += sign_extend(next_bytes(w, 4), 4);
    return address;
}

static bool needs_modrm(const struct opcode *op)
{
    return (op->flags & (F_MODRM | F_GROUP)) || op->dst == AT_E || op->dst == AT_M || op->dst == AT_G ||
           op->src == AT_E || op->src == AT_M || op->src == AT_G;
}

static void set_register(const struct work *w, struct operand *o, unsigned int reg)
{
    o->kind = OPERAND_REGISTER;
    o->high = o->bytes == 1 && !w->rex && reg >= 4 && reg < 8;
    o->reg = (uint8_t)(o->high ? reg - 4 : reg);
}

static void set_value(struct operand *o, uint64_t value)
{
    o->kind = OPERAND_VALUE;
    o->value = value;
}

/* An operand that is not by ModRM's memory form: that one was placed already. */
static void place(struct work *w, struct operand *o, enum place where, const struct operand *memory)
{
    unsigned int bytes = o->bytes;

    switch (where) {
    case AT_NONE:
        break;
    case AT_E: case AT_M:
        if (memory->kind == OPERAND_MEMORY) {
            *o = *memory;
            o->bytes = (uint8_t)bytes;
        } else {
            set_register(w, o, (w->modrm & 7) | (w->rex & REX_B ? 8 : 0));
        }
        break;
    case AT_G:
        set_register(w, o, modrm_reg(w) | (w->rex & REX_R ? 8 : 0));
        break;
    case AT_Z:
        set_register(w, o, (w->opcode & 7) | (w->rex & REX_B ? 8 : 0));
        break;
    case AT_ACC:
        o->kind = OPERAND_REGISTER;
        o->reg = EMU_RAX;
        break;
    case AT_IMM:
        set_value(o, sign_extend(next_bytes(w, MIN(bytes, 4u)), MIN(bytes, 4u)) & size_mask(bytes));
        break;
    case AT_IMM8:
        set_value(o, next_bytes(w, 1));
        break;
    case AT_IMMS:
        set_value(o, sign_extend(next_bytes(w, 1), 1) & size_mask(bytes));
        break;
    case AT_IMM16:
        set_value(o, next_bytes(w, 2));
        break;
    case AT_IMM64:
        set_value(o, next_bytes(w, bytes));
        break;
    case AT_OFFSET:
        o->kind = OPERAND_MEMORY;
        o->seg = w->seg;
        o->offset = next_bytes(w, w->address_bytes);
        break;
    case AT_ONE:
        set_value(o, 1);
        break;
    case AT_CL:
        set_value(o, (uint8_t)w->s.reg[EMU_RCX]);
        break;
    case AT_DX:
        set_value(o, (uint16_t)w->s.reg[EMU_RDX]);
        break;
    }
}

static void operand_sizes(struct work *w)
{
    unsigned int flags = w->flags;

    if ((flags & F_D64) && in_64bit(w) && w->operand_bytes == 4)
        w->operand_bytes = 8;
    if ((flags & F_SIZE32) && w->operand_bytes == 2)
        w->operand_bytes = 4;
    if (flags & F_BYTE)
        w->operand_bytes = 1;
    w->dst.bytes = (uint8_t)w->operand_bytes;
    w->src.bytes = (uint8_t)(flags & F_SRC8 ? 1 : flags & F_SRC16 ? 2 :
                             flags & F_SRC32 ? MIN(w->operand_bytes, 4u) : w->operand_bytes);
}

/* What follows the operands: a third factor, a count, a level, a selector. */
static void further_immediate(struct work *w)
{
    if (w->two_bytes) {
        if (w->opcode == 0xa4 || w->opcode == 0xac)
            w->imm = next_bytes(w, 1);
        else
            w->imm = (uint8_t)w->s.reg[EMU_RCX];
        return;
    }
    switch (w->opcode) {
    case 0x69:
        w->imm = sign_extend(next_bytes(w, MIN(w->operand_bytes, 4u)), MIN(w->operand_bytes, 4u));
        break;
    case 0x6b:
        w->imm = sign_extend(next_bytes(w, 1), 1);
        break;
    case 0xc8:
        w->imm = next_bytes(w, 1);
        break;
    case 0x9a: case 0xea:
        w->imm = next_bytes(w, 2);
        break;
    default:
        break;
    }
}

/* A near branch of 16 bits in 64-bit code: processors differ in what it means. */
static bool is_odd_branch(const struct work *w)
{
    unsigned int c = w->opcode;

    if (!in_64bit(w) || !w->operand_prefix || (w->rex & REX_W))
        return false;
    if (w->two_bytes)
        return (c & 0xf0) == 0x80;
    return (c & 0xf0) == 0x70 || (c & 0xfe) == 0xc2 || (c & 0xfc) == 0xe0 || (c & 0xfe) == 0xe8 || c == 0xeb ||
           (c == 0xff && (modrm_reg(w) == 2 || modrm_reg(w) == 4));
}

static bool is_vex(const struct work *w, uint8_t byte)
{
    if (byte != 0xc4 && byte != 0xc5 && byte != 0x62)
        return false;
    return in_64bit(w) || (w->at < w->count && w->code[w->at] >> 6 == 3 && !in_real_mode(w));
}

static void choose(struct work *w, uint8_t byte, bool *vex)
{
    *vex = is_vex(w, byte);
    w->two_bytes = byte == 0x0f;
    w->opcode = w->two_bytes ? next_byte(w) : byte;
    w->op = w->two_bytes ? &emulate_two_bytes[w->opcode] : &emulate_one_byte[w->opcode];
    if (w->two_bytes && w->opcode == 0x38) {
        w->opcode = next_byte(w);
        if ((w->opcode & 0xfe) == 0xf0 && !w->rep)
            w->op = &emulate_movbe[w->opcode & 1];
    }
}

static void locate(struct work *w)
{
    struct operand memory = { .kind = OPERAND_NONE };
    bool rip_relative = false;

    w->seg = w->seg_override ? w->seg : EMU_DS;
    w->flags = w->op->flags;
    if (needs_modrm(w->op)) {
        w->modrm = next_byte(w);
        if (w->op->flags & F_GROUP)
            w->op = &w->op->group[modrm_reg(w)];
        w->flags |= w->op->flags;
        if (modrm_mod(w) != 3) {
            memory.kind = OPERAND_MEMORY;
            memory.offset = w->address_bytes == 2 ? address_16(w) : address_32(w, &rip_relative);
            memory.seg = w->seg;
        }
    }
    operand_sizes(w);
    place(w, &w->dst, w->op->dst, &memory);
    place(w, &w->src, w->op->src, &memory);
    further_immediate(w);
    if (rip_relative) {
        w->dst.offset += w->s.rip + w->at;
        w->src.offset += w->s.rip + w->at;
    }
    w->dst.offset &= size_mask(w->address_bytes);
    w->src.offset &= size_mask(w->address_bytes);
}

/* What makes it no instruction, or none here, in the order in which the CPU finds it. */
static enum emulate_end legality(struct work *w)
{
    unsigned int flags = w->flags;
    bool wants_memory = w->op->dst == AT_M || w->op->src == AT_M;

    if ((flags & F_NO64) && in_64bit(w))
        return emulate_ud(w);
    if (!w->op->step || ((flags & F_ONLY64) && !in_64bit(w)) || is_odd_branch(w))
        return EMULATE_UNHANDLED;
    if (wants_memory && modrm_mod(w) == 3)
        return emulate_ud(w);
    if (w->lock && !((flags & F_LOCK) && w->dst.kind == OPERAND_MEMORY))
        return emulate_ud(w);
    if ((flags & F_NO_REAL) && (in_real_mode(w) || in_vm86(w)))
        return emulate_ud(w);
    if ((flags & F_CPL0) && w->s.cpl)
        return emulate_gp(w);
    return EMULATE_OK;
}

enum emulate_end emulate_decode(struct work *w)
{
    bool vex;

    choose(w, prefixes(w), &vex);
    if (!vex)
        locate(w);
    if (w->short_of_bytes && w->count < EMULATE_BYTES_MAX)
        return EMULATE_UNHANDLED;
    if (w->at > EMULATE_BYTES_MAX)
        return emulate_gp(w);
    if (vex)
        return EMULATE_UNHANDLED;
    w->s.length = (uint8_t)w->at;
    return legality(w);
}
