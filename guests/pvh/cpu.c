/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUID, ports, control and debug registers, and instructions that a guest does not have. */
#include "pvh/pvh.h"

#define UD 6u
#define GP 13u

struct leaf { uint32_t a, b, c, d; };

static struct leaf cpuid(uint32_t leaf, uint32_t sub)
{
    struct leaf r;

    __asm__ volatile("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d) : "a"(leaf), "c"(sub));
    return r;
}

static void check_cpuid(void)
{
    struct leaf l = cpuid(0x40000000, 0);

    check(l.a == 0x40000005 && l.b == XEN_CPUID_SIGNATURE_EBX && l.c == XEN_CPUID_SIGNATURE_ECX &&
          l.d == XEN_CPUID_SIGNATURE_EDX, "hypervisor leaf: %x %x %x %x", l.a, l.b, l.c, l.d);
    l = cpuid(0x40000002, 0);
    check(l.a == 1 && l.b == 0x40000000, "hypercall pages: %u by MSR %#x", l.a, l.b);
    l = cpuid(0x40000004, 0);
    check(l.a == 0x5c && l.b == 0, "HVM features: %#x, vCPU %u", l.a, l.b);
    l = cpuid(1, 0);
    check(l.b >> 24 == 0 && (l.c >> 31) && (l.c >> 21 & 1) && (l.d >> 9 & 1), "leaf 1: %x %x %x", l.b, l.c, l.d);
    check(!(l.c >> 27 & 1), "OSXSAVE before CR4 has it");
    check(!(cpuid(0x80000001, 0).c >> 2 & 1), "SVM is shown");
    l = cpuid(0x8000000a, 0);
    check(!(l.a | l.b | l.c | l.d), "SVM's leaf is shown");
}

static void check_ports(void)
{
    static const uint16_t ports[] = { 0x42, 0x61, 0x64, 0x70, 0x80, 0x3f8, 0xcf8, 0xcfc, 0xb008, 0xe9, 0xffff };

    for (unsigned int i = 0; i < ARRAY_SIZE(ports); i++) {
        uint8_t b = 0;
        uint16_t w = 0;
        uint64_t d = ~0ul;

        __asm__ volatile("inb %w1, %0" : "=a"(b) : "d"(ports[i]));
        __asm__ volatile("inw %w1, %0" : "=a"(w) : "d"(ports[i]));
        __asm__ volatile("inl %w1, %k0" : "+a"(d) : "d"(ports[i]));
        check(b == 0xff && w == 0xffff && d == 0xffffffff, "port %#x reads %x %x %lx", ports[i], b, w,
              (unsigned long)d);
    }
}

static void check_string_ports(void)
{
    uint8_t bytes[8] = { 0 };
    void *at = bytes;
    uint64_t count = sizeof(bytes);

    __asm__ volatile("rep insb" : "+D"(at), "+c"(count) : "d"((uint16_t)0x42) : "memory");
    check(!count && at == bytes + sizeof(bytes) && bytes[0] == 0xff && bytes[7] == 0xff, "REP INSB left %lu",
          (unsigned long)count);
}

#define READ(name)                                                     \
    static uint64_t read_##name(void)                                  \
    {                                                                  \
        uint64_t value;                                                \
        __asm__ volatile("mov %%" #name ", %0" : "=r"(value));         \
        return value;                                                  \
    }
#define WRITE(name)                                                    \
    static uint32_t write_##name(uint64_t value)                       \
    {                                                                  \
        return TRY("mov %0, %%" #name,, "r"(value));                  \
    }
READ(cr0) WRITE(cr0) READ(cr2) WRITE(cr2) READ(cr3) READ(cr4) WRITE(cr4) READ(cr8) WRITE(cr8)
READ(dr0) WRITE(dr0) READ(dr6) WRITE(dr6) READ(dr7) WRITE(dr7)

static void check_control(void)
{
    uint64_t cr0 = read_cr0(), cr4 = read_cr4();

    check(write_cr0(cr0 | 1ul << 32) == GP, "CR0 with bit 32: %u", trap_vector);
    check(write_cr0(cr0 & ~1ul) == GP, "paging without protected mode: %u", trap_vector);
    check(write_cr0(cr0 & ~(1ul << 31)) == GP, "paging off in 64-bit code: %u", trap_vector);
    check(write_cr0(cr0 | 1ul << 29) == GP, "CR0.NW without CD: %u", trap_vector);
    check(write_cr0(cr0 | 1ul << 30) == NO_TRAP && read_cr0() == (cr0 | 1ul << 30), "CR0.CD: %u, %lx", trap_vector,
          (unsigned long)read_cr0());
    check(read_cr3() > 0x100000 && read_cr4() == cr4, "CR3 and CR4 beside CR0.CD: %lx %lx",
          (unsigned long)read_cr3(), (unsigned long)read_cr4());
    check(write_cr2(0x123456789abc) == NO_TRAP && read_cr2() == 0x123456789abc, "CR2 beside CR0.CD");
    write_cr0(cr0 | 8);
    check(read_cr0() == (cr0 | 8), "CR0.TS: %lx", (unsigned long)read_cr0());
    __asm__ volatile("clts");
    check(read_cr0() == cr0, "CLTS: %lx", (unsigned long)read_cr0());
    check(write_cr4(cr4 | 1ul << 13) == GP, "CR4.VMXE: %u", trap_vector);
    check(write_cr4(cr4 | 1ul << 40) == GP, "CR4 with bit 40: %u", trap_vector);
    check(write_cr4(cr4 & ~0x20ul) == GP, "CR4 without PAE in long mode: %u", trap_vector);
    check(write_cr4(cr4 | 0x80) == NO_TRAP && read_cr4() == (cr4 | 0x80), "CR4.PGE: %lx", (unsigned long)read_cr4());
    check(write_cr8(5) == NO_TRAP && read_cr8() == 5, "CR8 is %lu", (unsigned long)read_cr8());
    write_cr8(0);
}

static void check_debug(void)
{
    check(read_dr6() == 0xffff0ff0 && read_dr7() == 0x400, "DR6 %lx, DR7 %lx", (unsigned long)read_dr6(),
          (unsigned long)read_dr7());
    check(write_dr0(0x1234) == NO_TRAP && read_dr0() == 0x1234, "DR0 %lx", (unsigned long)read_dr0());
    check(write_dr7(1ul << 32) == GP, "DR7 with bit 32: %u", trap_vector);
    check(write_dr7(0x401) == NO_TRAP && read_dr7() == 0x401, "DR7 %lx", (unsigned long)read_dr7());
    write_dr7(0x400);
    write_dr6(0xffff0ff0);
}

static void check_absent(void)
{
    check(TRY("vmcall",, ) == UD, "VMCALL: %u", trap_vector);
    check(TRY("stgi",, ) == UD, "STGI: %u", trap_vector);
    check(TRY("skinit",, "a"(0)) == UD, "SKINIT: %u", trap_vector);
    check(TRY("invlpga",, LIST("a"(0), "c"(0))) == UD, "INVLPGA: %u", trap_vector);
    check(TRY("monitor",, LIST("a"(0), "c"(0), "d"(0))) == UD, "MONITOR: %u", trap_vector);
    check(TRY("xgetbv",, "c"(0), "eax", "edx") == UD, "XGETBV without OSXSAVE: %u", trap_vector);
    check(TRY("xsetbv",, LIST("c"(0), "a"(1), "d"(0))) == UD, "XSETBV without OSXSAVE: %u", trap_vector);
    check(TRY("wbinvd",, ) == NO_TRAP, "WBINVD: %u", trap_vector);
    check(TRY("ud2",, ) == UD, "UD2: %u", trap_vector);
}

static void check_mmio(void)
{
    static const uint32_t at[] = { 0xfec00000, 0xfed00000, 0xf0000000 };

    for (unsigned int i = 0; i < ARRAY_SIZE(at); i++) {
        volatile uint32_t *p = (volatile uint32_t *)(uint64_t)at[i];

        *p = 0;
        check(*p == ~0u, "memory at %#x, where nothing is: %x", at[i], *p);
        __asm__ volatile("lock orl $1, %0" : "+m"(*p));
        check((uint8_t)*p == 0xff, "after LOCK OR: %x", *p);
    }
}

/* Each round of a repeated instruction is a step, also where the hypervisor carries it out: there is no memory. */
static void check_steps(void)
{
    uint64_t rounds = 3, to = 0xf0000000;
    uint32_t before = interrupts[1];

    trap_step = true;
    __asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq; rep stosb; pushfq; andq $~0x100, (%%rsp); popfq"
                     : "+c"(rounds), "+D"(to) : "a"(0) : "memory", "cc");
    trap_step = false;
    check(interrupts[1] - before == 6 && !rounds && to == 0xf0000003, "%u steps, %lu rounds left",
          interrupts[1] - before, (unsigned long)rounds);
}

void check_cpu(void)
{
    check_cpuid();
    check_ports();
    check_string_ports();
    check_control();
    check_debug();
    check_absent();
    check_mmio();
    check_steps();
}
