/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decoder against Zydis, over random instructions made from our opcodes, prefixes and ModRM bytes, and over plain
 * random bytes. Law: what we accept, Zydis decodes to the same instruction, length and operands; what Zydis says is one
 * of our privileged instructions, or a store of ours to memory, we accept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <Zydis/Zydis.h>
#include <cmocka.h>

#include "x86/decode/insn.h"

static const struct {
    ZydisMnemonic zydis;
    enum insn_kind kind;
} names[] = {
    { ZYDIS_MNEMONIC_IN, INSN_IN }, { ZYDIS_MNEMONIC_OUT, INSN_OUT }, { ZYDIS_MNEMONIC_INSB, INSN_INS },
    { ZYDIS_MNEMONIC_INSW, INSN_INS }, { ZYDIS_MNEMONIC_INSD, INSN_INS }, { ZYDIS_MNEMONIC_OUTSB, INSN_OUTS },
    { ZYDIS_MNEMONIC_OUTSW, INSN_OUTS }, { ZYDIS_MNEMONIC_OUTSD, INSN_OUTS }, { ZYDIS_MNEMONIC_CLI, INSN_CLI },
    { ZYDIS_MNEMONIC_STI, INSN_STI }, { ZYDIS_MNEMONIC_HLT, INSN_HLT }, { ZYDIS_MNEMONIC_CLTS, INSN_CLTS },
    { ZYDIS_MNEMONIC_INVD, INSN_INVD }, { ZYDIS_MNEMONIC_WBINVD, INSN_WBINVD },
    { ZYDIS_MNEMONIC_LMSW, INSN_LMSW }, { ZYDIS_MNEMONIC_RDMSR, INSN_RDMSR }, { ZYDIS_MNEMONIC_WRMSR, INSN_WRMSR },
    { ZYDIS_MNEMONIC_RDTSC, INSN_RDTSC }, { ZYDIS_MNEMONIC_RDTSCP, INSN_RDTSCP }, { ZYDIS_MNEMONIC_RDPMC, INSN_RDPMC },
    { ZYDIS_MNEMONIC_CPUID, INSN_CPUID }, { ZYDIS_MNEMONIC_XSETBV, INSN_XSETBV }, { ZYDIS_MNEMONIC_MOV, INSN_MOV },
    { ZYDIS_MNEMONIC_MOVNTI, INSN_MOVNTI }, { ZYDIS_MNEMONIC_STOSB, INSN_STOS }, { ZYDIS_MNEMONIC_STOSW, INSN_STOS },
    { ZYDIS_MNEMONIC_STOSD, INSN_STOS }, { ZYDIS_MNEMONIC_STOSQ, INSN_STOS }, { ZYDIS_MNEMONIC_MOVSB, INSN_MOVS },
    { ZYDIS_MNEMONIC_MOVSW, INSN_MOVS }, { ZYDIS_MNEMONIC_MOVSD, INSN_MOVS }, { ZYDIS_MNEMONIC_MOVSQ, INSN_MOVS },
    { ZYDIS_MNEMONIC_ADD, INSN_ADD }, { ZYDIS_MNEMONIC_OR, INSN_OR }, { ZYDIS_MNEMONIC_ADC, INSN_ADC },
    { ZYDIS_MNEMONIC_SBB, INSN_SBB }, { ZYDIS_MNEMONIC_AND, INSN_AND }, { ZYDIS_MNEMONIC_SUB, INSN_SUB },
    { ZYDIS_MNEMONIC_XOR, INSN_XOR }, { ZYDIS_MNEMONIC_NOT, INSN_NOT }, { ZYDIS_MNEMONIC_NEG, INSN_NEG },
    { ZYDIS_MNEMONIC_INC, INSN_INC }, { ZYDIS_MNEMONIC_DEC, INSN_DEC }, { ZYDIS_MNEMONIC_BTS, INSN_BTS },
    { ZYDIS_MNEMONIC_BTR, INSN_BTR }, { ZYDIS_MNEMONIC_BTC, INSN_BTC }, { ZYDIS_MNEMONIC_XCHG, INSN_XCHG },
    { ZYDIS_MNEMONIC_XADD, INSN_XADD }, { ZYDIS_MNEMONIC_CMPXCHG, INSN_CMPXCHG },
    { ZYDIS_MNEMONIC_CMPXCHG8B, INSN_CMPXCHG_PAIR }, { ZYDIS_MNEMONIC_CMPXCHG16B, INSN_CMPXCHG_PAIR },
};

static ZydisDecoder zydis[3];
static ZydisDecodedInstruction z;
static ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];

static void fail_bytes(const char *what, const uint8_t *bytes, enum insn_mode mode, int rc)
{
    char text[3 * 15 + 1] = "";

    for (size_t i = 0; i < 15; i++)
        sprintf(text + 3 * i, "%02x ", bytes[i]);
    fail_msg("%s: %s mode %d, we say %d, Zydis length %u %s", what, text, mode, rc, z.length,
             ZydisMnemonicGetString(z.mnemonic));
}

static enum insn_kind mov_kind(void)
{
    ZydisRegisterClass to = ZydisRegisterGetClass(op[0].reg.value), from = ZydisRegisterGetClass(op[1].reg.value);

    if (op[0].type == ZYDIS_OPERAND_TYPE_MEMORY)
        return INSN_MOV;
    if (op[0].type != ZYDIS_OPERAND_TYPE_REGISTER || op[1].type != ZYDIS_OPERAND_TYPE_REGISTER)
        return INSN_NONE;
    return to == ZYDIS_REGCLASS_CONTROL     ? INSN_MOV_TO_CR
           : to == ZYDIS_REGCLASS_DEBUG     ? INSN_MOV_TO_DR
           : from == ZYDIS_REGCLASS_CONTROL ? INSN_MOV_FROM_CR
           : from == ZYDIS_REGCLASS_DEBUG   ? INSN_MOV_FROM_DR
                                            : INSN_NONE;
}

/* What Zydis's result is in our terms; INSN_NONE if it is not ours. */
static enum insn_kind kind_of_zydis(enum insn_mode mode)
{
    if (z.mnemonic == ZYDIS_MNEMONIC_MOV && z.opcode_map == ZYDIS_OPCODE_MAP_DEFAULT && (z.opcode & 0xfd) == 0x8c)
        return INSN_NONE; /* segment registers */
    if (z.mnemonic == ZYDIS_MNEMONIC_LMSW && op[0].type == ZYDIS_OPERAND_TYPE_MEMORY)
        return INSN_NONE;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        enum insn_kind kind = names[i].kind;

        if (names[i].zydis != z.mnemonic || z.encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY)
            continue;
        if (kind == INSN_MOV)
            kind = mov_kind();
        if (kind == INSN_MOVS && z.opcode_map != ZYDIS_OPCODE_MAP_DEFAULT)
            return INSN_NONE; /* MOVSD is also a floating point move */
        if (kind >= INSN_MOV && (op[0].type != ZYDIS_OPERAND_TYPE_MEMORY || mode != INSN_CODE64))
            return INSN_NONE;
        return kind;
    }
    return INSN_NONE;
}

static uint8_t number(ZydisRegister reg)
{
    if (reg == ZYDIS_REGISTER_NONE)
        return INSN_NO_REG;
    if (reg == ZYDIS_REGISTER_RIP || reg == ZYDIS_REGISTER_EIP)
        return INSN_RIP;
    return (uint8_t)ZydisRegisterGetId(ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg));
}

/* Modulo 2^32 where addresses have 32 bits. */
static bool same_address(const struct insn *insn, int64_t disp)
{
    return insn->address_size == 8 ? insn->disp == disp : (uint32_t)insn->disp == (uint32_t)disp;
}

static bool same_memory(const struct insn *insn)
{
    const ZydisDecodedOperandMem *m = &op[0].mem;

    /* SIB without base in 32-bit addressing with REX.B: Zydis 4.0 gives it R13D for a base, the manual none. */
    if ((z.attributes & ZYDIS_ATTRIB_HAS_SIB) && z.raw.sib.base == 5 && !z.raw.modrm.mod && insn->address_size == 4)
        return insn->base == INSN_NO_REG;
    return insn->base == number(m->base) && insn->index == number(m->index) &&
           (insn->index == INSN_NO_REG || insn->scale == m->scale) && same_address(insn, m->disp.value) &&
           insn->operand_size * 8 == op[0].size;
}

static bool same_source(const struct insn *insn)
{
    ZydisRegister reg = op[1].reg.value;

    switch (insn->source) {
    case INSN_SRC_REG:
        if (insn->kind == INSN_STOS)
            return true;
        return op[1].type == ZYDIS_OPERAND_TYPE_REGISTER && insn->reg == number(reg) &&
               insn->high_byte == (reg >= ZYDIS_REGISTER_AH && reg <= ZYDIS_REGISTER_BH);
    case INSN_SRC_IMM:
        return op[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE && op[1].imm.is_signed
                   ? insn->imm == (uint64_t)op[1].imm.value.s
                   : (uint8_t)insn->imm == (uint8_t)op[1].imm.value.u;
    default: return true;
    }
}

static bool same_special(const struct insn *insn)
{
    int special = insn->kind == INSN_MOV_TO_CR || insn->kind == INSN_MOV_TO_DR ? 0 : 1;

    return insn->special == (uint8_t)ZydisRegisterGetId(op[special].reg.value) &&
           insn->reg == number(op[!special].reg.value);
}

static bool same_io(const struct insn *insn)
{
    int port = insn->kind == INSN_IN ? 1 : 0;

    if (insn->operand_size * 8 != op[!port].size)
        return false;
    if (op[port].type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
        return insn->source == INSN_SRC_IMM && insn->imm == op[port].imm.value.u;
    return insn->source == INSN_SRC_NONE;
}

static bool same_operands(const struct insn *insn)
{
    if (insn_is_store(insn))
        return same_memory(insn) && same_source(insn);
    switch (insn->kind) {
    case INSN_MOV_FROM_CR:
    case INSN_MOV_TO_CR:
    case INSN_MOV_FROM_DR:
    case INSN_MOV_TO_DR: return same_special(insn);
    case INSN_IN:
    case INSN_OUT: return same_io(insn);
    case INSN_INS: return insn->operand_size * 8 == op[0].size && insn->address_size * 8 == z.address_width;
    case INSN_OUTS: return insn->operand_size * 8 == op[1].size && insn->address_size * 8 == z.address_width;
    case INSN_LMSW: return insn->reg == number(op[0].reg.value);
    default: return true;
    }
}

/* CR1, CR5 and their like, and DR4 up in REX forms, fault whatever decodes them; we leave that to the emulator. */
static bool special_that_faults(const struct insn *insn)
{
    return insn->kind >= INSN_MOV_FROM_CR && insn->kind <= INSN_MOV_TO_DR;
}

static int last_rc;
static void check(const uint8_t bytes[15], enum insn_mode mode)
{
    struct insn insn, again;
    int rc = insn_decode(bytes, 15, mode, &insn);
    bool theirs = ZYAN_SUCCESS(ZydisDecoderDecodeFull(&zydis[mode], bytes, 15, &z, op));
    enum insn_kind kind;

    last_rc = rc;
    if (!theirs) {
        if (!rc && !special_that_faults(&insn))
            fail_bytes("accepted, but no instruction", bytes, mode, rc);
        return;
    }
    kind = kind_of_zydis(mode);
    if (rc) {
        if (kind != INSN_NONE)
            fail_bytes("refused", bytes, mode, rc);
        return;
    }
    if (insn.kind != kind)
        fail_bytes("other instruction", bytes, mode, rc);
    if (insn.length != z.length)
        fail_bytes("other length", bytes, mode, rc);
    if (!same_operands(&insn))
        fail_bytes("other operands", bytes, mode, rc);

    /* With exactly its bytes it is the same; with fewer, more are asked for. */
    assert_int_equal(insn_decode(bytes, insn.length, mode, &again), 0);
    assert_memory_equal(&insn, &again, sizeof(insn));
    for (size_t n = 0; n < insn.length; n++)
        assert_int_equal(insn_decode(bytes, n, mode, &again), -EAGAIN);
}

static uint32_t seed = 12345;
static uint32_t random32(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

static const uint8_t prefixes[] = { 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65 };

static void make(uint8_t bytes[15])
{
    size_t at = 0;

    for (size_t i = 0; i < 15; i++)
        bytes[i] = (uint8_t)random32();
    while (at < 5 && random32() % 3 == 0)
        bytes[at++] = prefixes[random32() % ARRAY_SIZE(prefixes)];
    if (random32() % 3 == 0)
        bytes[at++] = 0x40 | random32() % 16;
    if (random32() % 2 == 0)
        bytes[at++] = 0x0f;
}

static void test_against_zydis(void **state)
{
    static const ZydisMachineMode modes[] = { ZYDIS_MACHINE_MODE_LONG_COMPAT_16, ZYDIS_MACHINE_MODE_LONG_COMPAT_32,
                                              ZYDIS_MACHINE_MODE_LONG_64 };
    static const ZydisStackWidth widths[] = { ZYDIS_STACK_WIDTH_16, ZYDIS_STACK_WIDTH_32, ZYDIS_STACK_WIDTH_64 };
    unsigned int accepted = 0;

    for (int m = 0; m < 3; m++)
        assert_true(ZYAN_SUCCESS(ZydisDecoderInit(&zydis[m], modes[m], widths[m])));
    for (int round = 0; round < 400000; round++) {
        enum insn_mode mode = round % 8 < 6 ? INSN_CODE64 : round % 8 == 6 ? INSN_CODE32 : INSN_CODE16;
        uint8_t bytes[15];

        make(bytes);
        check(bytes, mode);
        accepted += !last_rc;
    }
    assert_true(accepted > 20000);
}

static void test_table(void **state)
{
    static const struct {
        const char *name;
        uint8_t bytes[15], count;
        int rc;
        enum insn_kind kind;
        uint8_t length;
    } cases[] = {
        { "forced CPUID", { 0x0f, 0x0b, 'x', 'e', 'n', 0x0f, 0xa2 }, 7, 0, INSN_CPUID, 7 },
        { "forced RDMSR", { 0x0f, 0x0b, 'x', 'e', 'n', 0x0f, 0x32 }, 7, -EOPNOTSUPP, 0, 0 },
        { "forced, cut", { 0x0f, 0x0b, 'x', 'e' }, 4, -EAGAIN, 0, 0 },
        { "UD2", { 0x0f, 0x0b, 'x', 'e', 'm' }, 5, -EOPNOTSUPP, 0, 0 },
        { "nothing", { 0 }, 0, -EAGAIN, 0, 0 },
        { "only prefixes", "\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66", 15, -EINVAL, 0, 0 },
        { "LOCK MOV", { 0xf0, 0x48, 0x89, 0x07 }, 4, -EINVAL, 0, 0 },
        { "LOCK CLI", { 0xf0, 0xfa }, 2, -EINVAL, 0, 0 },
        { "LOCK BTS", { 0xf0, 0x48, 0x0f, 0xba, 0x2f, 0x3f }, 6, 0, INSN_BTS, 6 },
        { "MOV register to register", { 0x48, 0x89, 0xc7 }, 3, -EOPNOTSUPP, 0, 0 },
        { "SYSRET", { 0x0f, 0x07 }, 2, -EOPNOTSUPP, 0, 0 },
        { "SWAPGS", { 0x0f, 0x01, 0xf8 }, 3, -EOPNOTSUPP, 0, 0 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct insn insn;
        int rc = insn_decode(cases[i].bytes, cases[i].count, INSN_CODE64, &insn);

        if (rc != cases[i].rc || (!rc && (insn.kind != cases[i].kind || insn.length != cases[i].length)))
            fail_msg("%s: %d", cases[i].name, rc);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_zydis),
        cmocka_unit_test(test_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
