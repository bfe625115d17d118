/* SPDX-License-Identifier: GPL-2.0-or-later */
/* User mode: how it is entered, what comes back from it, and what it may not do. */
#include "selftest/selftest.h"

static void user_exit(void)
{
    __asm__ volatile("mov $42, %edi; syscall");
}
static void user_fault(void)
{
    __asm__ volatile("movb $1, 0x1234; mov $1, %edi; syscall");
}
static void user_cli(void)
{
    __asm__ volatile("cli; mov $1, %edi; syscall");
}
static void user_cr3(void)
{
    __asm__ volatile("mov %cr3, %rax; mov $1, %edi; syscall");
}
static void user_rdmsr(void)
{
    __asm__ volatile("mov $0x1b, %ecx; rdmsr; mov $1, %edi; syscall");
}
static void user_int80(void)
{
    __asm__ volatile("int $0x80; mov $1, %edi; syscall");
}
static void user_int20(void)
{
    __asm__ volatile("int $0x20; mov $1, %edi; syscall");
}
static void user_int3(void)
{
    __asm__ volatile("int3; mov $1, %edi; syscall");
}
static void user_in(void)
{
    __asm__ volatile("in $0x70, %al; mov $1, %edi; syscall");
}
static void user_hypercall_page(void)
{
    __asm__ volatile("mov 0xffff830000000000, %rax; mov $1, %edi; syscall");
}
static void user_m2p(void)
{
    __asm__ volatile("movabs 0xffff800000000000, %rax; mov $42, %edi; syscall");
}
static void user_cpuid(void)
{
    __asm__ volatile("mov $0x40000000, %eax; .byte 0x0f, 0x0b, 0x78, 0x65, 0x6e; cpuid; mov %rbx, %rdi; syscall");
}

static const struct {
    const char *name;
    void (*fn)(void);
    uint64_t vector, error;
} fault[] = {
    {"user: write to an absent page",   user_fault, 14,   6    },
    {"user: CLI",                       user_cli,   13,   0    },
    {"user: MOV from CR3",              user_cr3,   13,   0    },
    {"user: RDMSR",                     user_rdmsr, 13,   0    },
    {"user: INT 0x80",                  user_int80, 0x80, 0    },
    {"user: INT 0x20, gate of level 0", user_int20, 13,   0x102},
    {"user: INT3",                      user_int3,  3,    0    },
    {"user: IN at IOPL 1",              user_in,    13,   0    },
};

static long user_base(uint64_t mfn)
{
    struct mmuext_op op = { .cmd = MMUEXT_NEW_USER_BASEPTR, .arg1.mfn = mfn };
    return hypercall4(__HYPERVISOR_mmuext_op, PTR(&op), 1, 0, DOMID_SELF);
}

static uint64_t run(void (*fn)(void))
{
    uint64_t rdi;

    trap_forget();
    trap_resume = 1;
    rdi = user_run(fn, USER_STACK_TOP);
    trap_resume = 0;
    return rdi;
}

/* To selectors that do not exist: the exception is as if user mode had caused it. */
static void iret_to(uint64_t cs, uint64_t ss, const char *name)
{
    trap_forget();
    trap_resume = 1;
    user_run_selectors(user_exit, USER_STACK_TOP, cs, ss);
    trap_resume = 0;
    check_trap(name, 13, 0x1230);
    check("... comes from user mode", 3, trap_seen.cs & 3);
}

void test_user_mode(void)
{
    check_rc("a page table for user mode", 0, user_base(va_to_mfn((void *)start_info->pt_base)));
    check("SYSCALL from user mode", 42, run(user_exit));
    check("... by its callback", VECTOR_SYSCALL, trap_seen.vector);
    check("... with user's code selector", 3, trap_seen.cs & 3);
    for (unsigned int i = 0; i < ARRAY_SIZE(fault); i++) {
        run(fault[i].fn);
        check_trap(fault[i].name, fault[i].vector, fault[i].error);
    }
    check("user: read of the M2P", 42, run(user_m2p));
    run(user_hypercall_page);
    check("user: read of the hypervisor's memory: vector", 14, trap_seen.vector);
    check("user: forced CPUID", 0x566e6558, run(user_cpuid) & 0xffffffff);
    iret_to(0x1233, FLAT_USER_SS64, "IRET to a code selector that is not there");
    iret_to(FLAT_USER_CS64, 0x1233, "IRET to a stack selector that is not there");
    check("user mode works after it", 42, run(user_exit));
}
