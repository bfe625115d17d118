/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The assembly's idea of the structures, proved. */
#include "entry/frame.h"

#include <arch/current.h>

#define CHECK(name, value) _Static_assert((name) == (value), #name " in entry/frame.h")

CHECK(REGS_ERROR, offsetof(struct cpu_user_regs, error_code));
CHECK(REGS_VECTOR, offsetof(struct cpu_user_regs, entry_vector));
CHECK(REGS_RIP, offsetof(struct cpu_user_regs, rip));
CHECK(REGS_CS, offsetof(struct cpu_user_regs, cs));
CHECK(REGS_RFLAGS, offsetof(struct cpu_user_regs, rflags));
CHECK(REGS_RSP, offsetof(struct cpu_user_regs, rsp));
CHECK(REGS_SS, offsetof(struct cpu_user_regs, ss));
CHECK(REGS_HW_END, offsetof(struct cpu_user_regs, es));
CHECK(CPUINFO_SIZE, sizeof(struct cpu_info));
CHECK(CPUINFO_SYSCALL_RSP, offsetof(struct cpu_info, syscall_rsp));
_Static_assert(offsetof(struct cpu_info, guest_regs) == 0, "exit_from_top() goes to the frame");
_Static_assert(CPUINFO_SIZE % 16 == 8, "so that RSP0, at &guest_regs.es, is 16-byte aligned");
_Static_assert(STACK_SIZE == 0x10000, "exit_from_top() rounds by it");
