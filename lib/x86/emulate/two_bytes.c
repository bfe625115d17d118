/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The opcodes behind 0F: APM volume 3, tables. A row without a step is not done here. */
#include "x86/emulate/private.h"

#define L F_LOAD
#define S F_STORE
#define LS (F_LOAD | F_STORE)
#define B F_BYTE

static const struct opcode group8[8] = {
    [0 ... 3] = { op_ud, AT_NONE, AT_NONE, F_MODRM, NULL },
    [4] = { op_bt, AT_E, AT_IMM8, 0, NULL },
    [5] = { op_bts, AT_E, AT_IMM8, F_LOCK | F_STORE, NULL },
    [6] = { op_btr, AT_E, AT_IMM8, F_LOCK | F_STORE, NULL },
    [7] = { op_btc, AT_E, AT_IMM8, F_LOCK | F_STORE, NULL },
};

static const struct opcode group9[8] = {
    [0] = { op_ud, AT_NONE, AT_NONE, F_MODRM, NULL },
    [1] = { op_cmpxchg_pair, AT_E, AT_NONE, F_LOCK | F_SIZE32, NULL },
    [2 ... 7] = { NULL, 0, 0, F_MODRM, NULL },
};

const struct opcode emulate_two_bytes[256] = {
    [0x00] = { op_group6, AT_E, AT_NONE, F_NO_REAL, NULL },
    [0x01] = { op_group7, AT_E, AT_NONE, 0, NULL },
    [0x06] = { op_clts, AT_NONE, AT_NONE, F_CPL0, NULL },
    [0x08] = { op_invd, AT_NONE, AT_NONE, F_CPL0, NULL },
    [0x09] = { op_wbinvd, AT_NONE, AT_NONE, F_CPL0, NULL },
    [0x0b] = { op_ud, AT_NONE, AT_NONE, 0, NULL },
    [0x0d] = { op_nop, AT_NONE, AT_NONE, F_MODRM, NULL },
    [0x18 ... 0x1f] = { op_nop, AT_NONE, AT_NONE, F_MODRM, NULL },
    [0x20] = { op_mov_from_cr, AT_NONE, AT_NONE, F_MODRM | F_CPL0, NULL },
    [0x21] = { op_mov_from_dr, AT_NONE, AT_NONE, F_MODRM | F_CPL0, NULL },
    [0x22] = { op_mov_to_cr, AT_NONE, AT_NONE, F_MODRM | F_CPL0, NULL },
    [0x23] = { op_mov_to_dr, AT_NONE, AT_NONE, F_MODRM | F_CPL0, NULL },
    [0x30] = { op_wrmsr, AT_NONE, AT_NONE, F_CPL0, NULL },
    [0x31] = { op_rdtsc, AT_NONE, AT_NONE, 0, NULL },
    [0x32] = { op_rdmsr, AT_NONE, AT_NONE, F_CPL0, NULL },
    [0x33] = { op_rdpmc, AT_NONE, AT_NONE, 0, NULL },
    [0x40 ... 0x4f] = { op_cmov, AT_G, AT_E, LS, NULL },
    [0x80 ... 0x8f] = { op_jcc, AT_NONE, AT_IMM, F_D64, NULL },
    [0x90 ... 0x9f] = { op_setcc, AT_E, AT_NONE, S | B, NULL },
    [0xa0] = { op_push_seg, AT_NONE, AT_NONE, F_D64, NULL },
    [0xa1] = { op_pop_seg, AT_NONE, AT_NONE, F_D64, NULL },
    [0xa2] = { op_cpuid, AT_NONE, AT_NONE, 0, NULL },
    [0xa3] = { op_bt, AT_E, AT_G, 0, NULL },
    [0xa4] = { op_shld, AT_E, AT_G, LS, NULL },
    [0xa5] = { op_shld, AT_E, AT_G, LS, NULL },
    [0xa8] = { op_push_seg, AT_NONE, AT_NONE, F_D64, NULL },
    [0xa9] = { op_pop_seg, AT_NONE, AT_NONE, F_D64, NULL },
    [0xab] = { op_bts, AT_E, AT_G, F_LOCK | F_STORE, NULL },
    [0xac] = { op_shrd, AT_E, AT_G, LS, NULL },
    [0xad] = { op_shrd, AT_E, AT_G, LS, NULL },
    [0xaf] = { op_imul2, AT_G, AT_E, LS, NULL },
    [0xb0] = { op_cmpxchg, AT_E, AT_G, LS | F_LOCK | B, NULL },
    [0xb1] = { op_cmpxchg, AT_E, AT_G, LS | F_LOCK, NULL },
    [0xb2] = { op_load_far, AT_M, AT_NONE, 0, NULL },
    [0xb3] = { op_btr, AT_E, AT_G, F_LOCK | F_STORE, NULL },
    [0xb4] = { op_load_far, AT_M, AT_NONE, 0, NULL },
    [0xb5] = { op_load_far, AT_M, AT_NONE, 0, NULL },
    [0xb6] = { op_mov, AT_G, AT_E, S | F_SRC8, NULL },
    [0xb7] = { op_mov, AT_G, AT_E, S | F_SRC16, NULL },
    [0xb8] = { op_popcnt, AT_G, AT_E, S, NULL },
    [0xb9] = { op_ud, AT_NONE, AT_NONE, F_MODRM, NULL },
    [0xba] = { NULL, 0, 0, F_GROUP, group8 },
    [0xbb] = { op_btc, AT_E, AT_G, F_LOCK | F_STORE, NULL },
    [0xbc] = { op_bsf, AT_G, AT_E, S, NULL },
    [0xbd] = { op_bsr, AT_G, AT_E, S, NULL },
    [0xbe] = { op_movsx, AT_G, AT_E, S | F_SRC8, NULL },
    [0xbf] = { op_movsx, AT_G, AT_E, S | F_SRC16, NULL },
    [0xc0] = { op_xadd, AT_E, AT_G, LS | F_LOCK | B, NULL },
    [0xc1] = { op_xadd, AT_E, AT_G, LS | F_LOCK, NULL },
    [0xc3] = { op_mov, AT_M, AT_G, S | F_SIZE32, NULL }, /* MOVNTI */
    [0xc7] = { NULL, 0, 0, F_GROUP, group9 },
    [0xc8 ... 0xcf] = { op_bswap, AT_Z, AT_NONE, LS, NULL },
    [0xff] = { op_ud, AT_NONE, AT_NONE, F_MODRM, NULL },
};

/* 0F 38 F0 and F1. */
const struct opcode emulate_movbe[2] = {
    { op_movbe, AT_G, AT_M, S, NULL },
    { op_movbe, AT_M, AT_G, S, NULL },
};
