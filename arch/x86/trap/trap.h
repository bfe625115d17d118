/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions: vectors, the descriptor table, and what we do about our own. */
#ifndef TRAP_TRAP_H
#define TRAP_TRAP_H

#include "hv/compiler.h"
#include "hv/types.h"

/* Exception vectors (APM vol. 2, table 8-1). */
enum trap_vector {
    TRAP_DE = 0,
    TRAP_DB = 1,
    TRAP_NMI = 2,
    TRAP_BP = 3,
    TRAP_OF = 4,
    TRAP_BR = 5,
    TRAP_UD = 6,
    TRAP_NM = 7,
    TRAP_DF = 8,
    TRAP_TS = 10,
    TRAP_NP = 11,
    TRAP_SS = 12,
    TRAP_GP = 13,
    TRAP_PF = 14,
    TRAP_MF = 16,
    TRAP_AC = 17,
    TRAP_MC = 18,
    TRAP_XM = 19,
    TRAP_CP = 21,
};

/* Page fault error code. */
#define PF_PRESENT  0x01u
#define PF_WRITE    0x02u
#define PF_USER     0x04u
#define PF_RESERVED 0x08u
#define PF_INSN     0x10u

/** Tables for the boot CPU until percpu_tables_load(): its faults are told or caught. The first thing in C, once. */
__init void trap_early_init(void);
/** Fills the one IDT that all CPUs share. Boot CPU, once. */
void idt_init(void);
/** Points this CPU at the IDT. */
void idt_load(void);
/** Makes this CPU's syscall stub and programs STAR, LSTAR and friends. The CPU's area must be mapped. */
void syscall_init_cpu(unsigned int cpu);
/** Where a vector's name is wanted in words; NULL for none. */
const char *trap_name(unsigned int vector);

/** Prints registers, stack and call trace of a context of ours. */
void trap_dump(const struct cpu_user_regs *regs);
/** Prints the call trace from @rbp on, at most 32 frames, bounded to the stack. */
void trap_backtrace(uint64_t rip, uint64_t rbp);
/** Name and offset of the function at @address; NULL if it is not ours. */
const char *symbol_find(uint64_t address, uint64_t *offset);

/**
 * Says what happened in a context from which there is no way back, shows it, keeps it for the notes,
 * panics. Any context.
 */
__noreturn void trap_fatal(const struct cpu_user_regs *regs, const char *what);

#endif
