/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers by number, and the address that an operand has. */
#include "x86/decode/insn.h"

#define REGISTER(name) offsetof(struct cpu_user_regs, name)

static const size_t register_offset[16] = {
    REGISTER(rax), REGISTER(rcx), REGISTER(rdx), REGISTER(rbx), REGISTER(rsp), REGISTER(rbp), REGISTER(rsi),
    REGISTER(rdi), REGISTER(r8),  REGISTER(r9),  REGISTER(r10), REGISTER(r11), REGISTER(r12), REGISTER(r13),
    REGISTER(r14), REGISTER(r15),
};

uint64_t insn_get_register(const struct cpu_user_regs *regs, unsigned int reg)
{
    uint64_t value;

    memcpy(&value, (const char *)regs + register_offset[reg & 15], sizeof(value));
    return value;
}

/* A store of four bytes clears the upper half; one of one or two leaves the rest alone. */
void insn_set_register(struct cpu_user_regs *regs, unsigned int reg, unsigned int size, uint64_t value)
{
    if (size == 4) {
        value = (uint32_t)value;
        size = 8;
    }
    memcpy((char *)regs + register_offset[reg & 15], &value, MIN(size, 8U));
}

static uint64_t segment_base(const struct insn *insn, uint64_t fs_base, uint64_t gs_base)
{
    return insn->segment == INSN_SEG_FS ? fs_base : insn->segment == INSN_SEG_GS ? gs_base : 0;
}

static uint64_t truncate_address(const struct insn *insn, uint64_t address)
{
    return insn->address_size == 8 ? address : (uint32_t)address;
}

/* BTS and its like with a register count bits from the operand on, both ways, in steps of the operand's size. */
static uint64_t bit_offset(const struct insn *insn, const struct cpu_user_regs *regs)
{
    unsigned int unused = 64 - 8 * insn->operand_size;
    int64_t bit;

    if (insn->source != INSN_SRC_REG || insn->kind < INSN_BTS || insn->kind > INSN_BTC)
        return 0;
    bit = (int64_t)(insn_get_register(regs, insn->reg) << unused) >> unused;
    return (uint64_t)(bit >> 3) & ~(uint64_t)(insn->operand_size - 1);
}

uint64_t insn_effective_address(const struct insn *insn, const struct cpu_user_regs *regs, uint64_t fs_base,
                                uint64_t gs_base)
{
    uint64_t address = (uint64_t)insn->disp + bit_offset(insn, regs);

    if (insn->base == INSN_RIP)
        address += regs->rip + insn->length;
    else if (insn->base != INSN_NO_REG)
        address += insn_get_register(regs, insn->base);
    if (insn->index != INSN_NO_REG)
        address += insn_get_register(regs, insn->index) * insn->scale;
    address = truncate_address(insn, address);
    if (insn->kind == INSN_STOS || insn->kind == INSN_MOVS)
        return address; /* the destination of a string is in ES, whatever the prefix */
    return address + segment_base(insn, fs_base, gs_base);
}
