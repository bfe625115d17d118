/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IO-APICs (82093AA data sheet): inputs of the machine, numbered by GSI. */
#ifndef IRQ_IOAPIC_H
#define IRQ_IOAPIC_H

#include "hv/compiler.h"
#include "irq/irq.h"

/**
 * Declares what firmware reports, before ioapic_init(): an IO-APIC, which is mapped and answers how many inputs it has
 * (0, logged: it is not used); and how an ISA line is really connected.
 */
__init uint32_t ioapic_add(uint8_t id, paddr_t base, uint32_t gsi_base);
__init void ioapic_override(uint8_t isa_irq, uint32_t gsi, bool level, bool active_low);
/** Masks the legacy PICs. Before the local APIC stops listening to them: QEMU keeps a request that it has seen. */
__init void pic_disable(void);
/** Masks every input of all; returns the number of GSIs. */
__init uint32_t ioapic_init(void);
/** Fills in source, trigger and polarity of a GSI. */
__init void ioapic_setup_irq(struct irq *irq);
/** PHYSDEVOP_setup_gsi: 0, -EINVAL; -EBUSY when in use with other settings is not an error to anybody: kept. */
int ioapic_set_trigger(struct irq *irq, bool level, bool active_low);
/** GSI that carries ISA line @isa_irq. */
uint32_t ioapic_isa_to_gsi(uint32_t isa_irq);
/**
 * Unmasks an input that nobody uses, edge triggered, to deliver NMIs to one APIC. 0; -EINVAL: it cannot name that APIC.
 */
int ioapic_deliver_nmi(const struct irq *irq, uint32_t apic_id);
/** To the log: every input that has a vector. */
void ioapic_report(void);
/** PHYSDEVOP_apic_read: register @reg of the IO-APIC at @base. 0 or -EINVAL. */
int ioapic_read_for_guest(paddr_t base, uint32_t reg, uint32_t *value);
/** Masks every input, for kexec and panic. No locks. */
void ioapic_shutdown(void);
/** Frame number of the @index-th IO-APIC's registers; 0: there is none. */
uint64_t ioapic_frame(unsigned int index);

#endif
