/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The instructions that a hypervisor must understand because it executes them for its guests:
 *
 *  - those that fault at CPL 3 because they are privileged, and mean something to a PV guest's kernel;
 *  - stores, plain or read-modify-write, that fault because the target is a page table or read-only device memory.
 *
 * Decoding reads no byte beyond those that are given. Evaluating is a function from old operand and registers to new
 * operand and registers; the caller does the store, as a compare-and-exchange against the old value where atomicity
 * matters, and only then takes the registers.
 *
 * Sources: AMD64 Architecture Programmer's Manual, volume 3, chapter 1 and appendix A.
 */
#ifndef LIB_X86_DECODE_INSN_H
#define LIB_X86_DECODE_INSN_H

#include "port.h"
#include "public.h"

#define INSN_LENGTH_MAX 15U

enum insn_mode { INSN_CODE16, INSN_CODE32, INSN_CODE64 };

enum insn_kind {
    INSN_NONE,
    /* privileged */
    INSN_IN, INSN_OUT, INSN_INS, INSN_OUTS, INSN_CLI, INSN_STI, INSN_HLT, INSN_CLTS, INSN_INVD, INSN_WBINVD,
    INSN_MOV_FROM_CR, INSN_MOV_TO_CR, INSN_MOV_FROM_DR, INSN_MOV_TO_DR, INSN_LMSW, INSN_RDMSR, INSN_WRMSR, INSN_RDTSC,
    INSN_RDTSCP, INSN_RDPMC, INSN_CPUID, INSN_XSETBV,
    /* stores, in 64-bit code only */
    INSN_MOV, INSN_MOVNTI, INSN_STOS, INSN_MOVS, INSN_ADD, INSN_OR, INSN_ADC, INSN_SBB, INSN_AND, INSN_SUB, INSN_XOR,
    INSN_NOT, INSN_NEG, INSN_INC, INSN_DEC, INSN_BTS, INSN_BTR, INSN_BTC, INSN_XCHG, INSN_XADD, INSN_CMPXCHG,
    INSN_CMPXCHG_PAIR, /* CMPXCHG8B, CMPXCHG16B */
};

enum insn_segment { INSN_SEG_DEFAULT, INSN_SEG_ES, INSN_SEG_CS, INSN_SEG_SS, INSN_SEG_DS, INSN_SEG_FS, INSN_SEG_GS };
enum insn_repeat { INSN_REP_NONE, INSN_REPNE, INSN_REP };

/* Where the second operand is. A store of one operand (NOT, INC) has none. */
enum insn_source { INSN_SRC_NONE, INSN_SRC_REG, INSN_SRC_IMM, INSN_SRC_MEMORY /* MOVS */ };

#define INSN_NO_REG 0xffU
#define INSN_RIP    0xfeU /* as base: the address of the next instruction */

struct insn {
    enum insn_kind kind;
    uint8_t length;       /* bytes, with the forced-emulation prefix if there is one */
    uint8_t operand_size; /* bytes: 1, 2, 4, 8; 16 for CMPXCHG16B */
    uint8_t address_size; /* bytes: 2, 4, 8 */
    enum insn_segment segment; /* the override, if any */
    enum insn_repeat repeat;
    bool lock;
    bool forced;          /* ud2a, "xen" stood before it (CPUID only) */

    /* The memory operand of a store: base + index * scale + disp. STOS and MOVS have RDI and no more. */
    uint8_t base, index;  /* 0 to 15, INSN_NO_REG, or INSN_RIP as base */
    uint8_t scale;        /* 1, 2, 4, 8 */
    int64_t disp;         /* for MOV to an absolute address, the address */

    enum insn_source source;
    uint8_t reg;          /* the register operand, 0 to 15; of LMSW and MOV CR/DR too */
    bool high_byte;       /* it is AH, CH, DH or BH: bits 8 to 15 of register reg, which is 0 to 3 */
    uint64_t imm;         /* sign-extended; the port of IN and OUT, the bit number of BTS and its like */
    uint8_t special;      /* number of the control or debug register */
};

/**
 * Take apart the instruction that begins at @bytes, of which @count can be read.
 * Returns 0; -EAGAIN if it goes on behind @count bytes, which are fewer than 15; -EINVAL if it is no instruction at all
 * (too long, LOCK where it must not be); -EOPNOTSUPP if it is not one of the above. *@out is then undefined.
 */
int insn_decode(const uint8_t *bytes, size_t count, enum insn_mode mode, struct insn *out);

/** The value of general register @reg (0 RAX, 1 RCX, ... 15 R15), and a store of @size bytes to it as the CPU does. */
uint64_t insn_get_register(const struct cpu_user_regs *regs, unsigned int reg);
void insn_set_register(struct cpu_user_regs *regs, unsigned int reg, unsigned int size, uint64_t value);

/**
 * Linear address of the memory operand of a store in 64-bit code, with @regs as they are before it. FS and GS have the
 * given bases, other segments none. For a bit operation with its number in a register, the address of the operand that
 * has the bit. Not checked for being canonical.
 */
uint64_t insn_effective_address(const struct insn *insn, const struct cpu_user_regs *regs, uint64_t fs_base,
                                uint64_t gs_base);

struct insn_operand {
    uint64_t low, high; /* high: of CMPXCHG16B only */
};

struct insn_result {
    bool store;                /* false: a comparison failed, or REP found RCX zero; nothing is to be written */
    struct insn_operand value; /* operand_size bytes of it count */
    struct cpu_user_regs regs; /* after the instruction: results, flags, RIP (which stays while REP goes on) */
};

/**
 * What a store makes of the operand's old value. @loaded: for MOVS, the value at its source. Returns 0, or -EOPNOTSUPP
 * if @insn is not a store.
 */
int insn_evaluate(const struct insn *insn, struct insn_operand old, uint64_t loaded, const struct cpu_user_regs *regs,
                  struct insn_result *out);

static inline bool insn_is_store(const struct insn *insn)
{
    return insn->kind >= INSN_MOV;
}

#endif
