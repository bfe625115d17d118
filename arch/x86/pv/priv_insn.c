/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A decoder for the few instructions that fault at CPL 3 and mean something to a PV guest (APM vol. 3, tables A-1 and
 * They have no memory operand that is named by ModRM, which is why it is short. lib/x86/decode knows them too,
 * but takes nearly twice as many instructions, and each RDMSR of a guest comes this way.
 */
#include "pv/priv_insn.h"

struct cursor { const struct pv_insn *insn; unsigned int at; bool ok; };

struct prefixes { bool operand16, address_flip, rep, lock; uint8_t rex; enum priv_segment segment; };

static uint8_t next(struct cursor *c)
{
    if (c->at >= c->insn->length) {
        c->ok = false;
        return 0;
    }
    return c->insn->bytes[c->at++];
}

static bool legacy_prefix(uint8_t byte, struct prefixes *p)
{
    switch (byte) {
    case 0x26: p->segment = PRIV_SEG_ES; break;
    case 0x2e: p->segment = PRIV_SEG_CS; break;
    case 0x36: p->segment = PRIV_SEG_SS; break;
    case 0x3e: p->segment = PRIV_SEG_DS; break;
    case 0x64: p->segment = PRIV_SEG_FS; break;
    case 0x65: p->segment = PRIV_SEG_GS; break;
    case 0x66: p->operand16 = true; break;
    case 0x67: p->address_flip = true; break;
    case 0xf0: p->lock = true; break;
    case 0xf2:
    case 0xf3: p->rep = true; break;
    default: return false;
    }
    return true;
}

/* Returns the first opcode byte. A REX prefix counts only right before it. */
static uint8_t read_prefixes(struct cursor *c, struct prefixes *p)
{
    for (;;) {
        uint8_t byte = next(c);
        if (!c->ok)
            return 0;
        if (c->insn->long_mode && (byte & 0xf0) == 0x40) {
            p->rex = byte;
            continue;
        }
        if (!legacy_prefix(byte, p))
            return byte;
        p->rex = 0;
    }
}

static void sizes(const struct pv_insn *insn, const struct prefixes *p, bool byte_op, struct priv_insn *out)
{
    bool wide = insn->long_mode || insn->big;

    out->operand_size = byte_op ? 1 : wide != p->operand16 ? 4 : 2;
    if (insn->long_mode)
        out->address_size = p->address_flip ? 4 : 8;
    else
        out->address_size = insn->big != p->address_flip ? 4 : 2;
    out->rep = p->rep;
    out->segment = p->segment;
}

static void decode_io(struct cursor *c, uint8_t opcode, const struct prefixes *p, struct priv_insn *out)
{
    sizes(c->insn, p, !(opcode & 1), out);
    if (opcode < 0x70) {
        out->op = opcode & 2 ? PRIV_OUTS : PRIV_INS;
        return;
    }
    out->op = opcode & 2 ? PRIV_OUT : PRIV_IN;
    out->immediate_port = opcode < 0xe8;
    if (out->immediate_port)
        out->port = next(c);
}

/* MOV to and from CRn and DRn: ModRM is always read as register to register. */
static void decode_mov(struct cursor *c, uint8_t opcode, const struct prefixes *p, struct priv_insn *out)
{
    static const enum priv_op op[] = { PRIV_MOV_FROM_CR, PRIV_MOV_FROM_DR, PRIV_MOV_TO_CR, PRIV_MOV_TO_DR };
    uint8_t modrm = next(c);

    out->op = op[opcode - 0x20];
    out->special = (modrm >> 3 & 7) | (p->rex & 4) << 1;
    out->gpr = (modrm & 7) | (p->rex & 1) << 3;
    out->undefined = opcode & 1 && out->special > 7;
}

static void decode_0f(struct cursor *c, const struct prefixes *p, struct priv_insn *out)
{
    uint8_t opcode = next(c);

    switch (opcode) {
    case 0x01: {
        uint8_t modrm = next(c);
        out->op = modrm == 0xd1 ? PRIV_XSETBV : modrm == 0xf9 ? PRIV_RDTSCP : PRIV_NONE;
        break;
    }
    case 0x06: out->op = PRIV_CLTS; break;
    case 0x09: out->op = PRIV_WBINVD; break;
    case 0x20 ... 0x23: decode_mov(c, opcode, p, out); break;
    case 0x30: out->op = PRIV_WRMSR; break;
    case 0x31: out->op = PRIV_RDTSC; break;
    case 0x32: out->op = PRIV_RDMSR; break;
    case 0xa2: out->op = PRIV_CPUID; break;
    default: break;
    }
}

void priv_insn_decode(const struct pv_insn *insn, struct priv_insn *out)
{
    struct cursor c = { insn, 0, true };
    struct prefixes p = { .segment = PRIV_SEG_DEFAULT };
    uint8_t opcode = read_prefixes(&c, &p);

    *out = (struct priv_insn){ .op = PRIV_NONE };
    switch (opcode) {
    case 0x6c ... 0x6f:
    case 0xe4 ... 0xe7:
    case 0xec ... 0xef: decode_io(&c, opcode, &p, out); break;
    case 0xfa: out->op = PRIV_CLI; break;
    case 0xfb: out->op = PRIV_STI; break;
    case 0x0f: decode_0f(&c, &p, out); break;
    default: break;
    }
    if (!c.ok)
        out->op = PRIV_NONE;
    out->undefined |= p.lock; /* on processors that look at the privilege first */
    out->length = c.at;
}
