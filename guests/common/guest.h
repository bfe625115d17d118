/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tiny guests share: start, hypercalls, printing, exceptions that are expected, user mode. */
#ifndef GUEST_H
#define GUEST_H

#include "port.h"
#include "public.h"

#define PAGE_SIZE 4096ul

/* Of the builder. */
extern const struct start_info *start_info;
extern struct shared_info *shared_info;

static inline bool is_dom0(void)
{
    return start_info->flags & SIF_INITDOMAIN;
}

/** The guest's own; returns to shut down. */
void guest_main(void);

/** The number after "@name=" in the command line. */
uint64_t guest_option(const char *name, uint64_t otherwise);
/** To the hypervisor's log; a domU's text also to its console. */
void printk(const char *fmt, ...) __printf_like(1, 2);
/** To the console ring of a domU; nothing for dom0, which has none. */
void console_write(const char *text, size_t len);
void guest_shutdown(unsigned int reason) __attribute__((noreturn));

/* Exceptions (traps.c). */

struct trap_frame {
    uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
    uint64_t vector, error, rip, cs, rflags, rsp, ss;
};
#define VECTOR_EVENT    256u
#define VECTOR_FAILSAFE 257u
#define VECTOR_SYSCALL  258u
#define NO_TRAP         ~0ull

/** What happened last: vector NO_TRAP if nothing did since trap_forget(). */
struct trap_seen {
    uint64_t vector, error, cr2, rip, cs, rflags, rsp, count;
};
extern volatile struct trap_seen trap_seen;
/** Where an exception goes on; 0: it is not expected, and the guest stops with a report. */
extern volatile uint64_t trap_resume, trap_resume_sp;
extern volatile uint64_t events_seen;
extern uint64_t failsafe_selectors[4];

/** Asked first, if it is set; whether it has dealt with the exception or event. */
extern bool (*trap_hook)(struct trap_frame *);
/** Fills @c for a vCPU that begins with @entry in kernel mode, on the first one's page table and its own stack. */
void vcpu_prepare(struct vcpu_guest_context *c, void (*entry)(void), void *stack_top);
/** Adds what the first vCPU has: trap table, entry points. */
void traps_context(struct vcpu_guest_context *c);

void traps_init(void);
/** The same, but for one vector, which has no handler then. */
void traps_init_without(unsigned int vector);
void trap_forget(void);

/**
 * Executes @insn (one asm text) and catches what it raises in trap_seen. Outputs, inputs and clobbers follow as in asm.
 */
#define TRY(insn, ...)                                                                             \
    do {                                                                                           \
        trap_forget();                                                                             \
        __asm__ volatile("movq %%rsp, trap_resume_sp(%%rip)\nmovq $77f, trap_resume(%%rip)\n" insn \
                         "\n77: movq $0, trap_resume(%%rip)" __VA_ARGS__);                         \
    } while (0)

/** Runs @fn in user mode until it executes SYSCALL; returns its rdi. Exceptions there are caught when expected. */
uint64_t user_run(void (*fn)(void), void *stack_top);
uint64_t user_run_selectors(void (*fn)(void), void *stack_top, uint64_t cs, uint64_t ss);
/** The same, by IRET in a multicall of @count entries; @frame is a struct iret_context. */
uint64_t user_run_list(const void *frame, const void *list, uint64_t count);
extern char entry_stack_top[];

/* Hypercalls. */

#define HYPERCALL_ASM(nr, a1, a2, a3, a4, a5)                                                \
    ({                                                                                       \
        register uint64_t r10_ __asm__("r10") = (uint64_t)(a4);                              \
        register uint64_t r8_ __asm__("r8") = (uint64_t)(a5);                                \
        long rc_;                                                                            \
        uint64_t d1_ = (uint64_t)(a1), d2_ = (uint64_t)(a2), d3_ = (uint64_t)(a3);           \
        __asm__ volatile("syscall"                                                           \
                         : "=a"(rc_), "+D"(d1_), "+S"(d2_), "+d"(d3_), "+r"(r10_), "+r"(r8_) \
                         : "0"((uint64_t)(nr))                                               \
                         : "rcx", "r11", "memory");                                          \
        rc_;                                                                                 \
    })
static inline long hypercall5(unsigned int nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
    return HYPERCALL_ASM(nr, a, b, c, d, e);
}
static inline long hypercall4(unsigned int nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    return hypercall5(nr, a, b, c, d, 0);
}
static inline long hypercall3(unsigned int nr, uint64_t a, uint64_t b, uint64_t c)
{
    return hypercall5(nr, a, b, c, 0, 0);
}
static inline long hypercall2(unsigned int nr, uint64_t a, uint64_t b)
{
    return hypercall5(nr, a, b, 0, 0, 0);
}
static inline long hypercall1(unsigned int nr, uint64_t a)
{
    return hypercall5(nr, a, 0, 0, 0, 0);
}
#define PTR(p) ((uint64_t)(uintptr_t)(p))

/* Memory (memory.c). */

uint64_t pfn_to_mfn(uint64_t pfn);
static inline uint64_t va_to_pfn(const void *p)
{
    return (PTR(p) - 0xffffffff80000000ul) / PAGE_SIZE;
}
static inline uint64_t va_to_mfn(const void *p)
{
    return pfn_to_mfn(va_to_pfn(p));
}
/** Where the builder's tables map a frame of the guest; only for frames in the first mapping. */
void *mfn_to_va(uint64_t mfn);
/** The entry of @level (4 to 1) that maps @va, as the guest sees it through its own mapping of the table. */
uint64_t *pte_of(const void *va, unsigned int level);
/** Machine address of that entry. */
uint64_t pte_maddr(const void *va, unsigned int level);
/** Three pages in a row for tests that change how they are mapped; nothing else lives there. */
extern uint8_t guest_pages[3][PAGE_SIZE];
#define page_a guest_pages[0]
#define page_b guest_pages[1]
#define page_c guest_pages[2]
/** update_va_mapping with the entry flags @flags for the frame @mfn. */
long map_at(const void *va, uint64_t mfn, uint64_t flags);

#define PTE_P         0x1ul
#define PTE_RW        0x2ul
#define PTE_US        0x4ul
#define PTE_A         0x20ul
#define PTE_D         0x40ul
#define PTE_PS        0x80ul
#define PTE_NX        (1ul << 63)
#define PTE_KERNEL_RW (PTE_P | PTE_RW | PTE_A | PTE_D)
#define PTE_KERNEL_RO (PTE_P | PTE_A | PTE_D)

#endif
