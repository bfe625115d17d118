/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The C side of the entry and exit paths. */
#ifndef ENTRY_ENTRY_H
#define ENTRY_ENTRY_H

#include "hv/compiler.h"
#include "hv/types.h"

/* Labels of the assembly. */
extern const char exception_stubs[], interrupt_stubs[], exit_iret[];
void syscall64_entry(void);
void syscall32_entry(void);
void sysenter_entry(void);
/** Drops this CPU's stack and does what exit_work() finds to do: runs a guest or idles. */
void exit_from_top(void) __noreturn;
void stack_switch_and_call(void *top, void (*fn)(void)) __noreturn;

/** Makes this CPU's syscall stub and programs STAR, LSTAR and friends. The CPU's area must be mapped. */
void syscall_init_cpu(unsigned int cpu);

/* Called by the assembly; regs is the interrupted context. */
void exception_entry(struct cpu_user_regs *regs); /* trap/dispatch.c; interrupts off */
void ist_entry(struct cpu_user_regs *regs);       /* trap/ist.c; interrupts off, on a stack of its own */
void interrupt_entry(struct cpu_user_regs *regs); /* entry/interrupt.c; interrupts off */
void syscall64(struct cpu_user_regs *regs);       /* entry/syscall.c; interrupts off; the way in says which it was */
void syscall32(struct cpu_user_regs *regs);
void sysenter(struct cpu_user_regs *regs);
void exit_work(struct cpu_user_regs *regs);

/** True if the frame is a guest's. */
#define regs_from_guest(regs) (((regs)->cs & 3) != 0)

#endif
