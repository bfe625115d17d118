/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prefixes, opcode, ModRM with what hangs on it, immediate: in the order in which the bytes stand. Every byte is taken
 * by take(), which alone knows where they end.
 */
#include "x86/decode/opcodes.h"

struct decoder {
    const uint8_t *bytes;
    size_t count, at;
    enum insn_mode mode;
    bool operand_prefix, address_prefix;
    uint8_t rex;
    uint8_t byte; /* the last opcode byte */
    struct insn *out;
};

enum { REX_B = 1, REX_X = 2, REX_R = 4, REX_W = 8 };

/* The next @n bytes, sign-extended. */
static int take(struct decoder *d, unsigned int n, int64_t *value)
{
    uint64_t v = 0;

    if (d->at + n > INSN_LENGTH_MAX)
        return -EINVAL;
    if (d->at + n > d->count)
        return -EAGAIN;
    for (unsigned int i = 0; i < n; i++)
        v |= (uint64_t)d->bytes[d->at + i] << (8 * i);
    d->at += n;
    *value = n < 8 ? (int64_t)(v << (64 - 8 * n)) >> (64 - 8 * n) : (int64_t)v;
    return 0;
}

static int take_byte(struct decoder *d, uint8_t *byte)
{
    int64_t value;
    int rc = take(d, 1, &value);

    if (!rc)
        *byte = (uint8_t)value;
    return rc;
}

static bool take_prefix(struct decoder *d, uint8_t byte)
{
    struct insn *out = d->out;

    switch (byte) {
    case 0x26: out->segment = INSN_SEG_ES; break;
    case 0x2e: out->segment = INSN_SEG_CS; break;
    case 0x36: out->segment = INSN_SEG_SS; break;
    case 0x3e: out->segment = INSN_SEG_DS; break;
    case 0x64: out->segment = INSN_SEG_FS; break;
    case 0x65: out->segment = INSN_SEG_GS; break;
    case 0x66: d->operand_prefix = true; break;
    case 0x67: d->address_prefix = true; break;
    case 0xf0: out->lock = true; break;
    case 0xf2: out->repeat = INSN_REPNE; break;
    case 0xf3: out->repeat = INSN_REP; break;
    default:
        if (d->mode == INSN_CODE64 && (byte & 0xf0) == 0x40) {
            d->rex = byte;
            return true;
        }
        return false;
    }
    d->rex = 0; /* a REX prefix counts only directly before the opcode */
    return true;
}

static int take_prefixes(struct decoder *d, uint8_t *opcode)
{
    int rc;

    do {
        rc = take_byte(d, opcode);
    } while (!rc && take_prefix(d, *opcode));
    return rc;
}

static int find_opcode(struct decoder *d, const struct opcode **op)
{
    int rc = take_prefixes(d, &d->byte);

    if (rc)
        return rc;
    *op = &opcode_map_1[d->byte];
    if (d->byte != 0x0f)
        return 0;
    rc = take_byte(d, &d->byte);
    if (rc)
        return rc;
    *op = &opcode_map_2[d->byte];
    if (d->byte != 0x01)
        return 0;
    rc = take_byte(d, &d->byte);
    if (rc)
        return rc;
    *op = opcode_0f01(d->byte);
    return *op ? 0 : -EOPNOTSUPP;
}

static uint8_t operand_size(const struct decoder *d, enum width width)
{
    bool small = d->operand_prefix != (d->mode == INSN_CODE16);
    uint8_t v = d->rex & REX_W ? 8 : small ? 2 : 4;

    switch (width) {
    case WIDTH_W: return d->byte & 1 ? v : 1;
    case WIDTH_Y: return d->rex & REX_W ? 8 : 4;
    case WIDTH_PAIR: return d->rex & REX_W ? 16 : 8;
    case WIDTH_IO: return d->byte & 1 ? (small && !(d->rex & REX_W) ? 2 : 4) : 1;
    case WIDTH_MODE: return d->mode == INSN_CODE64 ? 8 : 4;
    default: return v;
    }
}

static uint8_t address_size(const struct decoder *d)
{
    if (d->mode == INSN_CODE64)
        return d->address_prefix ? 4 : 8;
    return d->address_prefix != (d->mode == INSN_CODE16) ? 2 : 4;
}

static uint8_t extend(const struct decoder *d, uint8_t low, uint8_t rex_bit)
{
    return low | (d->rex & rex_bit ? 8 : 0);
}

/* A byte register numbered 4 to 7 is AH, CH, DH, BH unless there is a REX prefix. */
static void set_register(struct decoder *d, uint8_t reg)
{
    struct insn *out = d->out;

    out->source = INSN_SRC_REG;
    out->high_byte = out->operand_size == 1 && !d->rex && reg >= 4;
    out->reg = out->high_byte ? reg - 4 : reg;
}

static int take_sib(struct decoder *d, uint8_t mod)
{
    struct insn *out = d->out;
    uint8_t sib, index;
    int rc = take_byte(d, &sib);

    if (rc)
        return rc;
    index = extend(d, sib >> 3 & 7, REX_X);
    out->index = index == 4 ? INSN_NO_REG : index;
    out->scale = (uint8_t)(1 << (sib >> 6));
    if ((sib & 7) != 5 || mod != 0) {
        out->base = extend(d, sib & 7, REX_B);
        return 0;
    }
    out->base = INSN_NO_REG;
    return take(d, 4, &out->disp);
}

/* The memory operand of ModRM in 64-bit code (APM volume 3, 1.4 and 2.2.4). */
static int take_memory(struct decoder *d, uint8_t modrm)
{
    uint8_t mod = modrm >> 6, rm = modrm & 7;
    struct insn *out = d->out;
    int rc;

    if (rm == 4) {
        rc = take_sib(d, mod);
        if (rc)
            return rc;
    } else if (rm == 5 && mod == 0) {
        out->base = INSN_RIP;
        return take(d, 4, &out->disp);
    } else {
        out->base = extend(d, rm, REX_B);
    }
    return mod == 1 ? take(d, 1, &out->disp) : mod == 2 ? take(d, 4, &out->disp) : 0;
}

static int take_immediate(struct decoder *d, unsigned int bytes)
{
    int64_t value = 0;
    int rc = take(d, bytes, &value);

    d->out->source = INSN_SRC_IMM;
    d->out->imm = (uint64_t)value;
    return rc;
}

static int decode_special(struct decoder *d)
{
    struct insn *out = d->out;
    uint8_t modrm;
    int rc = take_byte(d, &modrm); /* its two upper bits mean nothing here */

    out->special = extend(d, modrm >> 3 & 7, REX_R);
    out->reg = extend(d, modrm & 7, REX_B);
    return rc;
}

static int decode_modrm(struct decoder *d, const struct opcode *op)
{
    struct insn *out = d->out;
    uint8_t modrm;
    int rc = take_byte(d, &modrm);

    if (rc)
        return rc;
    if (op->form == FORM_GROUP) {
        op = &opcode_groups[op->kind][modrm >> 3 & 7];
        if (op->form == FORM_REFUSED)
            return -EOPNOTSUPP;
        out->kind = op->kind;
    }
    if (modrm >> 6 == 3)
        return -EOPNOTSUPP; /* register to register: stores nothing */
    if (out->lock && !op->lockable)
        return -EINVAL;
    out->operand_size = operand_size(d, op->width);
    rc = take_memory(d, modrm);
    if (rc)
        return rc;

    switch (op->form) {
    case FORM_M_REG: set_register(d, extend(d, modrm >> 3 & 7, REX_R)); return 0;
    case FORM_M_IMM: return take_immediate(d, MIN(out->operand_size, 4));
    case FORM_M_IMM8: return take_immediate(d, 1);
    default: return 0;
    }
}

static int decode_string(struct decoder *d)
{
    struct insn *out = d->out;

    out->base = 7;
    out->source = out->kind == INSN_MOVS ? INSN_SRC_MEMORY : INSN_SRC_REG;
    return 0;
}

static int decode_operands(struct decoder *d, const struct opcode *op)
{
    struct insn *out = d->out;
    int rc = 0;

    switch (op->form) {
    case FORM_IO_IMM:
        rc = take_immediate(d, 1);
        out->imm &= 0xff;
        break;
    case FORM_STRING: rc = decode_string(d); break;
    case FORM_OFFSET:
        out->source = INSN_SRC_REG;
        rc = take(d, out->address_size, &out->disp);
        if (out->address_size == 4)
            out->disp = (uint32_t)out->disp;
        break;
    case FORM_SPECIAL: rc = decode_special(d); break;
    case FORM_LMSW: out->reg = extend(d, d->byte & 7, REX_B); break;
    default: break;
    }
    return rc;
}

static int decode(struct decoder *d)
{
    struct insn *out = d->out;
    const struct opcode *op;
    int rc = find_opcode(d, &op);

    if (rc)
        return rc;
    if (op->form == FORM_REFUSED || (op->bare && (d->operand_prefix || out->repeat)))
        return -EOPNOTSUPP;
    out->kind = op->kind;
    out->operand_size = operand_size(d, op->width);
    out->address_size = address_size(d);
    if (op->form >= FORM_M) {
        rc = d->mode == INSN_CODE64 ? decode_modrm(d, op) : -EOPNOTSUPP;
    } else {
        if (out->lock)
            return -EINVAL;
        if (d->mode != INSN_CODE64 && (op->form == FORM_STRING || op->form == FORM_OFFSET))
            return -EOPNOTSUPP;
        rc = decode_operands(d, op);
    }
    out->length = (uint8_t)d->at;
    return rc;
}

int insn_decode(const uint8_t *bytes, size_t count, enum insn_mode mode, struct insn *out)
{
    static const uint8_t forced[] = { 0x0f, 0x0b, 'x', 'e', 'n' };
    struct decoder d = { .bytes = bytes, .count = count, .mode = mode, .out = out };
    bool is_forced = count >= sizeof(forced) && !memcmp(bytes, forced, sizeof(forced));
    int rc;

    memset(out, 0, sizeof(*out));
    out->base = out->index = INSN_NO_REG;
    out->scale = 1;
    if (is_forced)
        d.at = sizeof(forced);
    else if (count < sizeof(forced) && !memcmp(bytes, forced, count))
        return -EAGAIN; /* can still become one */
    rc = decode(&d);
    if (!rc && is_forced && out->kind != INSN_CPUID)
        return -EOPNOTSUPP;
    out->forced = is_forced;
    return rc;
}
