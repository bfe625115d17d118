/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC: as a page, as MSRs, its timer in three modes, and an interrupt to oneself. */
#include "pvh/pvh.h"

#define VECTOR 0x51u
#define GP     13u
#define SPINS  4000000000u

static volatile uint32_t *reg(unsigned int offset) { return (volatile uint32_t *)(0xfee00000ul + offset); }

static void check_page(void)
{
    check(*reg(0x20) == 0 && *reg(0x30) == 0x50014, "APIC id %x, version %x", *reg(0x20), *reg(0x30));
    check(*reg(0xf0) == 0xff && *reg(0x320) == 0x10000, "SVR %x, LVTT %x", *reg(0xf0), *reg(0x320));
    *reg(0x80) = 0x20;
    check(*reg(0x80) == 0x20, "TPR %x", *reg(0x80));
    *reg(0x80) = 0;
    check(*reg(0xe0) == ~0u, "DFR %x", *reg(0xe0));
}

static void check_mode(void)
{
    uint64_t base, value;

    msr_read(0x1b, &base);
    check(msr_write(0x1b, base | 0x400) == NO_TRAP, "x2APIC: exception %u", trap_vector);
    check(msr_write(0x1b, base) == GP, "back to xAPIC: exception %u", trap_vector);
    msr_read(0x803, &value);
    check(trap_vector == NO_TRAP && value == 0x50014, "version %lx, exception %u", (unsigned long)value, trap_vector);
    check(*reg(0x30) == ~0u, "the page is still there: %x", *reg(0x30));
    check(msr_write(0x802, 0) == GP && msr_write(0x80b, 1) == GP && msr_read(0x80e, &value) == GP,
          "x2APIC registers that must fault");
    msr_write(0x80f, 0x1ff);
    check(trap_vector == NO_TRAP, "SVR: exception %u", trap_vector);
}

/* Whether @vector comes before we lose patience; by halting, or by spinning. */
static bool comes(unsigned int vector, uint32_t times, bool halt)
{
    uint32_t wanted = interrupts[vector] + times;

    for (uint32_t i = 0; i < SPINS && interrupts[vector] < wanted; i++) {
        __asm__ volatile("sti");
        if (halt)
            __asm__ volatile("hlt");
        else
            __asm__ volatile("pause");
        __asm__ volatile("cli");
    }
    return interrupts[vector] >= wanted;
}

static void check_self(void)
{
    uint32_t before = interrupts[VECTOR];

    __asm__ volatile("cli");
    msr_write(0x83f, VECTOR);
    check(interrupts[VECTOR] == before, "an interrupt with IF clear");
    check(comes(VECTOR, 1, false), "the self IPI never came");
    check(interrupts[VECTOR] == before + 1, "it came %u times", interrupts[VECTOR] - before);
    /* Held back by the task priority until CR8 falls. */
    __asm__ volatile("mov %0, %%cr8" : : "r"(8ul));
    msr_write(0x83f, VECTOR);
    __asm__ volatile("sti; nop; nop; cli");
    check(interrupts[VECTOR] == before + 1, "an interrupt below the task priority");
    __asm__ volatile("sti; mov %0, %%cr8; nop; nop; cli" : : "r"(0ul));
    check(interrupts[VECTOR] == before + 2, "none after the task priority fell");
}

static void check_timer(void)
{
    uint64_t left, later;

    msr_write(0x83e, 0xb); /* by 1 */
    msr_write(0x832, VECTOR);
    msr_write(0x838, 1000000); /* 10 ms */
    msr_read(0x839, &left);
    msr_read(0x839, &later);
    check(left <= 1000000 && later <= left, "the count goes from %lu to %lu", (unsigned long)left,
          (unsigned long)later);
    check(comes(VECTOR, 1, true), "the one-shot timer never came");
    msr_read(0x839, &left);
    check(!left, "and then reads %lu", (unsigned long)left);
    msr_write(0x832, VECTOR | 0x20000);
    msr_write(0x838, 200000);
    check(comes(VECTOR, 5, true), "the periodic timer never came five times");
    msr_write(0x838, 0);
    msr_write(0x832, VECTOR | 0x40000);
    msr_write(0x6e0, read_tsc() + 10000000);
    check(comes(VECTOR, 1, true), "the deadline never came");
    msr_read(0x6e0, &left);
    check(!left, "and then reads %lx", (unsigned long)left);
    msr_write(0x832, 0x10000);
}

static void check_nmi(void)
{
    uint32_t before = interrupts[2];

    msr_write(0x830, 0x4400 | 1 << 18); /* NMI to self */
    for (uint32_t i = 0; i < SPINS && interrupts[2] == before; i++)
        __asm__ volatile("pause");
    check(interrupts[2] == before + 1, "NMIs: %u", interrupts[2] - before);
    msr_write(0x830, 0x4400 | 1 << 18);
    for (uint32_t i = 0; i < SPINS && interrupts[2] == before + 1; i++)
        __asm__ volatile("pause");
    check(interrupts[2] == before + 2, "a second NMI after the IRET of the first: %u", interrupts[2] - before);
}

void check_apic(void)
{
    check_page();
    trap_eoi = true;
    check_mode();
    check_self();
    check_timer();
    check_nmi();
}
