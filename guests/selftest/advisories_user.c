/* SPDX-License-Identifier: GPL-2.0-or-later */
/* User mode and the ways to it with what no honest kernel has in its registers. */
#include "selftest/selftest.h"

#define NOT_CANONICAL 0x0000800000000000ul

static void leave(void)
{
    __asm__ volatile("mov $42, %edi; syscall");
}
static void stepping(void)
{
    __asm__ volatile("mov $42, %edi; pushfq; orl $0x100, (%rsp); popfq; syscall");
}
static void nested_task(void)
{
    __asm__ volatile("pushfq; orl $0x4000, (%rsp); popfq; mov $43, %edi; syscall");
}
static void stack_push(void)
{
    __asm__ volatile("movabs $0x0000900000000000, %rsp; push %rax; ud2");
}
static void stack_read(void)
{
    __asm__ volatile("movabs $0x0000800000000000, %rbp; mov (%rbp), %eax; ud2");
}
static void jump(void)
{
    __asm__ volatile("movabs $0x0000800000000000, %rax; jmp *%rax");
}
static void hypervisor_code(void)
{
    __asm__ volatile("movabs $0xffff810000000000, %rax; jmp *%rax");
}
static void clear_ts(void)
{
    __asm__ volatile("clts; ud2");
}
static void extended_state(void)
{
    __asm__ volatile("xor %ecx, %ecx; xor %edx, %edx; mov $1, %eax; xsetbv; ud2");
}
static void debug_register(void)
{
    __asm__ volatile("mov %rax, %dr7; ud2");
}
static void page_root(void)
{
    __asm__ volatile("mov %rax, %cr3; ud2");
}
static void task_state(void)
{
    __asm__ volatile("ltr %ax; ud2");
}

static uint64_t run(void (*fn)(void), void *sp, uint64_t cs, uint64_t ss)
{
    uint64_t rdi;

    trap_forget();
    trap_resume = 1;
    rdi = user_run_selectors(fn, sp, cs, ss);
    trap_resume = 0;
    return rdi;
}

static uint64_t plain(void (*fn)(void))
{
    return run(fn, USER_STACK_TOP, FLAT_USER_CS64, FLAT_USER_SS64);
}

static const struct {
    const char *name;
    void (*fn)(void);
    uint64_t vector, error;
} fault[] = {
    {"user: a jump that is not canonical", jump,           13, 0},
    {"user: CLTS",                         clear_ts,       13, 0},
    {"user: MOV to DR7",                   debug_register, 13, 0},
    {"user: MOV to CR3",                   page_root,      13, 0},
    {"user: LTR",                          task_state,     13, 0},
};

static const struct {
    const char *name;
    uint64_t cs, ss, error;
} selectors[] = {
    {"IRET to the hypervisor's code",            0xe00b,         FLAT_USER_SS64, 0xe008},
    {"IRET with the hypervisor's data as stack", FLAT_USER_CS64, 0xe013,         0xe010},
    {"IRET to the task state's selector",        0xe043,         FLAT_USER_SS64, 0xe040},
    {"IRET to a data selector",                  FLAT_USER_SS64, FLAT_USER_SS64, 0xe028},
    {"IRET with a code selector as stack",       FLAT_USER_CS64, FLAT_USER_CS64, 0xe030},
    {"IRET to the null selector",                3,              FLAT_USER_SS64, 0     },
};

/* SYSENTER where the processor has it keeps neither NT nor TF from the hypervisor (44); elsewhere it is invalid. */
static void sysenter(void)
{
    __asm__ volatile("pushfq; orl $0x4000, (%rsp); popfq; sysenter; ud2");
}

/* The flags that user mode really runs with. */
static void flags(void)
{
    __asm__ volatile("pushfq; pop %rdi; syscall");
}

/* Whatever IRET is asked for, interrupts stay on and ports stay the hypervisor's to give (202). */
static void masked(void)
{
    static struct multicall_entry list[1];
    struct iret_context frame = {
        .rip = PTR(flags), .cs = FLAT_USER_CS64, .rflags = 0x23002, .rsp = PTR(USER_STACK_TOP), .ss = FLAT_USER_SS64 };

    list[0] = (struct multicall_entry){ .op = __HYPERVISOR_iret };
    check("IRET with interrupts off, IOPL 3 and VM (136, 202)", 0x200, user_run_list(&frame, list, 1) & 0x23200);
}

/* IRET ends a list: what stands behind it would be done in user mode's name and address space (213). */
static void in_a_list(void)
{
    static struct multicall_entry list[2];
    struct iret_context frame = {
        .rip = PTR(leave), .cs = FLAT_USER_CS64, .rflags = 0x202, .rsp = PTR(USER_STACK_TOP), .ss = FLAT_USER_SS64 };

    list[0] = (struct multicall_entry){ .op = __HYPERVISOR_iret };
    list[1] = (struct multicall_entry){ .op = __HYPERVISOR_xen_version, .result = 77 };
    check("IRET in a multicall goes to user mode", 42, user_run_list(&frame, list, 2));
    check("... and ends it (213)", 77, list[1].result);
}

void test_advisories_user(void)
{
    check("SYSCALL while single-stepping", 42, plain(stepping));
    check("... arrives as one", VECTOR_SYSCALL, trap_seen.vector);
    check("SYSCALL with NT", 43, plain(nested_task));
    for (unsigned int i = 0; i < ARRAY_SIZE(fault); i++) {
        plain(fault[i].fn);
        check_trap(fault[i].name, fault[i].vector, fault[i].error);
    }
    plain(extended_state);
    check_true("user: XSETBV", trap_seen.vector == 13 || trap_seen.vector == 6);
    plain(stack_push);
    check_true("user: a push where RSP is not canonical", trap_seen.vector == 12 || trap_seen.vector == 13);
    plain(stack_read);
    check_true("user: a read where RBP is not canonical",
               trap_seen.vector == 12 || trap_seen.vector == 13); /* 13: QEMU */
    plain(hypervisor_code);
    check("user: a jump into the hypervisor: vector", 14, trap_seen.vector);
    for (unsigned int i = 0; i < ARRAY_SIZE(selectors); i++) {
        run(leave, USER_STACK_TOP, selectors[i].cs, selectors[i].ss);
        check_trap(selectors[i].name, 13, selectors[i].error);
    }
    run((void (*)(void))NOT_CANONICAL, USER_STACK_TOP, FLAT_USER_CS64, FLAT_USER_SS64);
    check_trap("IRET to an address that is not canonical (170)", 13, 0);
    check("IRET with a stack that is not canonical", 42,
          run(leave, (void *)NOT_CANONICAL, FLAT_USER_CS64, FLAT_USER_SS64));
    in_a_list();
    masked();
    plain(sysenter);
    check_true("SYSENTER with NT (44)", trap_seen.vector == 6 || trap_seen.vector == 13);
    check("user mode works after all that", 42, plain(leave));
}
