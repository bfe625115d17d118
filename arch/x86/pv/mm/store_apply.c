/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a store instruction computes, see store_insn.h (AMD64 APM vol. 3, the instructions' pages). */
#include "pv/mm/store_insn.h"

#define FLAG_CF BIT(0)
#define FLAG_PF BIT(2)
#define FLAG_AF BIT(4)
#define FLAG_ZF BIT(6)
#define FLAG_SF BIT(7)
#define FLAG_OF BIT(11)
#define FLAGS_ARITHMETIC (FLAG_CF | FLAG_PF | FLAG_AF | FLAG_ZF | FLAG_SF | FLAG_OF)

static uint64_t *gpr(struct cpu_user_regs *r, unsigned int nr)
{
    uint64_t *const regs[] = { &r->rax, &r->rcx, &r->rdx, &r->rbx, &r->rsp, &r->rbp, &r->rsi, &r->rdi,
                               &r->r8, &r->r9, &r->r10, &r->r11, &r->r12, &r->r13, &r->r14, &r->r15 };

    return regs[nr & 15];
}

static uint64_t size_mask(unsigned int size)
{
    return size == 8 ? ~0ULL : (1ULL << (8 * size)) - 1;
}

/** A 32-bit result clears the upper half, smaller ones leave the rest. */
static void gpr_write(uint64_t *reg, uint64_t value, unsigned int size)
{
    uint64_t mask = size == 4 ? ~0ULL : size_mask(size);

    *reg = (*reg & ~mask) | (value & size_mask(size));
}

static void flags_set(struct cpu_user_regs *regs, uint64_t which, uint64_t value)
{
    regs->rflags = (regs->rflags & ~which) | (value & which);
}

/** Zero, sign and parity of a result. */
static uint64_t flags_of(uint64_t result, unsigned int size)
{
    uint64_t r = result & size_mask(size);

    return (r ? 0 : FLAG_ZF) | (r >> (8 * size - 1) ? FLAG_SF : 0) | (__builtin_parity((unsigned int)(r & 0xff)) ? 0 : FLAG_PF);
}

/** CMPXCHG sets the flags of accumulator minus operand. */
static uint64_t flags_of_compare(uint64_t a, uint64_t b, unsigned int size)
{
    uint64_t mask = size_mask(size), r;

    a &= mask;
    b &= mask;
    r = (a - b) & mask;
    return flags_of(r, size) | (a < b ? FLAG_CF : 0) | ((a ^ b ^ r) & FLAG_AF) |
           (((a ^ b) & (a ^ r)) >> (8 * size - 1) ? FLAG_OF : 0);
}

static bool apply_cmpxchg(const struct store_insn *insn, uint64_t old, uint64_t src, uint64_t *out, struct cpu_user_regs *regs)
{
    bool equal = !((regs->rax ^ old) & size_mask(insn->size));

    flags_set(regs, FLAGS_ARITHMETIC, flags_of_compare(regs->rax, old, insn->size));
    if (equal)
        *out = src;
    else
        gpr_write(&regs->rax, old, insn->size);
    return equal;
}

static uint64_t apply_logic(const struct store_insn *insn, uint64_t old, uint64_t src, struct cpu_user_regs *regs)
{
    uint64_t r = insn->op == STORE_AND ? old & src : insn->op == STORE_OR ? old | src : old ^ src;

    flags_set(regs, FLAGS_ARITHMETIC, flags_of(r, insn->size));
    return r;
}

static uint64_t apply_bit(const struct store_insn *insn, uint64_t old, uint64_t src, struct cpu_user_regs *regs)
{
    uint64_t bit = 1ULL << (src & (8 * insn->size - 1)); /* which word it is in, the fault's address tells */

    flags_set(regs, FLAG_CF, old & bit ? FLAG_CF : 0);
    return insn->op == STORE_BTS ? old | bit : insn->op == STORE_BTR ? old & ~bit : old ^ bit;
}

bool store_insn_apply(const struct store_insn *insn, uint64_t old, uint64_t *out, struct cpu_user_regs *regs)
{
    uint64_t src = insn->has_imm ? insn->imm : *gpr(regs, insn->reg);

    switch (insn->op) {
    case STORE_CMPXCHG:
        return apply_cmpxchg(insn, old, src, out, regs);
    case STORE_XCHG:
        gpr_write(gpr(regs, insn->reg), old, insn->size);
        *out = src;
        return true;
    case STORE_AND:
    case STORE_OR:
    case STORE_XOR:
        *out = apply_logic(insn, old, src, regs);
        return true;
    case STORE_BTS:
    case STORE_BTR:
    case STORE_BTC:
        *out = apply_bit(insn, old, src, regs);
        return true;
    default:
        *out = src;
        return true;
    }
}
