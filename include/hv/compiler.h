/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and barriers under short names. Atomics are the compiler's __atomic builtins, used directly. */
#ifndef HV_COMPILER_H
#define HV_COMPILER_H

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/** Code and data that are given back to the heap once the system has booted. */
#define __init       __attribute__((section(".init.text"), cold))
#define __initdata   __attribute__((section(".init.data")))
#define __initconst  __attribute__((section(".init.rodata")))
/** Written during boot, read-only afterwards. */
#define __ro_after_init __attribute__((section(".data.ro_after_init")))

#define __noreturn __attribute__((noreturn))
#define __aligned_to(n) __attribute__((aligned(n)))

/** One access, not torn and not repeated by the compiler. The simulator may stop a CPU there (arch/sim/points.h). */
#ifndef READ_ONCE
#define READ_ONCE(x)     (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#endif
#define barrier()        __asm__ volatile("" ::: "memory")

#endif
