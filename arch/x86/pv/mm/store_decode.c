/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding, see store_insn.h. Operand sizes and encodings: AMD64 APM vol. 3, 1.2 and appendix A. */
#include "pv/mm/store_insn.h"

struct cursor { const uint8_t *p; unsigned int left; bool cut; };

struct prefixes { bool operand16; uint8_t rex; };
#define REX_W 8u
#define REX_R 4u

static uint8_t next_byte(struct cursor *c)
{
    if (!c->left) {
        c->cut = true;
        return 0;
    }
    c->left--;
    return *c->p++;
}

/** Sign-extended immediate of 1, 2 or 4 bytes. */
static uint64_t next_imm(struct cursor *c, unsigned int bytes)
{
    uint64_t v = 0;

    for (unsigned int i = 0; i < bytes; i++)
        v |= (uint64_t)next_byte(c) << (8 * i);
    return (uint64_t)((int64_t)(v << (64 - 8 * bytes)) >> (64 - 8 * bytes));
}

/** Legacy prefixes in any number, REX last. Returns the first opcode byte. */
static uint8_t next_opcode(struct cursor *c, struct prefixes *pfx)
{
    for (;;) {
        uint8_t b = next_byte(c);

        switch (b) {
        case 0x66:
            pfx->operand16 = true;
            break;
        case 0x26: case 0x2e: case 0x36: case 0x3e: case 0x64: case 0x65: /* segments: the address is known */
        case 0x67: case 0xf0:
            break;
        default:
            if ((b & 0xf0) != 0x40)
                return b;
            pfx->rex = b;
            return next_byte(c);
        }
        if (c->cut)
            return 0;
    }
}

/** Skips ModRM, SIB and displacement of a memory operand; false for a register operand. */
static bool skip_modrm(struct cursor *c, uint8_t *modrm)
{
    uint8_t mod, rm, sib_base = 0xff;
    unsigned int disp = 0;

    *modrm = next_byte(c);
    mod = *modrm >> 6;
    rm = *modrm & 7;
    if (mod == 3)
        return false;
    if (rm == 4)
        sib_base = next_byte(c) & 7;
    if (mod == 1)
        disp = 1;
    else if (mod == 2 || rm == 5 || sib_base == 5)
        disp = 4;
    while (disp--)
        next_byte(c);
    return !c->cut;
}

struct form { uint8_t opcode, op, imm_bytes, digit; bool byte, digit_used; };
/* imm_bytes 4 means "as the operand, at most 4". */
static const struct form one_byte[] = {
    { 0x08, STORE_OR, .byte = true }, { 0x09, STORE_OR },
    { 0x20, STORE_AND, .byte = true }, { 0x21, STORE_AND },
    { 0x30, STORE_XOR, .byte = true }, { 0x31, STORE_XOR },
    { 0x80, STORE_OR, 1, 1, true, true }, { 0x80, STORE_AND, 1, 4, true, true }, { 0x80, STORE_XOR, 1, 6, true, true },
    { 0x81, STORE_OR, 4, 1, false, true }, { 0x81, STORE_AND, 4, 4, false, true }, { 0x81, STORE_XOR, 4, 6, false, true },
    { 0x83, STORE_OR, 1, 1, false, true }, { 0x83, STORE_AND, 1, 4, false, true }, { 0x83, STORE_XOR, 1, 6, false, true },
    { 0x86, STORE_XCHG, .byte = true }, { 0x87, STORE_XCHG },
    { 0x88, STORE_MOV, .byte = true }, { 0x89, STORE_MOV },
    { 0xc6, STORE_MOV, 1, 0, true, true }, { 0xc7, STORE_MOV, 4, 0, false, true },
};
static const struct form two_byte[] = {
    { 0xab, STORE_BTS }, { 0xb3, STORE_BTR }, { 0xbb, STORE_BTC },
    { 0xb0, STORE_CMPXCHG, .byte = true }, { 0xb1, STORE_CMPXCHG },
    { 0xba, STORE_BTS, 1, 5, false, true }, { 0xba, STORE_BTR, 1, 6, false, true }, { 0xba, STORE_BTC, 1, 7, false, true },
    { 0xc3, STORE_MOV }, /* MOVNTI */
};

static const struct form *find_form(const struct form *forms, unsigned int nr, uint8_t opcode, uint8_t modrm)
{
    for (unsigned int i = 0; i < nr; i++)
        if (forms[i].opcode == opcode && (!forms[i].digit_used || forms[i].digit == (modrm >> 3 & 7)))
            return &forms[i];
    return NULL;
}

bool store_insn_decode(const uint8_t *bytes, unsigned int count, struct store_insn *out)
{
    struct cursor c = { bytes, count, false };
    struct prefixes pfx = { false, 0 };
    uint8_t opcode = next_opcode(&c, &pfx), modrm;
    bool two = opcode == 0x0f;
    const struct form *f;

    if (two)
        opcode = next_byte(&c);
    if (!skip_modrm(&c, &modrm))
        return false;
    f = two ? find_form(two_byte, ARRAY_SIZE(two_byte), opcode, modrm) : find_form(one_byte, ARRAY_SIZE(one_byte), opcode, modrm);
    if (!f)
        return false;
    *out = (struct store_insn){ .op = f->op, .reg = (modrm >> 3 & 7) | (pfx.rex & REX_R ? 8 : 0), .has_imm = f->imm_bytes };
    out->size = f->byte ? 1 : pfx.rex & REX_W ? 8 : pfx.operand16 ? 2 : 4;
    if (f->imm_bytes)
        out->imm = next_imm(&c, f->imm_bytes == 4 && out->size == 2 ? 2 : f->imm_bytes);
    if (f->byte && !f->imm_bytes && !pfx.rex && out->reg >= 4)
        return false; /* AH, CH, DH, BH: no kernel writes page tables with them */
    out->length = count - c.left;
    return !c.cut;
}
