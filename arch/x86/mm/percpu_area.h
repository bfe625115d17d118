/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A CPU's own piece of address space: stacks with guard pages, syscall stub, GDT and LDT windows. See <arch/layout.h>.
 */
#ifndef MM_PERCPU_AREA_H
#define MM_PERCPU_AREA_H

#include "hv/types.h"

#include <arch/current.h>

/** Maps the area of @cpu, fills its stub and GDT. 0 or -ENOMEM. Not undone: a CPU that goes offline keeps it. */
int percpu_area_create(unsigned int cpu);

static inline vaddr_t percpu_area(unsigned int cpu)
{
    return PERCPU_AREA_VIRT + (uint64_t)cpu * PERCPU_AREA_SIZE;
}
static inline struct cpu_info *percpu_cpu_info(unsigned int cpu)
{
    return (struct cpu_info *)(percpu_area(cpu) + STACK_SIZE) - 1;
}
/** RSP for entries from a guest, and for SYSENTER. */
static inline uint64_t info_sysenter_stack(unsigned int cpu)
{
    return (uint64_t)&percpu_cpu_info(cpu)->guest_regs.es;
}
/** The stub page as writable memory. */
uint8_t *percpu_stub_page(unsigned int cpu);
/** The entry that maps @va of @cpu's area. */
uint64_t *percpu_l1_slot(unsigned int cpu, vaddr_t va);

/** From now on this CPU's NMIs come on a special stack that is not the present one, which it never returns to. */
void percpu_nmi_stack_move(void);

/** Loads GDT and TSS of @cpu, which is the one that runs; the caller loads the IDT. */
void percpu_tables_load(unsigned int cpu);

#endif
