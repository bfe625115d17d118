/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a store makes of memory, registers and flags. Works on copies; nothing here can fail half way. */
#include "x86/cpu/control_bits.h"
#include "x86/decode/insn.h"

#define FLAGS_ALU (RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_OF)

/* One computation of @bits bits: operands, result, and the carries that went into and out of it. */
struct alu {
    unsigned int bits;
    uint64_t mask, sign;
};

static struct alu alu_of(unsigned int size)
{
    unsigned int bits = size * 8;

    return (struct alu){ bits, bits == 64 ? UINT64_MAX : BIT(bits) - 1, BIT(bits - 1) };
}

static uint64_t result_flags(const struct alu *alu, uint64_t r)
{
    uint8_t parity = (uint8_t)r;

    parity ^= parity >> 4;
    parity ^= parity >> 2;
    parity ^= parity >> 1;
    return (parity & 1 ? 0 : RFLAGS_PF) | (r & alu->mask ? 0 : RFLAGS_ZF) | (r & alu->sign ? RFLAGS_SF : 0);
}

/* Carries out of each bit of a + b + c; the top one is CF, that of bit 3 AF. */
static uint64_t add(const struct alu *alu, uint64_t a, uint64_t b, bool carry, uint64_t *flags)
{
    uint64_t r = (a + b + carry) & alu->mask;
    uint64_t out = (a & b) | ((a | b) & ~r);

    *flags = result_flags(alu, r) | (out & alu->sign ? RFLAGS_CF : 0) | (out & 8 ? RFLAGS_AF : 0) |
             ((a ^ r) & (b ^ r) & alu->sign ? RFLAGS_OF : 0);
    return r;
}

/* The same for the borrows of a - b - c. */
static uint64_t subtract(const struct alu *alu, uint64_t a, uint64_t b, bool borrow, uint64_t *flags)
{
    uint64_t r = (a - b - borrow) & alu->mask;
    uint64_t out = (~a & b) | ((~a | b) & r);

    *flags = result_flags(alu, r) | (out & alu->sign ? RFLAGS_CF : 0) | (out & 8 ? RFLAGS_AF : 0) |
             ((a ^ b) & (a ^ r) & alu->sign ? RFLAGS_OF : 0);
    return r;
}

static uint64_t logic(const struct alu *alu, uint64_t r, uint64_t *flags)
{
    *flags = result_flags(alu, r);
    return r & alu->mask;
}

static void set_flags(struct cpu_user_regs *regs, uint64_t which, uint64_t flags)
{
    regs->rflags = (regs->rflags & ~which) | (flags & which);
}

static uint64_t source_value(const struct insn *insn, const struct cpu_user_regs *regs, uint64_t loaded)
{
    switch (insn->source) {
    case INSN_SRC_REG: return insn_get_register(regs, insn->reg) >> (insn->high_byte ? 8 : 0);
    case INSN_SRC_IMM: return insn->imm;
    case INSN_SRC_MEMORY: return loaded;
    default: return 0;
    }
}

static void write_source(const struct insn *insn, struct cpu_user_regs *regs, uint64_t value)
{
    uint64_t whole = insn_get_register(regs, insn->reg);

    if (insn->high_byte)
        insn_set_register(regs, insn->reg, 8, (whole & ~0xff00ULL) | (value & 0xff) << 8);
    else
        insn_set_register(regs, insn->reg, insn->operand_size, value);
}

/* ADD to XOR, NEG, INC, DEC. Values are cut to the operand's size. */
static uint64_t arithmetic(const struct insn *insn, uint64_t old, uint64_t src, struct cpu_user_regs *regs)
{
    struct alu alu = alu_of(insn->operand_size);
    uint64_t flags, r, which = FLAGS_ALU;
    bool carry = regs->rflags & RFLAGS_CF;

    switch (insn->kind) {
    case INSN_ADD: r = add(&alu, old, src, false, &flags); break;
    case INSN_ADC: r = add(&alu, old, src, carry, &flags); break;
    case INSN_SUB: r = subtract(&alu, old, src, false, &flags); break;
    case INSN_SBB: r = subtract(&alu, old, src, carry, &flags); break;
    case INSN_AND: r = logic(&alu, old & src, &flags); break;
    case INSN_OR: r = logic(&alu, old | src, &flags); break;
    case INSN_XOR: r = logic(&alu, old ^ src, &flags); break;
    case INSN_NEG: r = subtract(&alu, 0, old, false, &flags); break;
    case INSN_INC:
        r = add(&alu, old, 1, false, &flags);
        which &= ~RFLAGS_CF;
        break;
    default: /* INSN_DEC */
        r = subtract(&alu, old, 1, false, &flags);
        which &= ~RFLAGS_CF;
        break;
    }
    set_flags(regs, which, flags);
    return r;
}

static uint64_t bit_operation(const struct insn *insn, uint64_t old, uint64_t src, struct cpu_user_regs *regs)
{
    uint64_t bit = BIT(src & (insn->operand_size * 8U - 1));

    set_flags(regs, RFLAGS_CF, old & bit ? RFLAGS_CF : 0);
    return insn->kind == INSN_BTS ? old | bit : insn->kind == INSN_BTR ? old & ~bit : old ^ bit;
}

static void compare_exchange(const struct insn *insn, uint64_t old, uint64_t src, struct insn_result *out)
{
    struct alu alu = alu_of(insn->operand_size);
    uint64_t flags;

    subtract(&alu, out->regs.rax & alu.mask, old, false, &flags);
    set_flags(&out->regs, FLAGS_ALU, flags);
    out->store = flags & RFLAGS_ZF;
    out->value.low = src;
    if (!out->store)
        insn_set_register(&out->regs, 0, insn->operand_size, old);
}

static void exchange_add(const struct insn *insn, uint64_t old, uint64_t src, struct insn_result *out)
{
    struct alu alu = alu_of(insn->operand_size);
    uint64_t flags;

    out->value.low = add(&alu, old, src, false, &flags);
    write_source(insn, &out->regs, old);
    set_flags(&out->regs, FLAGS_ALU, flags);
}

/* EDX:EAX with ECX:EBX for eight bytes, the whole registers for sixteen. */
static void compare_exchange_pair(const struct insn *insn, struct insn_operand old, struct insn_result *out)
{
    struct cpu_user_regs *regs = &out->regs;
    bool wide = insn->operand_size == 16;
    uint64_t low = wide ? old.low : (uint32_t)old.low, high = wide ? old.high : old.low >> 32;
    uint64_t mask = wide ? UINT64_MAX : UINT32_MAX;

    out->store = (regs->rax & mask) == low && (regs->rdx & mask) == high;
    set_flags(regs, RFLAGS_ZF, out->store ? RFLAGS_ZF : 0);
    if (!out->store) {
        regs->rax = low;
        regs->rdx = high;
        return;
    }
    out->value.low = wide ? regs->rbx : (regs->rbx & mask) | regs->rcx << 32;
    out->value.high = wide ? regs->rcx : 0;
}

/* Move an index or count register by @by, in the width of addresses. */
static void step_register(const struct insn *insn, struct cpu_user_regs *regs, unsigned int reg, uint64_t by)
{
    insn_set_register(regs, reg, insn->address_size, insn_get_register(regs, reg) + by);
}

/* One turn of STOS or MOVS. RIP moves on only when REP is through. */
static void string_step(const struct insn *insn, uint64_t src, struct insn_result *out)
{
    struct cpu_user_regs *regs = &out->regs;
    uint64_t by = regs->rflags & RFLAGS_DF ? -(uint64_t)insn->operand_size : insn->operand_size;
    uint64_t count_mask = insn->address_size == 8 ? UINT64_MAX : UINT32_MAX;

    out->value.low = src;
    if (insn->repeat && !(regs->rcx & count_mask)) {
        out->store = false;
        return;
    }
    step_register(insn, regs, 7, by);
    if (insn->kind == INSN_MOVS)
        step_register(insn, regs, 6, by);
    if (!insn->repeat)
        return;
    step_register(insn, regs, 1, UINT64_MAX);
    if (regs->rcx & count_mask)
        regs->rip -= insn->length;
}

int insn_evaluate(const struct insn *insn, struct insn_operand old, uint64_t loaded, const struct cpu_user_regs *regs,
                  struct insn_result *out)
{
    uint64_t mask = insn->operand_size >= 8 ? UINT64_MAX : BIT(insn->operand_size * 8) - 1;
    uint64_t src = source_value(insn, regs, loaded), was = old.low & mask;

    if (!insn_is_store(insn))
        return -EOPNOTSUPP;
    *out = (struct insn_result){ .store = true, .regs = *regs };
    out->regs.rip += insn->length;
    out->regs.rflags &= ~RFLAGS_RF;
    if (insn->kind != INSN_BTS && insn->kind != INSN_BTR && insn->kind != INSN_BTC)
        src &= mask;

    switch (insn->kind) {
    case INSN_MOV:
    case INSN_MOVNTI: out->value.low = src; break;
    case INSN_STOS:
    case INSN_MOVS: string_step(insn, src, out); break;
    case INSN_NOT: out->value.low = ~was & mask; break;
    case INSN_BTS:
    case INSN_BTR:
    case INSN_BTC: out->value.low = bit_operation(insn, was, src, &out->regs); break;
    case INSN_XCHG:
        out->value.low = src;
        write_source(insn, &out->regs, was);
        break;
    case INSN_XADD: exchange_add(insn, was, src, out); break;
    case INSN_CMPXCHG: compare_exchange(insn, was, src, out); break;
    case INSN_CMPXCHG_PAIR: compare_exchange_pair(insn, old, out); break;
    default: out->value.low = arithmetic(insn, was, src, &out->regs); break;
    }
    return 0;
}
