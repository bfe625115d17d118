/* SPDX-License-Identifier: GPL-2.0-or-later */
/* APM volume 3, tables, as far as they concern us. What does not stand here is refused. */
#include "x86/decode/opcodes.h"

#define RMW(op)      { INSN_##op, FORM_M_REG, WIDTH_W, .lockable = true }
#define RMW_V(op)    { INSN_##op, FORM_M_REG, WIDTH_V, .lockable = true }
#define ONE(op)      { INSN_##op, FORM_M, WIDTH_W, .lockable = true }
#define IMM(op)      { INSN_##op, FORM_M_IMM, WIDTH_W, .lockable = true }
#define IMM8(op)     { INSN_##op, FORM_M_IMM8, WIDTH_V, .lockable = true }
#define PLAIN(op)    { INSN_##op, FORM_NONE, WIDTH_MODE }
#define GROUP(group) { group, FORM_GROUP }

const struct opcode opcode_map_1[256] = {
    [0x00] = RMW(ADD),          [0x01] = RMW(ADD),          [0x08] = RMW(OR),           [0x09] = RMW(OR),
    [0x10] = RMW(ADC),          [0x11] = RMW(ADC),          [0x18] = RMW(SBB),          [0x19] = RMW(SBB),
    [0x20] = RMW(AND),          [0x21] = RMW(AND),          [0x28] = RMW(SUB),          [0x29] = RMW(SUB),
    [0x30] = RMW(XOR),          [0x31] = RMW(XOR),
    [0x6c] = { INSN_INS, FORM_IO_STRING, WIDTH_IO },        [0x6d] = { INSN_INS, FORM_IO_STRING, WIDTH_IO },
    [0x6e] = { INSN_OUTS, FORM_IO_STRING, WIDTH_IO },       [0x6f] = { INSN_OUTS, FORM_IO_STRING, WIDTH_IO },
    [0x80] = GROUP(GROUP_1),    [0x81] = GROUP(GROUP_1),    [0x83] = GROUP(GROUP_1_IMM8),
    [0x86] = RMW(XCHG),         [0x87] = RMW(XCHG),
    [0x88] = { INSN_MOV, FORM_M_REG, WIDTH_W },             [0x89] = { INSN_MOV, FORM_M_REG, WIDTH_W },
    [0xa2] = { INSN_MOV, FORM_OFFSET, WIDTH_W },            [0xa3] = { INSN_MOV, FORM_OFFSET, WIDTH_W },
    [0xa4] = { INSN_MOVS, FORM_STRING, WIDTH_W },           [0xa5] = { INSN_MOVS, FORM_STRING, WIDTH_W },
    [0xaa] = { INSN_STOS, FORM_STRING, WIDTH_W },           [0xab] = { INSN_STOS, FORM_STRING, WIDTH_W },
    [0xc6] = GROUP(GROUP_11),   [0xc7] = GROUP(GROUP_11),
    [0xe4] = { INSN_IN, FORM_IO_IMM, WIDTH_IO },            [0xe5] = { INSN_IN, FORM_IO_IMM, WIDTH_IO },
    [0xe6] = { INSN_OUT, FORM_IO_IMM, WIDTH_IO },           [0xe7] = { INSN_OUT, FORM_IO_IMM, WIDTH_IO },
    [0xec] = { INSN_IN, FORM_IO_DX, WIDTH_IO },             [0xed] = { INSN_IN, FORM_IO_DX, WIDTH_IO },
    [0xee] = { INSN_OUT, FORM_IO_DX, WIDTH_IO },            [0xef] = { INSN_OUT, FORM_IO_DX, WIDTH_IO },
    [0xf4] = PLAIN(HLT),        [0xfa] = PLAIN(CLI),        [0xfb] = PLAIN(STI),
    [0xf6] = GROUP(GROUP_3),    [0xf7] = GROUP(GROUP_3),    [0xfe] = GROUP(GROUP_4_5),  [0xff] = GROUP(GROUP_4_5),
};

const struct opcode opcode_map_2[256] = {
    [0x06] = PLAIN(CLTS),       [0x08] = PLAIN(INVD),       [0x09] = PLAIN(WBINVD), /* F3: WBNOINVD, a part of it */
    [0x20] = { INSN_MOV_FROM_CR, FORM_SPECIAL, WIDTH_MODE }, [0x21] = { INSN_MOV_FROM_DR, FORM_SPECIAL, WIDTH_MODE },
    [0x22] = { INSN_MOV_TO_CR, FORM_SPECIAL, WIDTH_MODE },   [0x23] = { INSN_MOV_TO_DR, FORM_SPECIAL, WIDTH_MODE },
    [0x30] = PLAIN(WRMSR),      [0x31] = PLAIN(RDTSC),      [0x32] = PLAIN(RDMSR),      [0x33] = PLAIN(RDPMC),
    [0xa2] = PLAIN(CPUID),
    [0xab] = RMW_V(BTS),        [0xb3] = RMW_V(BTR),        [0xbb] = RMW_V(BTC),        [0xba] = GROUP(GROUP_8),
    [0xb0] = RMW(CMPXCHG),      [0xb1] = RMW(CMPXCHG),      [0xc0] = RMW(XADD),         [0xc1] = RMW(XADD),
    [0xc3] = { INSN_MOVNTI, FORM_M_REG, WIDTH_Y, .bare = true },
    [0xc7] = GROUP(GROUP_9),
};

const struct opcode opcode_groups[OPCODE_GROUPS][8] = {
    [GROUP_1] = { IMM(ADD), IMM(OR), IMM(ADC), IMM(SBB), IMM(AND), IMM(SUB), IMM(XOR) },
    [GROUP_1_IMM8] = { IMM8(ADD), IMM8(OR), IMM8(ADC), IMM8(SBB), IMM8(AND), IMM8(SUB), IMM8(XOR) },
    [GROUP_3] = { [2] = ONE(NOT), [3] = ONE(NEG) },
    [GROUP_4_5] = { ONE(INC), ONE(DEC) },
    [GROUP_8] = { [5] = IMM8(BTS), [6] = IMM8(BTR), [7] = IMM8(BTC) },
    [GROUP_9] = { [1] = { INSN_CMPXCHG_PAIR, FORM_M, WIDTH_PAIR, .lockable = true } },
    [GROUP_11] = { { INSN_MOV, FORM_M_IMM, WIDTH_W } },
};

const struct opcode *opcode_0f01(uint8_t byte)
{
    static const struct opcode xsetbv = { INSN_XSETBV, FORM_NONE, WIDTH_MODE, .bare = true };
    static const struct opcode rdtscp = PLAIN(RDTSCP);
    static const struct opcode lmsw = { INSN_LMSW, FORM_LMSW, WIDTH_MODE };

    if (byte == 0xd1)
        return &xsetbv;
    if (byte == 0xf9)
        return &rdtscp;
    return (byte & 0xf8) == 0xf0 ? &lmsw : NULL;
}
