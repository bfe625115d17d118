/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * User mode: its system calls and exceptions, to the kernel and back. The loop is in user mode, in asm, because the
 * code there has neither the kernel's stack nor its registers.
 */
#include "bench/bench.h"

#define TIMES 512

static uint8_t user_stack[4096] __attribute__((aligned(16)));

/* @what TIMES times; then the system call that ends it. Exceptions go on behind it. */
#define USER_LOOP(name, what)                                                                        \
    static void __attribute__((naked)) user_##name(void)                                             \
    {                                                                                                \
        __asm__ volatile("mov %0, %%r12d\n1: lea 2f(%%rip), %%rbx\n" what                            \
                         "\n2: dec %%r12d\njnz 1b\nmov $2, %%eax\nxor %%edi, %%edi\nsyscall\n" ::"i"(TIMES)); \
    }                                                                                                \
    static long run_##name(void)                                                                     \
    {                                                                                                \
        return (long)user_run(user_##name, user_stack + sizeof(user_stack));                         \
    }

USER_LOOP(nothing, "")
USER_LOOP(syscall, "xor %%eax, %%eax; syscall")
USER_LOOP(sysret, "mov $1, %%eax; syscall")
USER_LOOP(ud, "ud2")
USER_LOOP(pf, "movb $0, 0x1000")
USER_LOOP(gp, "hlt")
USER_LOOP(int80, "int $0x80")
USER_LOOP(int3, "int3")
USER_LOOP(cpuid, "mov $1, %%eax; push %%rbx; .byte 0x0f, 0x0b, 0x78, 0x65, 0x6e; cpuid; pop %%rbx")
USER_LOOP(in, "in $0x61, %%al")

static long user_begin(void)
{
    struct mmuext_op op = { .cmd = MMUEXT_NEW_USER_BASEPTR, .arg1.mfn = va_to_mfn((void *)start_info->pt_base) };
    return mmuext(&op, 1);
}

#define ROW(text, function) { .name = text, .run = run_##function, .per = TIMES, .rounds = 4 }

static const struct bench_op ops[] = {
    {.name = "user mode: nothing", .begin = user_begin, .run = run_nothing, .per = TIMES, .rounds = 4},
    ROW("user mode: SYSCALL, back by IRET", syscall),
    ROW("user mode: SYSCALL, back as by SYSRET", sysret),
    ROW("user mode: #UD", ud),
    ROW("user mode: #PF", pf),
    ROW("user mode: #GP", gp),
    ROW("user mode: INT 0x80", int80),
    ROW("user mode: INT3", int3),
    ROW("user mode: CPUID", cpuid),
    ROW("user mode: IN, #GP", in),
};
BENCH_TABLE(user)
