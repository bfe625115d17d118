/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions of the kernel: to its handler, and back by the IRET hypercall. */
#include "bench/bench.h"

/* Fails if nothing was raised. */
#define RAISED(insn, ...)                       \
    do {                                        \
        uint64_t before = bench_traps;          \
        RAISE(insn, __VA_ARGS__);               \
        return bench_traps == before + 1 ? 0 : -1; \
    } while (0)
#define CHANGES "rax", "rbx", "rcx", "rdx", "memory", "cc"

static long undefined(void)
{
    RAISED("ud2", ::: CHANGES);
}
static long divide(void)
{
    RAISED("xor %%eax, %%eax; xor %%edx, %%edx; xor %%ecx, %%ecx; div %%ecx", ::: CHANGES);
}
static long breakpoint(void)
{
    RAISED("int3", ::: CHANGES);
}
static long int80(void)
{
    RAISED("int $0x80", ::: CHANGES);
}
static long step(void)
{
    RAISED("pushfq; orl $0x100, (%%rsp); popfq; nop", ::: CHANGES);
}
static long absent(void)
{
    RAISED("movb $0, 0x1000", ::: CHANGES);
}
static long absent_read(void)
{
    RAISED("movb 0x1000, %%al", ::: CHANGES);
}
static long hypervisors(void)
{
    RAISED("movabs $0xffff830000000000, %%rax; mov (%%rax), %%rax", ::: CHANGES);
}
static long read_only_begin(void)
{
    return map_at(page_a, va_to_mfn(page_a), PTE_KERNEL_RO);
}
static long read_only(void)
{
    RAISED("movb $0, guest_pages(%%rip)", ::: CHANGES);
}
static void read_only_end(void)
{
    map_at(page_a, va_to_mfn(page_a), PTE_KERNEL_RW);
}
static long no_execute_begin(void)
{
    return map_at(page_a, va_to_mfn(page_a), PTE_KERNEL_RW | PTE_NX);
}
static long no_execute(void)
{
    RAISED("lea guest_pages(%%rip), %%rax; jmp *%%rax", ::: CHANGES);
}
static long canonical(void)
{
    RAISED("movabs $0x0001000000000000, %%rax; mov (%%rax), %%al", ::: CHANGES);
}
static long selector(void)
{
    RAISED("mov $0x1230, %%eax; mov %%eax, %%ds", ::: CHANGES);
}
static long halt(void)
{
    RAISED("hlt", ::: CHANGES);
}
static long lidt(void)
{
    RAISED("lidt (%%rsp)", ::: CHANGES);
}
static long task_switched_begin(void)
{
    return hypercall1(__HYPERVISOR_fpu_taskswitch, 1);
}
static long task_switched(void)
{
    hypercall1(__HYPERVISOR_fpu_taskswitch, 1);
    RAISED("fnop", ::: CHANGES);
}
static void task_switched_end(void)
{
    hypercall1(__HYPERVISOR_fpu_taskswitch, 0);
}

static const struct bench_op ops[] = {
    {.name = "#UD", .run = undefined},
    {.name = "#DE", .run = divide},
    {.name = "#BP, INT3", .run = breakpoint},
    {.name = "#DB, single step", .run = step},
    {.name = "INT 0x80", .run = int80},
    {.name = "#PF, write to an absent page", .run = absent},
    {.name = "#PF, read of an absent page", .run = absent_read},
    {.name = "#PF, write to a read-only page", .begin = read_only_begin, .run = read_only, .end = read_only_end},
    {.name = "#PF, execute", .begin = no_execute_begin, .run = no_execute, .end = read_only_end},
    {.name = "#PF, the hypervisor's address", .run = hypervisors},
    {.name = "#GP, not canonical", .run = canonical},
    {.name = "#GP, selector", .run = selector},
    {.name = "#GP, HLT", .run = halt},
    {.name = "#GP, LIDT", .run = lidt},
    {.name = "#NM, with fpu_taskswitch", .begin = task_switched_begin, .run = task_switched, .end = task_switched_end},
};
BENCH_TABLE(exceptions)
