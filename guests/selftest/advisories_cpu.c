/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exceptions, breakpoints and registers where guests once stopped or confused PV hypervisors. The numbers are those of
 * the Xen project's public advisories; each check is the rule that was broken, or that the machine still runs.
 */
#include "selftest/selftest.h"

/* QEMU's processor raises neither #AC nor #XM, knows no ICEBP and few reserved bits: there is nothing to see then. */
#define NOT_CANONICAL    0x0000800000000000ul
#define DR7_READ_WRITE_0 0x000f0402ul /* breakpoint 0: 4 bytes, reads and writes */

static uint32_t stack_selector = FLAT_KERNEL_SS;

static void armed(const volatile void *where)
{
    hypercall2(__HYPERVISOR_set_debugreg, 0, PTR(where));
    hypercall2(__HYPERVISOR_set_debugreg, 6, 0);
    hypercall2(__HYPERVISOR_set_debugreg, 7, DR7_READ_WRITE_0);
}
static void disarmed(void)
{
    hypercall2(__HYPERVISOR_set_debugreg, 7, 0x400);
}

/* The breakpoint of MOV SS is delivered after the next instruction, that is, in the hypervisor (260). */
static void after_mov_ss(void)
{
    stack_selector = FLAT_KERNEL_SS;
    armed(&stack_selector);
    TRY("mov %0, %%ss; int3", : : "m"(stack_selector) : "memory");
    check_true("a breakpoint by MOV SS, then INT3 (260)", trap_seen.count > 0);
    TRY("mov %0, %%ss; int $0x80", : : "m"(stack_selector) : "memory");
    check_true("... then INT 0x80 (260)", trap_seen.count > 0);
    TRY("mov %0, %%ss; syscall",
        :
        : "m"(stack_selector), "a"(__HYPERVISOR_xen_version), "D"(XENVER_version), "S"(0)
        : "rcx", "r11", "memory");
    check_true("... then SYSCALL (260)", trap_seen.vector == 1 || trap_seen.vector == NO_TRAP);
    TRY("mov %0, %%ss; ud2", : : "m"(stack_selector) : "memory");
    check_true("... then an invalid opcode (260)", trap_seen.count > 0);
    disarmed();
}

/* The hypervisor touches the guest's memory, and its breakpoints, on the guest's behalf. */
static void on_behalf(void)
{
    armed(page_a);
    check_rc("a hypercall over a breakpoint", 0,
             hypercall2(__HYPERVISOR_xen_version, XENVER_extraversion, PTR(page_a)));
    armed(&shared_info->vcpu_info[0].evtchn_upcall_mask);
    TRY("ud2", : : : "memory");
    check_true("an exception over a breakpoint", trap_seen.count > 0);
    disarmed();
    check_true("a breakpoint at the hypervisor's GDT",
               hypercall2(__HYPERVISOR_set_debugreg, 0, 0xffff810040020000ul) < 0);
    TRY("wrmsr", : : "c"(0xc0011019), "a"(0xfff), "d"(0) : "memory");
    check_trap("a mask over breakpoints of 4 KiB (444)", 13, 0);
    TRY("wrmsr", : : "c"(0xc0011027), "a"(0xfff), "d"(0) : "memory");
    check_trap("... over the first one (444)", 13, 0);
    TRY("wrmsr", : : "c"(0x1d9), "a"(0x3), "d"(0) : "memory");
    check_true("branch records stay off", trap_seen.vector == 13 || trap_seen.vector == NO_TRAP);
}

/* Single steps owe the guest one trap behind each instruction that the hypervisor carries out. */
static void single_steps(void)
{
    static const char *const name[] = { "single step: CPUID by prefix", "single step: RDMSR",
                                        "single step: a hypercall",
                                        "single step: IN" };

    for (unsigned int i = 0; i < ARRAY_SIZE(name); i++) {
        uint64_t sink = i;
        hypercall2(__HYPERVISOR_set_debugreg, 6, 0);
        switch (i) {
        case 0:
            TRY("pushfq; orl $0x100, (%%rsp); popfq; " XEN_CPUID "; nop; nop",
                : "+a"(sink)
                :
                : "rbx", "rcx", "rdx", "memory", "cc");
            break;
        case 1:
            TRY("pushfq; orl $0x100, (%%rsp); popfq; rdmsr; nop; nop",
                : "+a"(sink)
                : "c"(0xc0000080)
                : "rdx", "memory", "cc");
            break;
        case 2:
            TRY("pushfq; orl $0x100, (%%rsp); popfq; syscall; nop; nop",
                : "+a"(sink)
                : "D"(0)
                : "rcx", "rdx", "rsi", "r11", "memory", "cc");
            break;
        default:
            TRY("pushfq; orl $0x100, (%%rsp); popfq; in $0x80, %%al; nop; nop", : "+a"(sink) : : "memory", "cc");
            break;
        }
        check_trap(name[i], 1, 0);
        check("... DR6 says so", 0x4000, (uint64_t)hypercall1(__HYPERVISOR_get_debugreg, 6) & 0xf00f);
        __asm__ volatile("pushfq; andl $~0x100, (%%rsp); popfq" : : : "memory", "cc");
    }
}

static void vectors(void)
{
    struct trap_info none[2] = {
        {.vector = 0x80, .flags = 3, .cs = FLAT_KERNEL_CS, .address = 1}
    };

    TRY("int1", : : : "memory");
    check_true("ICEBP", trap_seen.vector == 1 || trap_seen.vector == 6);
    TRY("int $3", : : : "memory");
    check_trap("INT 3 of two bytes", 3, 0);
    TRY("int $13", : : : "memory");
    check_trap("INT of an exception's vector", 13, 13 << 3 | 2);
    TRY("int $2", : : : "memory");
    check_trap("INT of the NMI's vector", 13, 2 << 3 | 2);
    none[0].address = NOT_CANONICAL;
    check_rc("a handler that is not canonical", -EINVAL, hypercall1(__HYPERVISOR_set_trap_table, PTR(none)));
    traps_init_without(0x80);
    TRY("int $0x80", : : : "memory");
    check_trap("INT 0x80 without a handler (259)", 13, 0x80 << 3 | 2);
    traps_init();
    TRY("pushfq; orl $0x40000, (%%rsp); popfq; mov 1(%0), %%eax", : : "r"(page_a) : "rax", "memory", "cc");
    check_true("an access that is not aligned, with AC", trap_seen.vector == 17 || trap_seen.vector == NO_TRAP);
    __asm__ volatile("pushfq; andl $~0x40000, (%%rsp); popfq" : : : "memory", "cc");
}

static void floating_point(void)
{
    uint16_t all = 0x037b;
    uint32_t mxcsr = 0x1f80 & ~0x200u, ok = 0x1f80, bad = ~0u;

    TRY("fninit; fldcw %0; fld1; fldz; fdivrp; fwait", : : "m"(all) : "memory");
    check_trap("x87 division by zero", 16, 0);
    __asm__ volatile("fnclex; fninit");
    TRY("ldmxcsr %0; xorps %%xmm1, %%xmm1; pcmpeqd %%xmm0, %%xmm0; pslld $25, %%xmm0; psrld $2, %%xmm0; divss %%xmm1, "
        "%%xmm0",
        :
        : "m"(mxcsr)
        : "memory");
    check_true("SSE division by zero", trap_seen.vector == 19 || trap_seen.vector == NO_TRAP);
    TRY("ldmxcsr %0", : : "m"(bad) : "memory");
    check_true("reserved bits in MXCSR", trap_seen.vector == 13 || trap_seen.vector == NO_TRAP);
    __asm__ volatile("ldmxcsr %0" : : "m"(ok));
    hypercall1(__HYPERVISOR_fpu_taskswitch, 1);
    TRY("fninit", : : : "memory");
    check_trap("an x87 instruction with TS", 7, 0);
    hypercall1(__HYPERVISOR_fpu_taskswitch, 1);
    TRY("fwait", : : : "memory");
    check_true("FWAIT with TS", trap_seen.vector == 7 || trap_seen.vector == NO_TRAP);
    hypercall1(__HYPERVISOR_fpu_taskswitch, 0);
}

/* Addresses in the last page before the hole, and behind it. */
static void edges(void)
{
    TRY("mov (%0), %%eax", : : "r"(NOT_CANONICAL) : "rax", "memory");
    check_trap("a read at the first address that is not canonical", 13, 0);
    TRY("mov -4(%0), %%rax", : : "r"(NOT_CANONICAL) : "rax", "memory");
    check_true("a read across it", trap_seen.vector == 13 || trap_seen.vector == 14);
    TRY("jmp *%0", : : "r"(NOT_CANONICAL) : "memory");
    check_trap("a jump to it (170)", 13, 0);
    TRY("invlpg (%0)", : : "r"(NOT_CANONICAL) : "memory");
    check_trap("INVLPG (168)", 13, 0);
    TRY("mov %%cr8, %%rax", : : : "rax", "memory");
    check_trap("MOV from CR8", 13, 0);
    TRY("sgdt (%0); sidt (%0); sldt %%eax; str %%eax; smsw %%eax", : : "r"(page_a) : "rax", "memory");
    check_no_trap("SGDT, SIDT, SLDT, STR, SMSW: CPUID has no UMIP");
    TRY("swapgs", : : : "memory");
    check_trap("SWAPGS", 13, 0);
    TRY("rdpmc", : : "c"(0) : "rax", "rdx", "memory");
    check_trap("RDPMC", 13, 0);
    TRY("mov %0, %%ss", : : "r"(0) : "memory");
    check_trap("a null stack selector", 13, 0);
    TRY(".byte 0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x90", : : : "memory");
    check_trap("an instruction of 16 bytes", 13, 0);
    TRY(".byte 0xf0, 0x90", : : : "memory");
    check_trap("LOCK NOP", 6, 0);
    TRY("insl", : : "D"(0xffff830000000000ul), "d"(0x80) : "memory");
    check_trap("INS to the hypervisor", 13, 0);
    TRY("outsl", : : "S"(0xffff830000000000ul), "d"(0x80) : "memory");
    check_trap("OUTS from the hypervisor", 13, 0);
}

/* No MSR stops the machine, whichever it is (333, 351). */
static void every_msr(void)
{
    static const uint32_t first[] = { 0,          0x400,      0x800,      0xc80,     0x40000000,
                                      0xc0000080, 0xc0000100, 0xc0010000, 0xc0011000 };
    unsigned int other = 0;

    for (unsigned int i = 0; i < ARRAY_SIZE(first); i++)
        for (uint32_t msr = first[i]; msr < first[i] + 0x100; msr++) {
            TRY("rdmsr", : : "c"(msr) : "rax", "rdx", "memory");
            other += trap_seen.vector != 13 && trap_seen.vector != NO_TRAP;
        }
    check("RDMSR: exceptions other than #GP (333, 351)", 0, other);
    TRY("wrmsr", : : "c"(0xc0000082), "a"(0x1000), "d"(0) : "memory");
    check_trap("WRMSR of LSTAR", 13, 0);
    TRY("wrmsr", : : "c"(0x174), "a"(0x1000), "d"(0) : "memory");
    check_trap("WRMSR of SYSENTER_CS", 13, 0);
    TRY("wrmsr", : : "c"(0x12345), "a"(0), "d"(0) : "memory");
    check_trap("WRMSR of what does not exist", 13, 0);
}

static void privilege_level(void)
{
    struct physdev_set_iopl s = { .iopl = 0 };

    hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, PTR(&s));
    check_rc("architectural IOPL", 0,
             hypercall2(__HYPERVISOR_vm_assist, VMASST_CMD_enable, VMASST_TYPE_architectural_iopl));
    TRY("cli; in $0x80, %%al", : : : "rax", "memory");
    check_no_trap("... the kernel is ring 0");
    s.iopl = 2;
    hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, PTR(&s));
    TRY("ud2", : : : "memory");
    check("... and sees its IOPL", 2, trap_seen.rflags >> 12 & 3);
    hypercall2(__HYPERVISOR_vm_assist, VMASST_CMD_disable, VMASST_TYPE_architectural_iopl);
    TRY("ud2", : : : "memory");
    check("without it there is none to see", 0, trap_seen.rflags >> 12 & 3);
    s.iopl = 1;
    hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, PTR(&s));
}

void test_advisories_cpu(void)
{
    after_mov_ss();
    on_behalf();
    single_steps();
    vectors();
    floating_point();
    edges();
    every_msr();
    privilege_level();
}
