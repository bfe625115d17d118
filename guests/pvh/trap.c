/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions are what is tried on purpose, and go on where that says; interrupts are counted. */
#include "pvh/pvh.h"

#define STUB 16u
#define GATE 0x8e00u
#define IF   0x200u
#define NMI  2u
#define GP   13u
#define WRMSR_BYTES 2u
#define TOLD 4u

extern const char pvh_eoi[];
struct frame { uint64_t regs[9], vector, error, rip, cs, rflags, rsp, ss; };

volatile uint32_t trap_vector, trap_error, interrupts[256];
volatile uint32_t second_interrupts, unasked;
volatile uint64_t trap_resume;
bool trap_eoi, clear_upcall, trap_step;
struct gate { uint16_t low, selector, flags, mid; uint32_t high, zero; } pvh_idt[256] __attribute__((aligned(16)));

void traps_init(void)
{
    for (unsigned int i = 0; i < 256; i++) {
        uint64_t at = (uint64_t)vector_stubs + i * STUB;

        pvh_idt[i] = (struct gate){ (uint16_t)at, 8, GATE, (uint16_t)(at >> 16), (uint32_t)(at >> 32), 0 };
    }
}

/*
 * Not by msr_write(): what was interrupted may itself be trying something. An APIC that is off by then refuses it. The
 * callback's vector does not come from the APIC: an end would be another's.
 */
static void end_of_interrupt(uint64_t vector)
{
    if (trap_eoi && vector != CALLBACK)
        __asm__ volatile("pvh_eoi: wrmsr" :: "c"(0x80b), "a"(0), "d"(0));
}

static void interrupt(const struct frame *f, bool second)
{
    if (!(f->rflags & IF) && unasked++ < TOLD) /* by print(), as a check counts for one vCPU alone */
        print("FAIL interrupt %lu at %lx with IF clear, on vCPU %u", (unsigned long)f->vector, (unsigned long)f->rip,
              second);
    if (second)
        second_interrupts++;
    else
        interrupts[f->vector & 0xff]++;
    if (clear_upcall)
        shared.vcpu_info[0].evtchn_upcall_pending = 0;
    end_of_interrupt(f->vector);
}

void pvh_trap(struct frame *f);
void pvh_trap(struct frame *f)
{
    bool second = (uint64_t)f > (uint64_t)stack_end; /* by its stack; it tries nothing, so it has no exceptions */

    if (f->vector >= 32) {
        interrupt(f, second);
        return;
    }
    if (f->vector == GP && f->rip == (uint64_t)pvh_eoi) {
        f->rip += WRMSR_BYTES;
        return;
    }
    if (!second)
        interrupts[f->vector & 0xff]++;
    if (second && f->vector == NMI)
        return;
    if (second)
        second_lost(f->vector, f->error, f->rip);
    trap_vector = (uint32_t)f->vector;
    trap_error = (uint32_t)f->error;
    if (trap_step && f->vector == 1)
        return;
    if (trap_resume) {
        f->rip = trap_resume;
        return;
    }
    if (f->vector == NMI)
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
