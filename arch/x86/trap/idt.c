/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One interrupt descriptor table for all CPUs (APM vol. 2, 4.8.4 and 8.9). Read-only once boot is over. */
#include "entry/entry.h"
#include "hw/native/exception.h"
#include "hw/native/segment.h"
#include "trap/trap.h"

#include <arch/layout.h>

#define GATE_INTERRUPT 0x8e00u /* present, DPL 0, interrupts off on entry */
#define GATE_DPL3      0x6000u
#define STUB_SIZE      16

/* TSS.IST numbers; the stacks are in the CPU's area, see <arch/layout.h>. */
enum { IST_NONE, IST_DF, IST_NMI, IST_MC, IST_DB };

struct gate {
    uint16_t offset_low, selector, flags, offset_mid;
    uint32_t offset_high, reserved;
};
_Static_assert(sizeof(struct gate) == 16, "APM vol. 2, figure 4-24");

static struct gate idt[256] __aligned_to(4096) __ro_after_init;

static __init void idt_set(unsigned int vector, const char *handler, unsigned int flags)
{
    uint64_t offset = (uint64_t)handler;
    idt[vector] = (struct gate){
        .offset_low = (uint16_t)offset,
        .selector = HV_CS,
        .flags = (uint16_t)flags,
        .offset_mid = (uint16_t)(offset >> 16),
        .offset_high = (uint32_t)(offset >> 32),
    };
}

__init void idt_init(void)
{
    for (unsigned int v = 0; v < 32; v++)
        idt_set(v, exception_stubs + v * STUB_SIZE, GATE_INTERRUPT);
    for (unsigned int v = 32; v < 256; v++)
        idt_set(v, interrupt_stubs + (v - 32) * STUB_SIZE, GATE_INTERRUPT);
    /* INT3 and INTO of user code are its own business; every other INT n faults and is looked at in pv/. */
    idt[TRAP_BP].flags |= GATE_DPL3;
    idt[TRAP_OF].flags |= GATE_DPL3;
    idt[TRAP_DF].flags |= IST_DF;
    idt[TRAP_NMI].flags |= IST_NMI;
    idt[TRAP_MC].flags |= IST_MC;
    idt[TRAP_DB].flags |= IST_DB;
}

void idt_load(void)
{
    const struct desc_ptr p = { sizeof(idt) - 1, (uint64_t)idt };
    lidt(&p);
}
