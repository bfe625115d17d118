/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One instruction on its way through decoding and execution, and the steps that the files of the emulator share. */
#ifndef LIB_X86_EMULATE_PRIVATE_H
#define LIB_X86_EMULATE_PRIVATE_H

#include "x86/cpu/control_bits.h"
#include "x86/cpu/exception.h"
#include "x86/emulate/emulate.h"

#define FLAGS_ARITHMETIC (RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_OF)


/* Where an operand comes from. */
enum place {
    AT_NONE,
    AT_E,      /* by ModRM: register or memory */
    AT_M,      /* by ModRM, and a register is #UD */
    AT_G,      /* the register that ModRM names */
    AT_Z,      /* the register in the opcode */
    AT_ACC,    /* AL, AX, EAX, RAX */
    AT_IMM,    /* as wide as the operand, 4 bytes at most, sign-extended */
    AT_IMM8,   /* a byte, zero-extended */
    AT_IMMS,   /* a byte, sign-extended */
    AT_IMM16,
    AT_IMM64,  /* as wide as the operand, up to 8 bytes */
    AT_OFFSET, /* memory at an offset that follows the opcode */
    AT_ONE, AT_CL, AT_DX,
};

/* Properties of an opcode. */
#define F_BYTE     BIT(0)  /* operands are bytes */
#define F_LOCK     BIT(1)  /* LOCK may stand before it, if the destination is memory */
#define F_NO64     BIT(2)  /* #UD in 64-bit code */
#define F_D64      BIT(3)  /* 64 bits in 64-bit code without REX.W; 32 cannot be had */
#define F_STORE    BIT(4)  /* the destination is written */
#define F_LOAD     BIT(5)  /* and its old value is wanted, or it alone is */
#define F_SRC8     BIT(6)  /* the source is a byte, or two, whatever the destination */
#define F_SRC16    BIT(7)
#define F_CPL0     BIT(8)  /* #GP above CPL 0 */
#define F_MODRM    BIT(9)  /* there is a ModRM byte although no operand says so */
#define F_GROUP    BIT(10) /* ModRM's register field chooses the entry of @group */
#define F_ATOMIC   BIT(11) /* as if LOCK stood before it, if the destination is memory: XCHG */
#define F_NO_REAL  BIT(12) /* #UD outside protected mode */
#define F_SIZE32   BIT(13) /* operands are 32 bits, 64 with REX.W: no 16-bit form */
#define F_SRC32    BIT(14) /* the source has at most four bytes */
#define F_ONLY64   BIT(15) /* another instruction outside 64-bit code, which is not done here */

struct work;
typedef enum emulate_end emulate_step(struct work *w);

struct opcode {
    emulate_step *step;           /* NULL: not done here */
    uint8_t dst, src;             /* enum place */
    uint16_t flags;
    const struct opcode *group;   /* eight of them */
};

extern const struct opcode emulate_one_byte[256], emulate_two_bytes[256], emulate_movbe[2];

struct operand {
    enum { OPERAND_NONE, OPERAND_REGISTER, OPERAND_MEMORY, OPERAND_VALUE } kind;
    uint8_t bytes;
    uint8_t reg;
    bool high;                    /* AH, CH, DH, BH */
    enum emulate_segment seg;
    uint64_t offset;              /* of memory */
    uint64_t value, value_high;
};

struct work {
    struct emulate_state s;       /* what is committed at the end */
    const struct emulate_ops *ops;
    void *opaque;
    const uint8_t *code;
    unsigned int count, at;
    unsigned int repeat_max;

    unsigned int code_bytes;      /* 2, 4 or 8: what kind of code */
    unsigned int operand_bytes, address_bytes;
    uint8_t rex, rep;             /* rep: 0, 0xf2, 0xf3 */
    bool lock, operand_prefix, seg_override;
    enum emulate_segment seg;     /* of memory operands, after overrides */
    uint8_t opcode, modrm;
    bool two_bytes, short_of_bytes;
    bool by_rsp;                  /* the address of memory counts from RSP */
    const struct opcode *op;
    unsigned int flags;           /* of it and of the group it is in */
    struct operand dst, src;
    uint64_t imm;
};

#define REX_W 8u
#define REX_R 4u
#define REX_X 2u
#define REX_B 1u

static inline unsigned int modrm_mod(const struct work *w)
{
    return w->modrm >> 6;
}

static inline unsigned int modrm_reg(const struct work *w)
{
    return w->modrm >> 3 & 7;
}

static inline bool in_64bit(const struct work *w)
{
    return w->code_bytes == 8;
}

static inline bool in_real_mode(const struct work *w)
{
    return !(w->s.cr0 & 1);
}

static inline bool in_vm86(const struct work *w)
{
    return w->s.rflags & RFLAGS_VM;
}

static inline uint64_t size_mask(unsigned int bytes)
{
    return bytes >= 8 ? ~0ULL : BIT(bytes * 8) - 1;
}

static inline uint64_t sign_bit(unsigned int bytes)
{
    return BIT(bytes * 8 - 1);
}

static inline uint64_t sign_extend(uint64_t value, unsigned int bytes)
{
    uint64_t sign = sign_bit(bytes);

    return ((value & size_mask(bytes)) ^ sign) - sign;
}

/* emulate.c */
enum emulate_end emulate_raise(struct work *w, unsigned int vector, uint32_t error);
static inline enum emulate_end emulate_ud(struct work *w)
{
    return emulate_raise(w, TRAP_UD, 0);
}
static inline enum emulate_end emulate_gp(struct work *w)
{
    return emulate_raise(w, TRAP_GP, 0);
}

/* decode.c: prefixes, opcode, ModRM, immediates; operands are located, not loaded. */
enum emulate_end emulate_decode(struct work *w);

/* operand.c */
uint64_t register_get(const struct work *w, unsigned int reg, unsigned int bytes, bool high);
void register_put(struct work *w, unsigned int reg, unsigned int bytes, bool high, uint64_t value);
enum emulate_end memory_check(struct work *w, enum emulate_segment seg, uint64_t offset, unsigned int bytes, bool write,
                              uint64_t *linear);
enum emulate_end memory_read(struct work *w, enum emulate_segment seg, uint64_t offset, unsigned int bytes, bool write,
                             void *data);
enum emulate_end memory_write(struct work *w, enum emulate_segment seg, uint64_t offset, unsigned int bytes,
                              const void *data);
enum emulate_end operand_load(struct work *w, struct operand *o, bool write);
/** @old: what was loaded; with LOCK it must still be there: EMULATE_RETRY if it is not. */
enum emulate_end operand_store(struct work *w, struct operand *o, uint64_t old, uint64_t old_high);

/* stack.c */
enum emulate_end stack_push(struct work *w, unsigned int bytes, uint64_t value);
enum emulate_end stack_pop(struct work *w, unsigned int bytes, uint64_t *value);
unsigned int stack_bytes(const struct work *w);

/* flow.c */
enum emulate_end emulate_jump(struct work *w, uint64_t target);
bool flags_meet(const struct work *w, unsigned int number);

/* flags.c */
uint64_t flags_logic(struct work *w, uint64_t result, unsigned int bytes);
uint64_t flags_add(struct work *w, uint64_t a, uint64_t b, unsigned int carry, unsigned int bytes);
uint64_t flags_sub(struct work *w, uint64_t a, uint64_t b, unsigned int borrow, unsigned int bytes);
/** SF, ZF and PF of a result. */
void flags_result(struct work *w, uint64_t result, unsigned int bytes);
static inline void flag_set(struct work *w, uint64_t flag, bool on)
{
    w->s.rflags = on ? w->s.rflags | flag : w->s.rflags & ~flag;
}

/* special.c */
enum emulate_end emulate_special_op(struct work *w, enum emulate_special what, unsigned int number, uint64_t *value);

/* The steps, by file. */
emulate_step op_add, op_or, op_adc, op_sbb, op_and, op_sub, op_xor, op_cmp, op_test, op_inc, op_dec, op_not, op_neg,
    op_mov, op_xchg, op_xadd, op_cmpxchg, op_cmpxchg_pair, op_lea, op_cbw, op_cwd, op_bswap, op_movsx, op_cmov,
    op_setcc, op_nop, op_xlat, op_movbe;                                                                 /* alu.c */
emulate_step op_rol, op_ror, op_rcl, op_rcr, op_shl, op_shr, op_sar, op_shld, op_shrd;                   /* shift.c */
emulate_step op_mul, op_imul, op_div, op_idiv, op_imul2, op_imul3, op_aam, op_aad, op_daa, op_das, op_aaa,
    op_aas;                                                                                              /* muldiv.c */
emulate_step op_bt, op_bts, op_btr, op_btc, op_bsf, op_bsr, op_popcnt;                                   /* bits.c */
emulate_step op_movs, op_cmps, op_stos, op_lods, op_scas, op_ins, op_outs, op_in, op_out;                /* string.c */
emulate_step op_push, op_pop, op_pusha, op_popa, op_pushf, op_popf, op_enter, op_leave, op_push_seg,
    op_pop_seg;                                                                                          /* stack.c */
emulate_step op_jcc, op_jmp, op_jmp_near, op_call, op_call_near, op_ret, op_loop, op_jcxz, op_int, op_int3, op_into,
    op_bound, op_jmp_far, op_call_far, op_ret_far, op_iret, op_jmp_far_memory, op_call_far_memory;       /* flow.c */
emulate_step op_clc, op_stc, op_cmc, op_cld, op_std, op_cli, op_sti, op_lahf, op_sahf, op_salc;          /* flags.c */
emulate_step op_mov_from_seg, op_mov_to_seg, op_load_far;                                                /* segment.c */
emulate_step op_hlt, op_cpuid, op_rdmsr, op_wrmsr, op_rdtsc, op_rdpmc, op_invd, op_wbinvd, op_clts, op_mov_from_cr,
    op_mov_to_cr, op_mov_from_dr, op_mov_to_dr, op_group7, op_group6, op_ud;                             /* special.c */

#endif
