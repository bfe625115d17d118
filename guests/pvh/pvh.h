/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tiny PVH kernel that looks at what a container gives it: the pieces that its files share. */
#ifndef PVH_H
#define PVH_H

#include "public.h"

#include "port.h"

/* print.c: port 0xe9, one line at a time. */
void print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/** Counts, and says so if it fails. */
void check(bool ok, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
extern unsigned int passed, failed;

/* start.S */
enum { ENTRY_EAX, ENTRY_EBX, ENTRY_ECX, ENTRY_EDX, ENTRY_ESI, ENTRY_EDI, ENTRY_EBP, ENTRY_ESP, ENTRY_EFLAGS, ENTRY_CR0,
       ENTRY_CR3, ENTRY_CR4, ENTRY_REGS };
extern uint32_t pvh_entry[ENTRY_REGS];
/** Hypercall @nr by 32-bit code: EAX of it. */
uint32_t pvh_narrow_call(uint32_t nr, uint32_t a, uint32_t b, uint32_t c);
extern const char vector_stubs[], ap_begin[], ap_end[], stack_end[];

/* trap.c */
void traps_init(void);
#define NO_TRAP 63u
/** The exception that came of what was tried last, NO_TRAP if none did, and its error code. */
extern volatile uint32_t trap_vector, trap_error;
extern volatile uint64_t trap_resume;
/** How often each interrupt came. */
extern volatile uint32_t interrupts[256];
/** Those of the second vCPU; those that came to either although IF was clear. */
extern volatile uint32_t second_interrupts, unasked;
#define CALLBACK 0x41u /* the vector of HVM_PARAM_CALLBACK_IRQ */
/** Set, an interrupt is ended at the local APIC, which is in x2APIC mode by then. */
extern bool trap_eoi;
/** Set, a step goes on. */
extern bool trap_step;
/** Set, an interrupt clears the pending byte of events. */
extern bool clear_upcall;

/* Tries instructions, and goes on behind them if they fault. Clobbers are the caller's to name. */
#define TRY(insns, outputs, inputs, ...)                                                              \
    ({                                                                                                \
        trap_vector = NO_TRAP;                                                                        \
        __asm__ volatile("movq $1f, trap_resume\n\t" insns "\n1:\tmovq $0, trap_resume" : outputs     \
                         : inputs : "memory", "cc" __VA_OPT__(,) __VA_ARGS__);                        \
        trap_vector;                                                                                  \
    })
#define LIST(...) __VA_ARGS__

static inline long hypercall(uint64_t nr, uint64_t a, uint64_t b, uint64_t c)
{
    long rc;

    __asm__ volatile("vmmcall" : "=a"(rc), "+D"(a), "+S"(b), "+d"(c) : "a"(nr) : "memory", "r8", "r9", "r10", "r11");
    return rc;
}
#define HYPERCALL2(name, a, b)    hypercall(__HYPERVISOR_##name, (uint64_t)(a), (uint64_t)(b), 0)
#define HYPERCALL3(name, a, b, c) hypercall(__HYPERVISOR_##name, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c))

static inline uint64_t read_tsc(void)
{
    uint32_t lo, hi;

    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
    return (uint64_t)hi << 32 | lo;
}

/** The exception that reading or writing @msr brought. */
uint32_t msr_read(uint32_t msr, uint64_t *value);
uint32_t msr_write(uint32_t msr, uint64_t value);

/* The checks, a file each. */
void check_entry(void);
void check_cpu(void);
void check_msrs(void);
void check_hypercalls(void);
void check_narrow(void);
void check_apic(void);
void check_events(void);
void check_second(void);
/* second.c: while the first vCPU storms, the second one stops as often as it can, and interrupts it. */
void second_restless(void);
void second_interrupt(void);
void second_rest(void);
/** An exception on the second vCPU: it says so, and is never left. */
void second_lost(uint64_t vector, uint64_t error, uint64_t rip);
/* storm.c */
void storm(uint64_t seed, uint32_t steps);

/* A page of its own: what else lay in it would be gone. */
extern union shared_page {
    shared_info_t info;
    uint8_t page[4096];
} shared_page;
#define shared (shared_page.info)
#endif
