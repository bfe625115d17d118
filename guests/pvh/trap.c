/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions are what is tried on purpose, and go on where that says; interrupts are counted. */
#include "pvh/pvh.h"

#define STUB 16u
#define GATE 0x8e00u

struct frame { uint64_t regs[9], vector, error, rip, cs, rflags, rsp, ss; };

volatile uint32_t trap_vector, trap_error, interrupts[256];
volatile uint64_t trap_resume;
bool trap_eoi, clear_upcall;
struct gate { uint16_t low, selector, flags, mid; uint32_t high, zero; } pvh_idt[256] __attribute__((aligned(16)));

void traps_init(void)
{
    for (unsigned int i = 0; i < 256; i++) {
        uint64_t at = (uint64_t)vector_stubs + i * STUB;

        pvh_idt[i] = (struct gate){ (uint16_t)at, 8, GATE, (uint16_t)(at >> 16), (uint32_t)(at >> 32), 0 };
    }
}

void pvh_trap(struct frame *f);
void pvh_trap(struct frame *f)
{
    interrupts[f->vector & 0xff]++;
    if (f->vector >= 32) {
        if (clear_upcall)
            shared.vcpu_info[0].evtchn_upcall_pending = 0;
        if (trap_eoi)
            msr_write(0x80b, 0);
        return;
    }
    trap_vector = (uint32_t)f->vector;
    trap_error = (uint32_t)f->error;
    if (trap_resume) {
        f->rip = trap_resume;
        return;
    }
    if (f->vector == 2) /* NMI */
        return;
    print("unexpected exception %lu, error %lx at %lx", (unsigned long)f->vector, (unsigned long)f->error,
          (unsigned long)f->rip);
    for (;;)
        __asm__ volatile("cli; hlt");
}

uint32_t msr_read(uint32_t msr, uint64_t *value)
{
    uint32_t lo = 0, hi = 0;
    uint32_t vector = TRY("rdmsr", LIST("+a"(lo), "+d"(hi)), LIST("c"(msr)));

    *value = (uint64_t)hi << 32 | lo;
    return vector;
}

uint32_t msr_write(uint32_t msr, uint64_t value)
{
    return TRY("wrmsr",, LIST("c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))));
}
