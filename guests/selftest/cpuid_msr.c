/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUID through the emulation prefix, MSRs and control registers. */
#include "selftest/selftest.h"

struct leaf {
    uint32_t a, b, c, d;
};

static struct leaf cpuid(uint32_t nr, uint32_t sub)
{
    struct leaf l;
    __asm__ volatile(XEN_CPUID : "=a"(l.a), "=b"(l.b), "=c"(l.c), "=d"(l.d) : "a"(nr), "c"(sub));
    return l;
}

static void leaves(void)
{
    struct leaf l = cpuid(0x40000000, 0);

    check_true("signature XenVMMXenVMM", l.b == 0x566e6558 && l.c == 0x65584d4d && l.d == 0x4d4d566e);
    check("version", 4u << 16 | 17, cpuid(0x40000001, 0).a);
    check("no large pages for PV", 0, cpuid(1, 0).d >> 3 & 1);
    check("no VMX", 0, cpuid(1, 0).c >> 5 & 1);
    check("64-bit mode", 1, cpuid(0x80000001, 0).d >> 29 & 1);
    check("no SVM", 0, cpuid(0x80000001, 0).c >> 2 & 1);
    l = cpuid(0x0fffffff, 0);
    check("a leaf beyond the limit is zero", 0, l.a | l.b | l.c | l.d);
}

static uint64_t rdmsr(uint32_t msr)
{
    uint32_t lo = 0, hi = 0;
    TRY("rdmsr", : "+a"(lo), "+d"(hi) : "c"(msr) : "memory");
    return (uint64_t)hi << 32 | lo;
}

static void wrmsr(uint32_t msr, uint64_t v)
{
    TRY("wrmsr", : : "c"(msr), "a"((uint32_t)v), "d"((uint32_t)(v >> 32)) : "memory");
}

static void msrs(void)
{
    wrmsr(0xc0000100, PTR(page_a));
    check_no_trap("writing FS_BASE");
    check("... reads back", PTR(page_a), rdmsr(0xc0000100));
    wrmsr(0xc0000100, 0x0001000000000000ul);
    check_trap("a base that is not canonical", 13, 0);
    wrmsr(0xc0000100, 0);
    check("PAT", 0x050100070406ul, rdmsr(0x277));
    check_true("EFER: long mode is on", (rdmsr(0xc0000080) & 0x500) == 0x500);
    check("EFER: no SVM", 0, rdmsr(0xc0000080) & 0x1000);
    rdmsr(0x12345678);
    check_trap("an MSR that does not exist", 13, 0);
    wrmsr(0xc0000082, 0x1234);
    check_true("LSTAR stays the hypervisor's", hypercall2(__HYPERVISOR_xen_version, XENVER_version, 0) == 0x40011);
}

/* The other way to have a hypercall page, for kernels without the note. */
static void hypercall_page(void)
{
    long rc;

    check("MSR of the hypercall page: reads as 0", 0, rdmsr(0x40000000));
    wrmsr(0x40000000, va_to_mfn(page_a) << 12 | 1);
    check_trap("... there is only page 0", 13, 0);
    wrmsr(0x40000000, va_to_mfn((void *)start_info->pt_base) << 12);
    check_trap("... not over a page table", 13, 0);
    wrmsr(0x40000000, 0x000ffffffffff000ul);
    check_trap("... not outside of memory", 13, 0);
    memset(page_a, 0xcc, PAGE_SIZE);
    wrmsr(0x40000000, va_to_mfn(page_a) << 12);
    check_no_trap("... over an own page");
    __asm__ volatile("call *%1"
                     : "=a"(rc)
                     : "r"(page_a + __HYPERVISOR_xen_version * 32), "D"(XENVER_version), "S"(0)
                     : "rcx", "r11", "memory");
    check("... its stub makes the hypercall", 0x40011, (uint64_t)rc);
}

static void control(void)
{
    uint64_t cr0, cr3, cr4;

    TRY("mov %%cr0, %0", : "=r"(cr0) : : "memory");
    check_true("CR0: paging and protection", (cr0 & 0x80000001) == 0x80000001);
    TRY("mov %0, %%cr0", : : "r"(cr0 & ~0x10000ul) : "memory");
    check_trap("CR0 without write protection", 13, 0);
    TRY("mov %%cr3, %0", : "=r"(cr3) : : "memory");
    check("CR3 is the page table's machine address", va_to_mfn((void *)start_info->pt_base) << 12, cr3);
    TRY("mov %%cr4, %0", : "=r"(cr4) : : "memory");
    check_true("CR4: PAE", cr4 & 0x20);
    TRY("mov %0, %%cr4", : : "r"(cr4 | 0x80 | 0x200000) : "memory");
    check_no_trap("CR4 with bits that are not for guests");
    TRY("mov %%cr4, %0", : "=r"(cr4) : : "memory");
    check("... does not have them", 0, cr4 & 0x200080);
    TRY("mov %0, %%cr3", : : "r"(cr3) : "memory");
    check_no_trap("CR3 with the same table");
    TRY("mov %0, %%cr3", : : "r"(va_to_mfn(page_a) << 12) : "memory");
    check_trap("CR3 with an ordinary page", 13, 0);
}

/* With FSGSBASE off the instructions do not exist, whatever the processor could do (293). */
static void bases(void)
{
    uint64_t cr4, base;

    if (!(cpuid(7, 0).b & 1))
        return;
    TRY("mov %%cr4, %0", : "=r"(cr4) : : "memory");
    TRY("mov %0, %%cr4", : : "r"(cr4 & ~0x10000ul) : "memory");
    TRY("rdfsbase %0", : "=r"(base) : : "memory");
    check_trap("RDFSBASE while CR4 has it off (293)", 6, 0);
    TRY("mov %0, %%cr4", : : "r"(cr4 | 0x10000) : "memory");
    TRY("wrfsbase %0", : : "r"(page_a) : "memory");
    check_no_trap("WRFSBASE while it is on");
    check("... is what FS_BASE reads", PTR(page_a), rdmsr(0xc0000100));
    wrmsr(0xc0000101, 1ul << 47);
    check_trap("GS_BASE, too (193)", 13, 0);
    wrmsr(0xc0000102, 1ul << 63);
    check_trap("SHADOW_GS_BASE, too (193)", 13, 0);
    wrmsr(0xc0000100, 0);
    TRY("mov %0, %%cr4", : : "r"(cr4) : "memory");
}

void test_cpuid_msr(void)
{
    bases();
    leaves();
    msrs();
    hypercall_page();
    control();
}
