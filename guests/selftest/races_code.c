/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code that another vCPU changes: what faulted and what is looked at then are two instructions, and neither does more
 * than it may (202).
 *
 * A processor, and an emulator above all, fetches code byte by byte: what runs is any mixture of the versions' first
 * three bytes, in front of one RET. The test's own state must be out of reach of every mixture. All that one can name:
 *
 *   - registers: no byte but 0x48 (REX.W) can be a prefix, so r8 to r15 cannot be named; of the ModRM bytes (07, 90,
 *     30, d8, c3) none names rsp, rbp or rcx as what is written. What is written are rax, rbx, rdx, rsi and their
 *     bytes, CR0 and CR2, and x87 and MMX registers: TRY_MIXTURE says so to the compiler, which keeps nothing there.
 *   - memory: [rdi], the page-table entry; [rax] and [rax + disp32], where rax is the entry's own value, an address of
 *     the lower half (or none at all), where this kernel has nothing.
 *   - where it goes on: a RET that was swallowed as the end of an instruction is followed by INT3s to the end of the
 *     page, a displacement that was swallowed is made of them: 0xccccccXX, 820 MB down, where nothing is mapped.
 */
#include "selftest/selftest.h"

#define ROUNDS  1500u
#define INT3    0xcc
#define VECTORS (1u << 3 | 1u << 6 | 1u << 7 | 1u << 13 | 1u << 14) /* what an instruction of these may raise */

/* MOV to [RDI], which the hypervisor completes, or what the hypervisor must not do in its place; RET behind it. */
static const uint32_t versions[] = { 0xc3078948, 0xc39090fa, 0xc39090f4, 0xc3900b0f, 0xc3300f90, 0xc3d8220f,
                                     0xc39090cc };
static uint8_t page_of_code[PAGE_SIZE] __attribute__((aligned(4096)));
static volatile uint32_t *const code = (volatile uint32_t *)page_of_code;
static volatile bool code_is_run;

#define TRY_MIXTURE(a, d)                                                                         \
    do {                                                                                          \
        uint64_t a_ = (a), d_ = 0, s_ = 0;                                                        \
        TRY("call *%5", : "+a"(a_), "+d"(d_), "+S"(s_) : "D"(d), "c"(0x12345), "r"(page_of_code)  \
            : "rbx", "memory", "cc");                                                             \
    } while (0)

/* Runs what is there now; whether it did something that none of them may. */
static bool code_does_harm(uint64_t *pte, uint64_t value)
{
    uint64_t flags;

    TRY_MIXTURE(value, pte);
    __asm__ volatile("pushfq; pop %0" : "=r"(flags));
    if (trap_seen.vector != NO_TRAP && (trap_seen.vector > 31 || !(VECTORS >> trap_seen.vector & 1)))
        return true;
    return !(flags & 0x200);
}

static void code_is_over(void)
{
    hypercall1(__HYPERVISOR_fpu_taskswitch, 0);
    __asm__ volatile("fninit");
}

/* Each mixture once, so that none is met for the first time in a race. */
static void mixtures(uint64_t *pte, uint64_t good)
{
    uint64_t wrong = 0, run = 0, mask = ~0xfful; /* SETcc to [RDI] writes its lowest byte */

    for (unsigned int i = 0; i < ARRAY_SIZE(versions) * ARRAY_SIZE(versions) * ARRAY_SIZE(versions); i++) {
        uint32_t first = versions[i % 7], second = versions[i / 7 % 7], third = versions[i / 49];

        *code = (first & 0xff) | (second & 0xff00) | (third & 0xffff0000);
        if (code_does_harm(pte, good))
            printk("code %#x: exception %lu, error %#lx", *code, trap_seen.vector, trap_seen.error), wrong++;
        run++;
    }
    code_is_over();
    check("mixtures of privileged code and a store, run one by one", 343, run);
    check("... odd traps, interrupts off", 0, wrong);
    check("... the entry is one of those", good & mask, *pte & mask);
}

static void change_code(void)
{
    while (code_is_run)
        for (unsigned int i = 0; i < ARRAY_SIZE(versions) && code_is_run; i++)
            *code = versions[i & 1 ? i : 0];
}

static void changed_by_another(uint64_t *pte, uint64_t good)
{
    uint64_t wrong = 0, mask = ~0xfful;

    *code = versions[0];
    code_is_run = true;
    second_run(change_code);
    for (unsigned int i = 0; i < ROUNDS; i++)
        wrong += code_does_harm(pte, good ^ (i & 1 ? PTE_A : 0));
    code_is_run = false;
    second_wait();
    code_is_over();
    check("stores by code that another vCPU changes: odd traps, interrupts off (202)", 0, wrong);
    check("... the entry is one of those", good & mask, *pte & mask);
}

void test_changing_code(void)
{
    uint64_t *pte = pte_of(page_b, 1), good = *pte & ~PTE_RW;

    memset(page_of_code, INT3, sizeof(page_of_code));
    mixtures(pte, good);
    changed_by_another(pte, good);
    hypercall3(__HYPERVISOR_update_va_mapping, PTR(page_b), va_to_mfn(page_b) << 12 | PTE_KERNEL_RW,
               UVMF_INVLPG | UVMF_ALL);
}
