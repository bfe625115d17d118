/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to the decoder: what the opcode maps say about the instructions that we take. */
#ifndef LIB_X86_DECODE_OPCODES_H
#define LIB_X86_DECODE_OPCODES_H

#include "x86/decode/insn.h"

enum form {
    FORM_REFUSED,  /* not ours */
    FORM_NONE,     /* no operands in the encoding */
    FORM_IO_IMM,   /* port in an immediate byte */
    FORM_IO_DX,    /* port in DX */
    FORM_IO_STRING,
    FORM_STRING,   /* STOS, MOVS */
    FORM_OFFSET,   /* RAX to an absolute address */
    FORM_SPECIAL,  /* ModRM: control or debug register, general register */
    FORM_LMSW,     /* ModRM: general register */
    FORM_M,        /* ModRM: memory */
    FORM_M_REG,    /* ModRM: memory, register */
    FORM_M_IMM,    /* ModRM: memory, immediate of the operand's size, at most 4 bytes */
    FORM_M_IMM8,   /* ModRM: memory, sign-extended immediate byte */
    FORM_GROUP,    /* ModRM's middle field selects from opcode_groups[kind] */
};

enum width {
    WIDTH_V,    /* 2, 4 or 8, by prefixes */
    WIDTH_W,    /* 1 if the opcode is even, else as above */
    WIDTH_Y,    /* 4 or 8: an operand size prefix changes nothing */
    WIDTH_PAIR, /* 8 or 16 */
    WIDTH_IO,   /* 1 if the opcode is even, else 2 or 4 */
    WIDTH_MODE, /* 8 in 64-bit code, else 4 */
};

struct opcode {
    uint8_t kind; /* enum insn_kind, or enum opcode_group */
    uint8_t form, width;
    bool lockable;
    bool bare; /* 66, F2 and F3 before it make another instruction, or none */
};

enum opcode_group { GROUP_1, GROUP_1_IMM8, GROUP_3, GROUP_4_5, GROUP_8, GROUP_9, GROUP_11, OPCODE_GROUPS };

extern const struct opcode opcode_map_1[256];
extern const struct opcode opcode_map_2[256]; /* behind 0f */
extern const struct opcode opcode_groups[OPCODE_GROUPS][8];

/** The third byte of 0f 01, where it is an opcode of its own. */
const struct opcode *opcode_0f01(uint8_t byte);

#endif
