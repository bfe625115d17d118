/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the CPU contract costs, in ticks of the TSC: under QEMU's -icount shift=0 a tick is an instruction. Give it two
 * vCPUs and one CPU: the last lines are about going from one vCPU to the other, with more and more extended state in
 * use.
 */
#include "common/guest.h"

#define WARM_UP 16u
#define ROUNDS  256u

#define CR4_OSXSAVE (1ul << 18)

static uint64_t ticks(void)
{
    uint32_t lo, hi;
    __asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi)::"memory");
    return (uint64_t)hi << 32 | lo;
}

static void measure(const char *name, void (*op)(void))
{
    uint64_t start = 0;

    for (unsigned int i = 0; i < WARM_UP + ROUNDS; i++) {
        if (i == WARM_UP)
            start = ticks();
        op();
    }
    printk("BENCH %s: %lu", name, (unsigned long)((ticks() - start) / ROUNDS));
}

static uint32_t cpuid(uint32_t leaf, uint32_t subleaf, uint32_t *ecx)
{
    uint32_t a = leaf, b, c = subleaf, d;

    __asm__ volatile("ud2a; .ascii \"xen\"; cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    if (ecx)
        *ecx = c;
    return a;
}

static void op_cpuid_1(void)
{
    cpuid(1, 0, NULL);
}

static void op_cpuid_7(void)
{
    cpuid(7, 0, NULL);
}

static void op_cpuid_d(void)
{
    cpuid(0xd, 0, NULL);
}

static void op_cpuid_hypervisor(void)
{
    cpuid(0x40000000, 0, NULL);
}

static void rdmsr(uint32_t msr)
{
    uint32_t a, d;
    __asm__ volatile("rdmsr" : "=a"(a), "=d"(d) : "c"(msr));
}

static void op_rdmsr_pat(void)
{
    rdmsr(0x277);
}

static void op_rdmsr_efer(void)
{
    rdmsr(0xc0000080);
}

static void op_rdmsr_fs_base(void)
{
    rdmsr(0xc0000100);
}

static void xsetbv(uint64_t value)
{
    __asm__ volatile("xsetbv" ::"a"((uint32_t)value), "d"((uint32_t)(value >> 32)), "c"(0));
}

static uint64_t xcr0_all;

static void op_xsetbv_same(void)
{
    xsetbv(xcr0_all);
}

static void op_xsetbv_toggle(void)
{
    static bool small;
    small = !small;
    xsetbv(small ? 3 : xcr0_all);
}

static bool xsave_begin(void)
{
    uint64_t cr4;
    uint32_t ecx;

    cpuid(1, 0, &ecx);
    if (!(ecx >> 26 & 1))
        return false;
    xcr0_all = cpuid(0xd, 0, NULL);
    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("mov %0, %%cr4" ::"r"(cr4 | CR4_OSXSAVE) : "memory");
    return true;
}

/* The other vCPU gives way whenever it is its turn. */
static uint8_t other_stack[4096] __attribute__((aligned(16)));
static volatile bool other_has_xsave, other_uses_avx;
static volatile uint64_t turns;

static void yield(void)
{
    hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
}

static void avx_use(void)
{
    __asm__ volatile("vpcmpeqd %%ymm0, %%ymm0, %%ymm0; vpcmpeqd %%ymm15, %%ymm15, %%ymm15" ::: "memory");
}

static void other_main(void)
{
    if (other_has_xsave)
        xsave_begin();
    for (bool avx = false;; turns++) {
        if (other_uses_avx && !avx) {
            xsetbv(xcr0_all);
            avx = true;
        }
        if (avx)
            avx_use();
        yield();
    }
}

static bool other_start(void)
{
    static struct vcpu_guest_context ctx;

    vcpu_prepare(&ctx, other_main, other_stack + sizeof(other_stack));
    return !hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_initialise, 1, PTR(&ctx)) &&
           !hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_up, 1, 0);
}

/* The mean of a change from one vCPU to the other; each turn of the other one is two of them. */
static void measure_switch(const char *name, bool avx)
{
    for (unsigned int i = 0; i < WARM_UP; i++)
        yield();
    uint64_t start = ticks(), before = turns;
    for (unsigned int i = 0; i < ROUNDS; i++) {
        if (avx)
            avx_use();
        yield();
    }
    uint64_t taken = ticks() - start, changes = 2 * (turns - before);
    if (changes)
        printk("BENCH %s: %lu", name, (unsigned long)(taken / changes));
    else
        printk("SKIP %s: the other vCPU never ran", name);
}

static void measure_switches(void)
{
    measure_switch("vCPU switch, x87 and SSE", false);
    other_uses_avx = other_has_xsave && xcr0_all & 4;
    if (other_uses_avx)
        measure_switch("vCPU switch, AVX in use", true);
}

void guest_main(void)
{
    shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
    shared_info->vcpu_info[1].evtchn_upcall_mask = 1;
    measure("CPUID leaf 1", op_cpuid_1);
    measure("CPUID leaf 7", op_cpuid_7);
    measure("CPUID leaf 0xd", op_cpuid_d);
    measure("CPUID leaf 0x40000000", op_cpuid_hypervisor);
    measure("RDMSR, PAT", op_rdmsr_pat);
    measure("RDMSR, EFER", op_rdmsr_efer);
    measure("RDMSR, FS_BASE", op_rdmsr_fs_base);
    other_has_xsave = xsave_begin();
    if (other_has_xsave) {
        measure("XSETBV, same value", op_xsetbv_same);
        measure("XSETBV, one value and another", op_xsetbv_toggle);
    }
    if (other_start())
        measure_switches();
    else
        printk("SKIP vCPU switch: there is one vCPU");
    printk("the end");
}
