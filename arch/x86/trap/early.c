/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the first line of C on a fault is reported, or fixed up where an instruction that may fault says so: what CPUID
 * claims can be tried. The selectors are the final ones; percpu_tables_load() replaces the table when the CPU has its
 * own.
 *
 * Invariant: until then no vector that has a stack of its own (#DF, NMI, #MC, #DB) is survived, as there is no TSS.
 */
#include "hw/native/segment.h"
#include "trap/trap.h"

#include <arch/layout.h>

#define CODE_64  0x00af9b000000ffffULL /* accessed: nothing will be written to it */
#define DATA     0x00cf93000000ffffULL

static uint64_t early_gdt[HV_DS / 8 + 1] __attribute__((section(".init.bss"), aligned(8)));

__init void trap_early_init(void)
{
    const struct desc_ptr gdt = { sizeof(early_gdt) - 1, (uint64_t)early_gdt };

    early_gdt[HV_CS / 8] = CODE_64;
    early_gdt[HV_DS / 8] = DATA;
    lgdt(&gdt);
    reload_segments(HV_CS, HV_DS);
    idt_init();
    idt_load();
}
