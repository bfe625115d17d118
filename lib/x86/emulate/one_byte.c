/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one-byte opcodes: APM volume 3, tables. A row without a step is not done here. */
#include "x86/emulate/private.h"

#define L F_LOAD
#define S F_STORE
#define LS (F_LOAD | F_STORE)
#define B F_BYTE

/* The six forms of an arithmetic instruction: E,G; G,E; accumulator, immediate. */
#define ARITHMETIC(code, step, extra)                                                                                  \
    [(code) + 0] = { step, AT_E, AT_G, (extra) | B, NULL }, [(code) + 1] = { step, AT_E, AT_G, (extra), NULL },        \
    [(code) + 2] = { step, AT_G, AT_E, ((extra) & ~F_LOCK) | B, NULL },                                                \
    [(code) + 3] = { step, AT_G, AT_E, (extra) & ~F_LOCK, NULL },                                                      \
    [(code) + 4] = { step, AT_ACC, AT_IMM, ((extra) & ~F_LOCK) | B, NULL },                                            \
    [(code) + 5] = { step, AT_ACC, AT_IMM, (extra) & ~F_LOCK, NULL }

#define GROUP1(where, extra)                                                                                           \
    {                                                                                                                  \
        { op_add, AT_E, where, LS | F_LOCK | (extra), NULL }, { op_or, AT_E, where, LS | F_LOCK | (extra), NULL },     \
        { op_adc, AT_E, where, LS | F_LOCK | (extra), NULL }, { op_sbb, AT_E, where, LS | F_LOCK | (extra), NULL },    \
        { op_and, AT_E, where, LS | F_LOCK | (extra), NULL }, { op_sub, AT_E, where, LS | F_LOCK | (extra), NULL },    \
        { op_xor, AT_E, where, LS | F_LOCK | (extra), NULL }, { op_cmp, AT_E, where, L | (extra), NULL },              \
    }
static const struct opcode group1_byte[8] = GROUP1(AT_IMM, B), group1_imm[8] = GROUP1(AT_IMM, 0),
                           group1_imms[8] = GROUP1(AT_IMMS, 0);

#define GROUP2(where, extra)                                                                                           \
    {                                                                                                                  \
        { op_rol, AT_E, where, LS | (extra), NULL }, { op_ror, AT_E, where, LS | (extra), NULL },                      \
        { op_rcl, AT_E, where, LS | (extra), NULL }, { op_rcr, AT_E, where, LS | (extra), NULL },                      \
        { op_shl, AT_E, where, LS | (extra), NULL }, { op_shr, AT_E, where, LS | (extra), NULL },                      \
        { op_shl, AT_E, where, LS | (extra), NULL }, { op_sar, AT_E, where, LS | (extra), NULL },                      \
    }
static const struct opcode group2_imm_byte[8] = GROUP2(AT_IMM8, B), group2_imm[8] = GROUP2(AT_IMM8, 0),
                           group2_one_byte[8] = GROUP2(AT_ONE, B), group2_one[8] = GROUP2(AT_ONE, 0),
                           group2_cl_byte[8] = GROUP2(AT_CL, B), group2_cl[8] = GROUP2(AT_CL, 0);

#define GROUP3(extra)                                                                                                  \
    {                                                                                                                  \
        { op_test, AT_E, AT_IMM, L | (extra), NULL }, { op_test, AT_E, AT_IMM, L | (extra), NULL },                    \
        { op_not, AT_E, AT_NONE, LS | F_LOCK | (extra), NULL },                                                        \
        { op_neg, AT_E, AT_NONE, LS | F_LOCK | (extra), NULL },                                                        \
        { op_mul, AT_E, AT_NONE, L | (extra), NULL }, { op_imul, AT_E, AT_NONE, L | (extra), NULL },                   \
        { op_div, AT_E, AT_NONE, L | (extra), NULL }, { op_idiv, AT_E, AT_NONE, L | (extra), NULL },                   \
    }
static const struct opcode group3_byte[8] = GROUP3(B), group3[8] = GROUP3(0);

static const struct opcode group4[8] = {
    { op_inc, AT_E, AT_NONE, LS | F_LOCK | B, NULL }, { op_dec, AT_E, AT_NONE, LS | F_LOCK | B, NULL },
    [2 ... 7] = { op_ud, AT_NONE, AT_NONE, F_MODRM, NULL },
};

static const struct opcode group5[8] = {
    { op_inc, AT_E, AT_NONE, LS | F_LOCK, NULL },       { op_dec, AT_E, AT_NONE, LS | F_LOCK, NULL },
    { op_call_near, AT_NONE, AT_E, F_D64, NULL },       { op_call_far_memory, AT_M, AT_NONE, 0, NULL },
    { op_jmp_near, AT_NONE, AT_E, F_D64, NULL },        { op_jmp_far_memory, AT_M, AT_NONE, 0, NULL },
    { op_push, AT_NONE, AT_E, F_D64, NULL },            { op_ud, AT_NONE, AT_NONE, F_MODRM, NULL },
};

static const struct opcode group1a[8] = {
    { op_pop, AT_E, AT_NONE, S | F_D64, NULL }, [1 ... 7] = { op_ud, AT_NONE, AT_NONE, F_MODRM, NULL },
};

static const struct opcode group11_byte[8] = {
    { op_mov, AT_E, AT_IMM, S | B, NULL }, [1 ... 7] = { op_ud, AT_NONE, AT_NONE, F_MODRM, NULL },
};
static const struct opcode group11[8] = {
    { op_mov, AT_E, AT_IMM, S, NULL }, [1 ... 7] = { op_ud, AT_NONE, AT_NONE, F_MODRM, NULL },
};

const struct opcode emulate_one_byte[256] = {
    ARITHMETIC(0x00, op_add, LS | F_LOCK),
    ARITHMETIC(0x08, op_or, LS | F_LOCK),
    ARITHMETIC(0x10, op_adc, LS | F_LOCK),
    ARITHMETIC(0x18, op_sbb, LS | F_LOCK),
    ARITHMETIC(0x20, op_and, LS | F_LOCK),
    ARITHMETIC(0x28, op_sub, LS | F_LOCK),
    ARITHMETIC(0x30, op_xor, LS | F_LOCK),
    ARITHMETIC(0x38, op_cmp, L),
    [0x06] = { op_push_seg, AT_NONE, AT_NONE, F_NO64, NULL },
    [0x07] = { op_pop_seg, AT_NONE, AT_NONE, F_NO64, NULL },
    [0x0e] = { op_push_seg, AT_NONE, AT_NONE, F_NO64, NULL },
    [0x16] = { op_push_seg, AT_NONE, AT_NONE, F_NO64, NULL },
    [0x17] = { op_pop_seg, AT_NONE, AT_NONE, F_NO64, NULL },
    [0x1e] = { op_push_seg, AT_NONE, AT_NONE, F_NO64, NULL },
    [0x1f] = { op_pop_seg, AT_NONE, AT_NONE, F_NO64, NULL },
    [0x27] = { op_daa, AT_NONE, AT_NONE, F_NO64, NULL },
    [0x2f] = { op_das, AT_NONE, AT_NONE, F_NO64, NULL },
    [0x37] = { op_aaa, AT_NONE, AT_NONE, F_NO64, NULL },
    [0x3f] = { op_aas, AT_NONE, AT_NONE, F_NO64, NULL },
    [0x40 ... 0x47] = { op_inc, AT_Z, AT_NONE, LS, NULL },
    [0x48 ... 0x4f] = { op_dec, AT_Z, AT_NONE, LS, NULL },
    [0x50 ... 0x57] = { op_push, AT_NONE, AT_Z, F_D64, NULL },
    [0x58 ... 0x5f] = { op_pop, AT_Z, AT_NONE, S | F_D64, NULL },
    [0x60] = { op_pusha, AT_NONE, AT_NONE, F_NO64, NULL },
    [0x61] = { op_popa, AT_NONE, AT_NONE, F_NO64, NULL },
    [0x62] = { op_bound, AT_M, AT_NONE, F_NO64, NULL },
    [0x63] = { op_movsx, AT_G, AT_E, S | F_SRC32 | F_ONLY64, NULL }, /* elsewhere ARPL */
    [0x68] = { op_push, AT_NONE, AT_IMM, F_D64, NULL },
    [0x69] = { op_imul3, AT_G, AT_E, S, NULL },
    [0x6a] = { op_push, AT_NONE, AT_IMMS, F_D64, NULL },
    [0x6b] = { op_imul3, AT_G, AT_E, S, NULL },
    [0x6c] = { op_ins, AT_NONE, AT_NONE, B, NULL },
    [0x6d] = { op_ins, AT_NONE, AT_NONE, 0, NULL },
    [0x6e] = { op_outs, AT_NONE, AT_NONE, B, NULL },
    [0x6f] = { op_outs, AT_NONE, AT_NONE, 0, NULL },
    [0x70 ... 0x7f] = { op_jcc, AT_NONE, AT_IMM8, F_SRC8 | F_D64, NULL },
    [0x80] = { NULL, 0, 0, F_GROUP, group1_byte },
    [0x81] = { NULL, 0, 0, F_GROUP, group1_imm },
    [0x82] = { NULL, 0, 0, F_GROUP | F_NO64, group1_byte },
    [0x83] = { NULL, 0, 0, F_GROUP, group1_imms },
    [0x84] = { op_test, AT_E, AT_G, L | B, NULL },
    [0x85] = { op_test, AT_E, AT_G, L, NULL },
    [0x86] = { op_xchg, AT_E, AT_G, LS | B | F_LOCK | F_ATOMIC, NULL },
    [0x87] = { op_xchg, AT_E, AT_G, LS | F_LOCK | F_ATOMIC, NULL },
    [0x88] = { op_mov, AT_E, AT_G, S | B, NULL },
    [0x89] = { op_mov, AT_E, AT_G, S, NULL },
    [0x8a] = { op_mov, AT_G, AT_E, S | B, NULL },
    [0x8b] = { op_mov, AT_G, AT_E, S, NULL },
    [0x8c] = { op_mov_from_seg, AT_E, AT_NONE, S, NULL },
    [0x8d] = { op_lea, AT_M, AT_NONE, 0, NULL },
    [0x8e] = { op_mov_to_seg, AT_NONE, AT_E, F_SRC16, NULL },
    [0x8f] = { NULL, 0, 0, F_GROUP, group1a },
    [0x90] = { op_xchg, AT_Z, AT_ACC, LS, NULL }, /* without REX.B the register with itself: NOP, and PAUSE */
    [0x91 ... 0x97] = { op_xchg, AT_Z, AT_ACC, LS, NULL },
    [0x98] = { op_cbw, AT_NONE, AT_NONE, 0, NULL },
    [0x99] = { op_cwd, AT_NONE, AT_NONE, 0, NULL },
    [0x9a] = { op_call_far, AT_NONE, AT_IMM64, F_NO64, NULL },
    [0x9b] = { NULL, 0, 0, 0, NULL },
    [0x9c] = { op_pushf, AT_NONE, AT_NONE, F_D64, NULL },
    [0x9d] = { op_popf, AT_NONE, AT_NONE, F_D64, NULL },
    [0x9e] = { op_sahf, AT_NONE, AT_NONE, 0, NULL },
    [0x9f] = { op_lahf, AT_NONE, AT_NONE, 0, NULL },
    [0xa0] = { op_mov, AT_ACC, AT_OFFSET, S | B, NULL },
    [0xa1] = { op_mov, AT_ACC, AT_OFFSET, S, NULL },
    [0xa2] = { op_mov, AT_OFFSET, AT_ACC, S | B, NULL },
    [0xa3] = { op_mov, AT_OFFSET, AT_ACC, S, NULL },
    [0xa4] = { op_movs, AT_NONE, AT_NONE, B, NULL },
    [0xa5] = { op_movs, AT_NONE, AT_NONE, 0, NULL },
    [0xa6] = { op_cmps, AT_NONE, AT_NONE, B, NULL },
    [0xa7] = { op_cmps, AT_NONE, AT_NONE, 0, NULL },
    [0xa8] = { op_test, AT_ACC, AT_IMM, L | B, NULL },
    [0xa9] = { op_test, AT_ACC, AT_IMM, L, NULL },
    [0xaa] = { op_stos, AT_NONE, AT_NONE, B, NULL },
    [0xab] = { op_stos, AT_NONE, AT_NONE, 0, NULL },
    [0xac] = { op_lods, AT_NONE, AT_NONE, B, NULL },
    [0xad] = { op_lods, AT_NONE, AT_NONE, 0, NULL },
    [0xae] = { op_scas, AT_NONE, AT_NONE, B, NULL },
    [0xaf] = { op_scas, AT_NONE, AT_NONE, 0, NULL },
    [0xb0 ... 0xb7] = { op_mov, AT_Z, AT_IMM, S | B, NULL },
    [0xb8 ... 0xbf] = { op_mov, AT_Z, AT_IMM64, S, NULL },
    [0xc0] = { NULL, 0, 0, F_GROUP, group2_imm_byte },
    [0xc1] = { NULL, 0, 0, F_GROUP, group2_imm },
    [0xc2] = { op_ret, AT_NONE, AT_IMM16, F_D64, NULL },
    [0xc3] = { op_ret, AT_NONE, AT_NONE, F_D64, NULL },
    [0xc4] = { op_load_far, AT_M, AT_NONE, F_NO64, NULL },
    [0xc5] = { op_load_far, AT_M, AT_NONE, F_NO64, NULL },
    [0xc6] = { NULL, 0, 0, F_GROUP, group11_byte },
    [0xc7] = { NULL, 0, 0, F_GROUP, group11 },
    [0xc8] = { op_enter, AT_NONE, AT_IMM16, F_D64, NULL },
    [0xc9] = { op_leave, AT_NONE, AT_NONE, F_D64, NULL },
    [0xca] = { op_ret_far, AT_NONE, AT_IMM16, 0, NULL },
    [0xcb] = { op_ret_far, AT_NONE, AT_NONE, 0, NULL },
    [0xcc] = { op_int3, AT_NONE, AT_NONE, 0, NULL },
    [0xcd] = { op_int, AT_NONE, AT_IMM8, 0, NULL },
    [0xce] = { op_into, AT_NONE, AT_NONE, F_NO64, NULL },
    [0xcf] = { op_iret, AT_NONE, AT_NONE, 0, NULL },
    [0xd0] = { NULL, 0, 0, F_GROUP, group2_one_byte },
    [0xd1] = { NULL, 0, 0, F_GROUP, group2_one },
    [0xd2] = { NULL, 0, 0, F_GROUP, group2_cl_byte },
    [0xd3] = { NULL, 0, 0, F_GROUP, group2_cl },
    [0xd4] = { op_aam, AT_NONE, AT_IMM8, F_NO64, NULL },
    [0xd5] = { op_aad, AT_NONE, AT_IMM8, F_NO64, NULL },
    [0xd6] = { op_salc, AT_NONE, AT_NONE, F_NO64, NULL },
    [0xd7] = { op_xlat, AT_NONE, AT_NONE, 0, NULL },
    [0xd8 ... 0xdf] = { NULL, 0, 0, F_MODRM, NULL },
    [0xe0 ... 0xe2] = { op_loop, AT_NONE, AT_IMM8, F_SRC8 | F_D64, NULL },
    [0xe3] = { op_jcxz, AT_NONE, AT_IMM8, F_SRC8 | F_D64, NULL },
    [0xe4] = { op_in, AT_NONE, AT_IMM8, B, NULL },
    [0xe5] = { op_in, AT_NONE, AT_IMM8, 0, NULL },
    [0xe6] = { op_out, AT_NONE, AT_IMM8, B, NULL },
    [0xe7] = { op_out, AT_NONE, AT_IMM8, 0, NULL },
    [0xe8] = { op_call, AT_NONE, AT_IMM, F_D64, NULL },
    [0xe9] = { op_jmp, AT_NONE, AT_IMM, F_D64, NULL },
    [0xea] = { op_jmp_far, AT_NONE, AT_IMM64, F_NO64, NULL },
    [0xeb] = { op_jmp, AT_NONE, AT_IMM8, F_SRC8 | F_D64, NULL },
    [0xec] = { op_in, AT_NONE, AT_DX, B, NULL },
    [0xed] = { op_in, AT_NONE, AT_DX, 0, NULL },
    [0xee] = { op_out, AT_NONE, AT_DX, B, NULL },
    [0xef] = { op_out, AT_NONE, AT_DX, 0, NULL },
    [0xf1] = { NULL, 0, 0, 0, NULL },
    [0xf4] = { op_hlt, AT_NONE, AT_NONE, F_CPL0, NULL },
    [0xf5] = { op_cmc, AT_NONE, AT_NONE, 0, NULL },
    [0xf6] = { NULL, 0, 0, F_GROUP, group3_byte },
    [0xf7] = { NULL, 0, 0, F_GROUP, group3 },
    [0xf8] = { op_clc, AT_NONE, AT_NONE, 0, NULL },
    [0xf9] = { op_stc, AT_NONE, AT_NONE, 0, NULL },
    [0xfa] = { op_cli, AT_NONE, AT_NONE, 0, NULL },
    [0xfb] = { op_sti, AT_NONE, AT_NONE, 0, NULL },
    [0xfc] = { op_cld, AT_NONE, AT_NONE, 0, NULL },
    [0xfd] = { op_std, AT_NONE, AT_NONE, 0, NULL },
    [0xfe] = { NULL, 0, 0, F_GROUP, group4 },
    [0xff] = { NULL, 0, 0, F_GROUP, group5 },
};
