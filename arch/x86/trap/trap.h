/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions: the descriptor table, and what we do about our own. */
#ifndef TRAP_TRAP_H
#define TRAP_TRAP_H

#include "hv/compiler.h"
#include "hv/types.h"

/** Tables for the boot CPU until percpu_tables_load(): its faults are told or caught. The first thing in C, once. */
__init void trap_early_init(void);
/** Fills the one IDT that all CPUs share. Boot CPU, once. */
void idt_init(void);
/** Points this CPU at the IDT. */
void idt_load(void);
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
