/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions of a kernel that the hypervisor carries out. One that raises an exception instead is not measured. */
#include "bench/bench.h"

#define CR4_TSD     (1ul << 2)
#define CR4_OSXSAVE (1ul << 18)

#define DONE(insn, ...)                          \
    do {                                         \
        uint64_t before = bench_traps;           \
        RAISE(insn, __VA_ARGS__);                \
        return bench_traps == before ? 0 : -1;   \
    } while (0)
#define CHANGES "rax", "rbx", "rcx", "rdx", "memory", "cc"

static long cpuid(uint32_t leaf)
{
    __asm__ volatile("ud2a; .ascii \"xen\"; cpuid" : "+a"(leaf) : : "rbx", "rcx", "rdx");
    return 0;
}
#define CPUID(leaf)                 \
    static long cpuid_##leaf(void)  \
    {                               \
        return cpuid(leaf);         \
    }
CPUID(0)
CPUID(1)
CPUID(2)
CPUID(4)
CPUID(7)
CPUID(0xb)
CPUID(0xd)
CPUID(0x40000000)
CPUID(0x40000001)
CPUID(0x40000003)
CPUID(0x80000001)
CPUID(0x80000008)

static long cr0_read(void)
{
    DONE("mov %%cr0, %%rax", ::: CHANGES);
}
static long cr2_read(void)
{
    DONE("mov %%cr2, %%rax", ::: CHANGES);
}
static long cr3_read(void)
{
    DONE("mov %%cr3, %%rax", ::: CHANGES);
}
static long cr4_read(void)
{
    DONE("mov %%cr4, %%rax", ::: CHANGES);
}

static uint64_t cr0, cr3, cr4;

static long control_begin(void)
{
    __asm__ volatile("mov %%cr0, %0; mov %%cr3, %1; mov %%cr4, %2" : "=r"(cr0), "=r"(cr3), "=r"(cr4));
    return 0;
}
static long cr0_write(void)
{
    DONE("mov %0, %%cr0", ::"r"(cr0) : CHANGES);
}
static long cr2_write(void)
{
    DONE("mov %%rax, %%cr2", ::: CHANGES);
}
static long cr3_write(void)
{
    DONE("mov %0, %%cr3", ::"r"(cr3) : CHANGES);
}
static long cr4_write(void)
{
    DONE("mov %0, %%cr4", ::"r"(cr4) : CHANGES);
}
static long clts(void)
{
    DONE("clts", ::: CHANGES);
}
static long dr0_write(void)
{
    DONE("mov %0, %%dr0", ::"r"(0ul) : CHANGES);
}
static long dr7_read(void)
{
    DONE("mov %%dr7, %%rax", ::: CHANGES);
}
static long dr7_write(void)
{
    DONE("mov %0, %%dr7", ::"r"(0x400ul) : CHANGES);
}
static long in_80(void)
{
    DONE("in $0x80, %%al", ::: CHANGES);
}
static long out_80(void)
{
    DONE("out %%al, $0x80", ::: CHANGES);
}
static long in_dx(void)
{
    DONE("mov $0x61, %%edx; in %%dx, %%al", ::: CHANGES);
}
static long in_config(void)
{
    DONE("mov $0xcf8, %%edx; in %%dx, %%eax", ::: CHANGES);
}
static long wbinvd(void)
{
    DONE("wbinvd", ::: CHANGES);
}
static long cli(void)
{
    DONE("cli", ::: CHANGES);
}

static long tsd(bool on)
{
    control_begin();
    __asm__ volatile("mov %0, %%cr4" ::"r"(on ? cr4 | CR4_TSD : cr4 & ~CR4_TSD));
    return 0;
}
static long tsd_begin(void)
{
    return tsd(true);
}
static void tsd_end(void)
{
    tsd(false);
}
static long rdtsc(void)
{
    DONE("rdtsc", ::: CHANGES);
}

static uint32_t xcr0_all;

static long xsetbv_begin(void)
{
    uint32_t a = 1, c = 0;

    __asm__ volatile("ud2a; .ascii \"xen\"; cpuid" : "+a"(a), "+c"(c) : : "rbx", "rdx");
    if (!(c >> 26 & 1))
        return -1;
    a = 0xd;
    c = 0;
    __asm__ volatile("ud2a; .ascii \"xen\"; cpuid" : "+a"(a), "+c"(c) : : "rbx", "rdx");
    xcr0_all = a;
    control_begin();
    __asm__ volatile("mov %0, %%cr4" ::"r"(cr4 | CR4_OSXSAVE));
    return 0;
}
static long xsetbv(uint32_t value)
{
    DONE("xsetbv", ::"a"(value), "c"(0), "d"(0) : "rbx", "memory");
}
static long xsetbv_same(void)
{
    return xsetbv(xcr0_all);
}
static long xsetbv_toggle(void)
{
    static bool small;
    small = !small;
    return xsetbv(small ? 3 : xcr0_all);
}

static const struct bench_op ops[] = {
    {.name = "CPUID 0", .run = cpuid_0},
    {.name = "CPUID 1", .run = cpuid_1},
    {.name = "CPUID 2", .run = cpuid_2},
    {.name = "CPUID 4", .run = cpuid_4},
    {.name = "CPUID 7", .run = cpuid_7},
    {.name = "CPUID 0xb", .run = cpuid_0xb},
    {.name = "CPUID 0xd", .run = cpuid_0xd},
    {.name = "CPUID 0x40000000", .run = cpuid_0x40000000},
    {.name = "CPUID 0x40000001", .run = cpuid_0x40000001},
    {.name = "CPUID 0x40000003", .run = cpuid_0x40000003},
    {.name = "CPUID 0x80000001", .run = cpuid_0x80000001},
    {.name = "CPUID 0x80000008", .run = cpuid_0x80000008},
    {.name = "MOV from CR0", .run = cr0_read},
    {.name = "MOV from CR2", .run = cr2_read},
    {.name = "MOV from CR3", .run = cr3_read},
    {.name = "MOV from CR4", .run = cr4_read},
    {.name = "MOV to CR0", .begin = control_begin, .run = cr0_write},
    {.name = "MOV to CR2", .run = cr2_write},
    {.name = "MOV to CR3", .begin = control_begin, .run = cr3_write},
    {.name = "MOV to CR4", .begin = control_begin, .run = cr4_write},
    {.name = "CLTS", .run = clts},
    {.name = "MOV to DR0", .run = dr0_write},
    {.name = "MOV from DR7", .run = dr7_read},
    {.name = "MOV to DR7", .run = dr7_write},
    {.name = "IN, port 0x80", .run = in_80},
    {.name = "OUT, port 0x80", .run = out_80},
    {.name = "IN, port 0x61 in DX", .run = in_dx},
    {.name = "IN, port 0xcf8", .run = in_config},
    {.name = "WBINVD", .run = wbinvd},
    {.name = "CLI", .run = cli},
    {.name = "RDTSC with CR4.TSD", .begin = tsd_begin, .run = rdtsc, .end = tsd_end},
    {.name = "XSETBV, the same", .begin = xsetbv_begin, .run = xsetbv_same},
    {.name = "XSETBV, another", .begin = xsetbv_begin, .run = xsetbv_toggle},
};
BENCH_TABLE(instructions)
