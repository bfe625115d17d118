/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions: the descriptor table, and what we do about our own. */
#ifndef TRAP_TRAP_H
#define TRAP_TRAP_H

#include "hv/compiler.h"
#include "hv/types.h"

/** Tables for the boot CPU until percpu_tables_load(): its faults are reported or fixed up. First in C, once. */
__init void trap_early_init(void);
/** Fills the one IDT that all CPUs share. Boot CPU, once. */
void idt_init(void);
/** Points this CPU at the IDT. */
void idt_load(void);
/** Prints registers, stack and call trace of a context of ours. */
void trap_dump(const struct cpu_user_regs *regs);
/** The same for the context that a panic is about: panic() itself then needs no trace of its own. */
void trap_dump_fatal(const struct cpu_user_regs *regs);
/** Prints the call trace of whoever called panic(), unless trap_dump_fatal() was there. For arch_panic_report(). */
void trap_backtrace_panic(void);
/** How the last call trace is turned into lines of the source, and which file that needs. */
void trap_source_hint(void);
/** Name and offset of the function at @address; NULL if it is not ours. */
const char *symbol_find(uint64_t address, uint64_t *offset);

/**
 * Says what happened in a context from which there is no way back, shows it, keeps it for the notes,
 * panics. Any context.
 */
__noreturn void trap_fatal(const struct cpu_user_regs *regs, const char *what);

#endif
