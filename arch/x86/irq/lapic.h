/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC of each CPU, memory mapped or by MSR (x2APIC) (SDM vol. 3A, chapter 10). */
#ifndef IRQ_LAPIC_H
#define IRQ_LAPIC_H

#include "hv/compiler.h"
#include "hv/cpumask.h"

/** Finds and maps it. @base from the MADT. @want_x2apic as x2apic= says: the firmware's state is kept if already on. */
__init void lapic_init(paddr_t base, bool want_x2apic);
/** Enables this CPU's. False if it cannot be, which was logged. */
bool lapic_init_cpu(void) __must_check;
uint32_t lapic_id(void);
void lapic_eoi(void);
bool lapic_is_x2apic(void);
/** Sends @vector to the CPU with APIC id @id. */
void lapic_send_ipi(uint32_t id, uint8_t vector);
void lapic_send_nmi(uint32_t id);
/** INIT, and the start-up IPI with page @page (physical address >> 12). */
void lapic_send_init(uint32_t id);
void lapic_send_startup(uint32_t id, uint8_t page);

/** Turns this CPU's APIC off, as before boot (kexec, reboot). */
void lapic_disable(void);

/** APIC id of a CPU index; ~0 for none. */
extern uint32_t cpu_apic_id[CPU_MAX];

#endif
