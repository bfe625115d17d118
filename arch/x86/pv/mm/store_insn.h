/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The instructions with which kernels change page tables: stores and locked read-modify-writes of one memory operand. Its address
 * is known from the fault, so decoding is for operation, size, register and length only (AMD64 APM vol. 3, appendix A).
 */
#ifndef PV_MM_STORE_INSN_H
#define PV_MM_STORE_INSN_H

#include "hv/types.h"
#include "public.h"

enum store_op {
    STORE_MOV, STORE_XCHG, STORE_CMPXCHG, STORE_AND, STORE_OR, STORE_XOR, STORE_BTS, STORE_BTR, STORE_BTC,
};

struct store_insn {
    enum store_op op;
    unsigned int length;   /* bytes of the instruction */
    unsigned int size;     /* bytes of the operand: 1, 2, 4, 8 */
    bool has_imm;          /* the source is `imm`, else general register `reg` */
    uint64_t imm;          /* sign-extended */
    unsigned int reg;      /* 0-15 */
};

/** 64-bit code. False if it is none of these, or cut off. */
bool store_insn_decode(const uint8_t *bytes, unsigned int count, struct store_insn *out);
/**
 * What the instruction makes of @old, the operand's value, and of the registers: *@regs gets flags and register results (not
 * RIP). False if it does not store after all (a compare that failed).
 */
bool store_insn_apply(const struct store_insn *insn, uint64_t old, uint64_t *new_value, struct cpu_user_regs *regs);

#endif
