/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device interrupts. An irq is a source: an IO-APIC input (irq number = GSI) or an MSI (numbers from irq_gsi_count on).
 * Each in use has a vector on one CPU. It is either the hypervisor's own (a handler) or bound to guests' pirqs.
 *
 * When a guest's interrupt comes in, its event channels are raised. An edge or MSI is acknowledged at once. A
 * level-triggered one is masked at its IO-APIC input and acknowledged at the APIC, and unmasked when the guest says
 * that it is done (PHYSDEVOP_eoi), so that no guest can hold the priority of a CPU's APIC.
 */
#ifndef IRQ_IRQ_H
#define IRQ_IRQ_H

#include "hv/compiler.h"
#include "hv/cpumask.h"
#include "hv/lock.h"

#define IRQ_NONE 0xffffffffu

struct irq;

/** How a kind of source is masked and steered. LOCK_IRQ is held. */
struct irq_source {
    const char *name;
    void (*mask)(struct irq *irq);
    void (*unmask)(struct irq *irq);
    /** Writes vector and destination into the hardware. */
    void (*set_target)(struct irq *irq, uint8_t vector, uint32_t apic_id);
};

struct irq {
    spinlock_t lock;
    uint32_t nr;
    const struct irq_source *source;
    bool level, active_low;
    bool in_service;    /* level, waiting for the guest's EOI */
    uint8_t vector;     /* 0: none */
    uint8_t old_vector; /* still valid on old_cpu until the next interrupt arrives at the new place */
    uint32_t cpu, old_cpu;
    void (*handler)(void *data); /* the hypervisor's own */
    void *data;
    uint32_t delivering;  /* CPUs that have left the lock and are still telling the owner */
    struct domain *guest; /* or the guest it is bound to */
    uint32_t guest_pirq;
    bool shareable;
    /* MSI */
    struct msi_desc *msi;
};

/** Finds inputs and prepares the table. After ACPI; the legacy PICs are masked. */
__init void irq_init(void);
void irq_dispatch(uint8_t vector);
/** Number of GSIs; irqs from here on are MSIs. */
extern uint32_t irq_gsi_count;
struct irq *irq_get(uint32_t nr);
/** Allocates an MSI irq. NULL: none left. */
struct irq *irq_alloc_msi(const struct irq_source *source);
void irq_free_msi(struct irq *irq);

/** Gives @irq a vector on an online CPU of @cpus that an interrupt can name, else on CPU 0. Lock held. 0, -ENOSPC. */
int irq_assign_vector(struct irq *irq, const cpumask_t *cpus);
void irq_release_vector(struct irq *irq);
/** Binds to a guest pirq, unmasks. 0, -EBUSY. */
int irq_bind_guest(struct irq *irq, struct domain *d, uint32_t pirq, bool share);
/** No CPU begins to deliver it to the guest from now on; a delivery may be under way: irq_wait_delivered(). */
void irq_unbind_guest(struct irq *irq);
/** Until no CPU delivers @irq to a guest any more. May wait (WAIT_IRQ of hv/lock_order.h). */
void irq_wait_delivered(const struct irq *irq);
/** The guest is done with a level interrupt. */
void irq_guest_eoi(struct irq *irq);
/** True if a level interrupt waits for the guest's EOI. */
bool irq_needs_eoi(const struct irq *irq);
/** Moves it to @cpu, if that is online and an interrupt can name it. */
void irq_set_cpu(struct irq *irq, unsigned int cpu);
/** Keeps it from everybody, without a vector: for an input that is used in another way. 0, -EBUSY. */
int irq_reserve(struct irq *irq);

#endif
