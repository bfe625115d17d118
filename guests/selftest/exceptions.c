/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which vector, which error code, and where RIP is. */
#include "selftest/selftest.h"

extern char after_int3[], at_ud2[], after_int80[];

static void arithmetic(void)
{
    TRY("xor %%eax, %%eax; xor %%edx, %%edx; xor %%ecx, %%ecx; div %%ecx", : : : "rax", "rcx", "rdx", "memory", "cc");
    check_trap("divide error", 0, 0);
    TRY("at_ud2: ud2", : : : "memory");
    check_trap("invalid opcode", 6, 0);
    check("invalid opcode: rip is the instruction's", PTR(at_ud2), trap_seen.rip);
}

static void software(void)
{
    TRY("int3; after_int3:", : : : "memory");
    check_trap("int3", 3, 0);
    check("int3: rip is behind it", PTR(after_int3), trap_seen.rip);
    check("int3: the frame says kernel", 0, trap_seen.cs & 3);
    TRY("int $0x80; after_int80:", : : : "memory");
    check_trap("int 0x80 through a gate of level 3", 0x80, 0);
    check("int 0x80: rip is behind it", PTR(after_int80), trap_seen.rip);
    TRY("int $0x20", : : : "memory");
    check_trap("int 0x20 through a gate of level 0", 13, 0x20 << 3 | 2);
}

static void protection(void)
{
    TRY("mov %0, %%ds", : : "r"(0x1230) : "memory");
    check_trap("data selector beyond the GDT", 13, 0x1230);
    TRY("mov %0, %%es", : : "r"(0x0004 | 0x50) : "memory");
    check_trap("data selector of an absent LDT", 13, 0x54);
    TRY("mov %0, %%ds", : : "r"(0) : "memory");
    check_no_trap("null selector");
    TRY("hlt", : : : "memory");
    check_trap("hlt", 13, 0);
    TRY("movabs $0x0001000000000000, %%rax; mov (%%rax), %%al", : : : "rax", "memory");
    check_trap("non-canonical address", 13, 0);
    TRY("lidt (%0)", : : "r"(page_a) : "memory");
    check_trap("lidt", 13, 0);
}

static bool have_nx(void)
{
    uint32_t a = 0x80000001, b, c = 0, d;

    __asm__ volatile(XEN_CPUID : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return d >> 20 & 1;
}

static void no_execute(uint64_t mfn)
{
    volatile uint8_t *p = page_a;

    if (!have_nx()) {
        check_rc("no page is no-execute where NX is not", -EINVAL, map_at(page_a, mfn, PTE_KERNEL_RW | PTE_NX));
        check_rc("... nor becomes so", 0, map_at(page_a, mfn, PTE_KERNEL_RW));
        check_rc("... by a change of nothing else", -EINVAL, map_at(page_a, mfn, PTE_KERNEL_RW | PTE_NX));
        p[0] = 0xc3;
        return;
    }
    check_rc("mapping it no-execute", 0, map_at(page_a, mfn, PTE_KERNEL_RW | PTE_NX));
    p[0] = 0xc3;
    TRY("call *%0", : : "r"(p) : "memory");
    check_trap("execution of a no-execute page", 14, 0x11);
}

static void page_faults(void)
{
    uint64_t mfn = va_to_mfn(page_a);
    volatile uint8_t *p = page_a;

    check_rc("unmapping a page", 0, map_at(page_a, 0, 0));
    TRY("mov (%0), %%al", : : "r"(p + 5) : "rax", "memory");
    check_trap("read of an absent page", 14, 0);
    check("cr2 of the read", PTR(p + 5), trap_seen.cr2);
    TRY("movb $1, (%0)", : : "r"(p + 6) : "memory");
    check_trap("write to an absent page", 14, 2);
    check_rc("mapping it read-only", 0, map_at(page_a, mfn, PTE_KERNEL_RO));
    TRY("movb $1, (%0)", : : "r"(p + 7) : "memory");
    check_trap("write to a read-only page", 14, 3);
    check("cr2 of the write", PTR(p + 7), trap_seen.cr2);
    no_execute(mfn);
    check_rc("mapping it executable", 0, map_at(page_a, mfn, PTE_KERNEL_RW));
    TRY("call *%0", : : "r"(p) : "memory");
    check_no_trap("execution of an executable page");
    TRY("movq $0, (%0)", : : "r"(HYPERVISOR_VIRT_START) : "memory");
    check("write to the machine-to-physical table: vector", 14, trap_seen.vector);
    TRY("mov (%0), %%rax", : : "r"(HYPERVISOR_VIRT_START) : "rax", "memory");
    check_no_trap("read of the machine-to-physical table");
    TRY("mov (%0), %%rax", : : "r"(0xffff830000000000ul) : "rax", "memory");
    check("read of the hypervisor's memory: vector", 14, trap_seen.vector);
}

static void flags(void)
{
    uint64_t saved;

    __asm__ volatile("pushfq; pop %0" : "=r"(saved));
    TRY("pushfq; orl $0x40000, (%%rsp); popfq; ud2", : : : "memory", "cc");
    check_trap("with AC set: invalid opcode", 6, 0);
    check("the frame has AC", 0x40000, trap_seen.rflags & 0x40000);
    __asm__ volatile("push %0; popfq" : : "r"(saved) : "cc");
    TRY("pushfq; orl $0x100, (%%rsp); popfq; nop; nop", : : : "memory", "cc");
    check_trap("single step", 1, 0);
    __asm__ volatile("push %0; popfq" : : "r"(saved) : "cc");
}

void test_exceptions(void)
{
    arithmetic();
    software();
    protection();
    page_faults();
    flags();
}
