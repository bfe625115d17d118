/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One instruction of a guest, carried out on registers and memory that its caller gives: integer instructions of 16-,
 * 32- and 64-bit code, with every prefix, operand and address size, segment limits and rights, and exceptions in the
 * order in which the CPU finds them. APM volumes 1 to 3; flags by volume 3's description of each instruction.
 *
 * The state is a copy: emulate() works on it and commits all of it or nothing. What is left to the caller goes through
 * struct emulate_ops: memory by linear address, ports, and what is the hypervisor's business (control registers, MSRs,
 * CPUID, halting, far transfers of protected mode). An op may answer EMULATE_RETRY, when the answer comes later from
 * a device model: the whole instruction is then carried out again, so the caller must give the same answers again.
 *
 * Nothing here is bounded by the guest: REP does at most @repeat_max rounds and then ends with RIP at the instruction,
 * as an interrupt between rounds would have it.
 */
#ifndef LIB_X86_EMULATE_EMULATE_H
#define LIB_X86_EMULATE_EMULATE_H

#include "port.h"

enum emulate_register {
    EMU_RAX, EMU_RCX, EMU_RDX, EMU_RBX, EMU_RSP, EMU_RBP, EMU_RSI, EMU_RDI, EMU_R8, EMU_R9, EMU_R10, EMU_R11, EMU_R12,
    EMU_R13, EMU_R14, EMU_R15, EMU_REGISTERS
};
enum emulate_segment { EMU_ES, EMU_CS, EMU_SS, EMU_DS, EMU_FS, EMU_GS, EMU_SEGMENTS };

/** A segment register with what is hidden in it. @attr: bits 0 to 7 the access byte, 8 to 11 AVL, L, D, G. */
struct emulate_seg {
    uint64_t base;
    uint32_t limit; /* in bytes, whatever G says */
    uint16_t selector, attr;
};
#define EMU_SEG_P    BIT(7)
#define EMU_SEG_L    BIT(9)
#define EMU_SEG_D    BIT(10)
#define EMU_SEG_CODE BIT(3) /* of a code or data segment */
#define EMU_SEG_DOWN BIT(2) /* data: expands down */
#define EMU_SEG_RW   BIT(1) /* data: may be written; code: may be read */

/** An exception. @error counts where the vector has a code. */
struct emulate_fault {
    uint8_t vector;
    uint32_t error;
    uint64_t address; /* of #PF */
};

enum emulate_end {
    EMULATE_OK,
    EMULATE_FAULT,     /* deliver @fault; nothing has changed */
    EMULATE_RETRY,     /* an op said so; nothing has changed, but what ops did */
    EMULATE_UNHANDLED, /* it is an instruction, but none that is done here */
};

struct emulate_state {
    uint64_t reg[EMU_REGISTERS], rip, rflags;
    struct emulate_seg seg[EMU_SEGMENTS];
    uint64_t cr0, cr4, efer;
    uint8_t cpl;
    /* What came out besides registers. */
    struct emulate_fault fault; /* of EMULATE_FAULT, by an op too */
    bool shadow;                /* interrupts stay off for one more instruction: STI, MOV SS, POP SS */
    bool repeat;                /* REP has rounds left: RIP did not move */
    uint8_t length;             /* bytes of the instruction */
};

/** What the instruction leaves to its caller, with the operands where it has any. */
enum emulate_special {
    EMU_CPUID, EMU_RDMSR, EMU_WRMSR, EMU_RDTSC, EMU_RDTSCP, EMU_RDPMC, EMU_HLT, EMU_INVD, EMU_WBINVD, EMU_CLTS,
    EMU_INVLPG /* @value: linear address */, EMU_CR_READ /* @number; result in @value */, EMU_CR_WRITE, EMU_DR_READ,
    EMU_DR_WRITE, EMU_LMSW, EMU_SMSW, EMU_VMCALL, EMU_VMMCALL, EMU_XSETBV, EMU_XGETBV,
    EMU_INT /* @number: the vector */,
    EMU_IRET /* @number: operand bytes */, EMU_FAR_CALL, EMU_FAR_JUMP /* @number: selector, @value: offset */,
    EMU_FAR_RET /* @number: operand bytes, @value: bytes to drop */, EMU_LOAD_SEGMENT /* @which, @number: selector */,
    EMU_LGDT, EMU_LIDT, EMU_SGDT, EMU_SIDT /* @value: base, @number: limit */, EMU_LLDT, EMU_LTR, EMU_SLDT, EMU_STR,
};

struct emulate_request {
    enum emulate_special what;
    enum emulate_segment which;
    unsigned int number;
    uint64_t value;
};

struct emulate_ops {
    /** @bytes of memory at linear @address, which the segment allows; @write: the read is for a write to come. */
    enum emulate_end (*read)(void *opaque, struct emulate_state *s, uint64_t address, unsigned int bytes, void *data,
                             bool write);
    enum emulate_end (*write)(void *opaque, struct emulate_state *s, uint64_t address, unsigned int bytes,
                              const void *data);
    /** LOCK: @data if what is there is @old still, else *@changed. */
    enum emulate_end (*exchange)(void *opaque, struct emulate_state *s, uint64_t address, unsigned int bytes,
                                 const void *old, const void *data, bool *changed);
    enum emulate_end (*in)(void *opaque, struct emulate_state *s, uint16_t port, unsigned int bytes, uint32_t *value);
    enum emulate_end (*out)(void *opaque, struct emulate_state *s, uint16_t port, unsigned int bytes, uint32_t value);
    /** May change @s in any way; RIP is behind the instruction already. NULL: there is nothing of this kind. */
    enum emulate_end (*special)(void *opaque, struct emulate_state *s, struct emulate_request *request);
};

#define EMULATE_BYTES_MAX 15u

/**
 * Carry out the instruction whose first @count bytes, at CS:RIP, are @code. Fewer than it has: EMULATE_UNHANDLED if
 * @count is below 15, for the caller to fetch more or find out why not; #GP if it is longer than 15.
 * @repeat_max: rounds of REP, at least 1.
 */
enum emulate_end emulate(struct emulate_state *state, const uint8_t *code, unsigned int count, unsigned int repeat_max,
                         const struct emulate_ops *ops, void *opaque);

/** The length of the same instruction, which is decoded and not carried out; 0 if it cannot be. */
unsigned int emulate_length(const struct emulate_state *state, const uint8_t *code, unsigned int count);

#endif
