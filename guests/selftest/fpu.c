/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extended state: survives when other vCPUs or idling come between, TS, XCR0. */
#include "selftest/selftest.h"

static void wait_a_little(void)
{
    struct sched_poll poll = { .nr_ports = 0, .timeout = shared_info->vcpu_info[0].time.system_time + 20000000ul };
    hypercall2(__HYPERVISOR_sched_op, SCHEDOP_poll, PTR(&poll));
    hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
}

static void contents(void)
{
    static uint64_t in[4] __attribute__((aligned(32))) = { 0x0123456789abcdef, 0x1122334455667788, 3, 4 }, out[4];
    uint32_t mxcsr = 0x1fa0, got = 0;
    uint16_t control = 0x0f7f, control_got = 0;

    __asm__ volatile("movdqa %0, %%xmm5; ldmxcsr %1; fldcw %2; fldpi" : : "m"(in), "m"(mxcsr), "m"(control));
    wait_a_little();
    __asm__ volatile("movdqa %%xmm5, %0; stmxcsr %1; fnstcw %2; fstpl %3"
                     : "=m"(out), "=m"(got), "=m"(control_got), "=m"(out[2]));
    check("XMM5, low half", in[0], out[0]);
    check("XMM5, high half", in[1], out[1]);
    check("MXCSR", mxcsr, got);
    check("x87 control word", control, control_got);
    check("x87 stack: pi", 0x400921fb54442d18ul, out[2]);
    mxcsr = 0x1f80;
    __asm__ volatile("fninit; ldmxcsr %0" : : "m"(mxcsr));
}

static void task_switched(void)
{
    check_rc("setting TS", 0, hypercall1(__HYPERVISOR_fpu_taskswitch, 1));
    TRY("pxor %%xmm0, %%xmm0", : : : "memory");
    check_trap("an SSE instruction with TS", 7, 0);
    TRY("pxor %%xmm0, %%xmm0", : : : "memory");
    check_no_trap("... and again, TS having been cleared");
    hypercall1(__HYPERVISOR_fpu_taskswitch, 1);
    TRY("clts; pxor %%xmm0, %%xmm0", : : : "memory");
    check_no_trap("CLTS");
}

static uint32_t cpuid_ecx1(void)
{
    uint32_t a = 1, b, c = 0, d;

    __asm__ volatile(XEN_CPUID : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return c;
}

static void xcr0(void)
{
    uint64_t cr4;
    uint32_t lo = 0, hi = 0;

    if (!(cpuid_ecx1() >> 26 & 1)) {
        printk("SKIP XCR0: no XSAVE");
        return;
    }
    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    TRY("mov %0, %%cr4", : : "r"(cr4 | 1ul << 18) : "memory");
    check_no_trap("setting CR4.OSXSAVE");
    check("... shows in CPUID", 1, cpuid_ecx1() >> 27 & 1);
    TRY("xsetbv", : : "a"(3), "d"(0), "c"(0) : "memory");
    check_no_trap("XCR0 of x87 and SSE");
    __asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
    check("... reads back", 3, lo);
    TRY("xsetbv", : : "a"(2), "d"(0), "c"(0) : "memory");
    check_trap("XCR0 without x87", 13, 0);
    TRY("xsetbv", : : "a"(3), "d"(0x80000000u), "c"(0) : "memory");
    check_trap("XCR0 with bit 63", 13, 0);
    TRY("xsetbv", : : "a"(3), "d"(0), "c"(1) : "memory");
    check_trap("XCR1", 13, 0);
}

void test_fpu(void)
{
    contents();
    task_switched();
    xcr0();
    contents();
}
