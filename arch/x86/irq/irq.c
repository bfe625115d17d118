/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of interrupts, their vectors, and what happens when one arrives. See irq/irq.h. Each CPU's `vectors` names
 * the irq of a vector; it is written under LOCK_VECTOR and read without a lock by the CPU that takes the interrupt.
 */
#include "irq/irq.h"

#include "hv/event.h"
#include "hv/heap.h"
#include "hv/lock_debug.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/trace.h"
#include "irq/ioapic.h"
#include "irq/lapic.h"
#include "irq/vectors.h"

#define MSI_IRQS 512u

typedef struct {
    uint32_t irq[256];
} vector_map_t; /* nr + 1; 0: free */
static DEFINE_PER_CPU(vector_map_t, vectors);

uint32_t irq_gsi_count __ro_after_init;
static struct irq *irqs __ro_after_init; /* [irq_gsi_count + MSI_IRQS] */
static spinlock_t vector_lock = SPINLOCK_INIT(LOCK_VECTOR);
static uint8_t next_vector = VECTOR_FIRST;
static uint32_t next_cpu;

struct irq *irq_get(uint32_t nr)
{
    return nr < irq_gsi_count + MSI_IRQS ? &irqs[nr] : NULL;
}

__init void irq_init(void)
{
    irq_gsi_count = ioapic_init();
    irqs = hv_zalloc_array(irq_gsi_count + MSI_IRQS, sizeof(*irqs));
    if (!irqs)
        panic("no memory for %u interrupts", irq_gsi_count + MSI_IRQS);
    for (uint32_t i = 0; i < irq_gsi_count + MSI_IRQS; i++) {
        irqs[i].nr = i;
        spin_lock_init(&irqs[i].lock, LOCK_IRQ);
        if (i < irq_gsi_count)
            ioapic_setup_irq(&irqs[i]);
    }
}

struct irq *irq_alloc_msi(const struct irq_source *source)
{
    struct irq *found = NULL;
    irqflags_t flags = spin_lock_irqsave(&vector_lock);

    for (uint32_t i = irq_gsi_count; i < irq_gsi_count + MSI_IRQS && !found; i++)
        if (!irqs[i].source) {
            irqs[i].source = source;
            found = &irqs[i];
        }
    spin_unlock_irqrestore(&vector_lock, flags);
    return found;
}

void irq_free_msi(struct irq *irq)
{
    irq->msi = NULL;
    irq->in_service = false;
    irq->level = false;
    irq->source = NULL;
}

/* A vector that is free on @cpu, searched round so that priorities spread. 0: none. */
static uint8_t find_vector(unsigned int cpu)
{
    for (unsigned int i = 0; i <= VECTOR_LAST - VECTOR_FIRST; i++) {
        uint8_t v = next_vector;
        next_vector = v == VECTOR_LAST ? VECTOR_FIRST : (uint8_t)(v + 1);
        if (v != 0x80 && !per_cpu(vectors, cpu).irq[v])
            return v;
    }
    return 0;
}

/* An IO-APIC's entry and an MSI have 8 bits for an APIC's id, of which 255 means all. */
static bool can_take(unsigned int cpu)
{
    return cpumask_test(&cpu_online, cpu) && cpu_apic_id[cpu] < 255;
}

static unsigned int pick_cpu(const cpumask_t *cpus)
{
    cpumask_t can = *cpus;
    unsigned int cpu;

    for_each_cpu(cpu, cpus) if (!can_take(cpu)) cpumask_clear(&can, cpu);
    if (cpumask_empty(&can))
        return 0;
    next_cpu = cpumask_next(&can, next_cpu + 1);
    if (next_cpu >= CPU_MAX)
        next_cpu = cpumask_next(&can, 0);
    return next_cpu;
}

static void forget_vector(unsigned int cpu, uint8_t vector, uint32_t nr)
{
    if (vector && per_cpu(vectors, cpu).irq[vector] == nr + 1)
        per_cpu(vectors, cpu).irq[vector] = 0;
}

static int assign_on(struct irq *irq, unsigned int cpu)
{
    spin_lock(&vector_lock);
    uint8_t v = find_vector(cpu);
    if (v) {
        per_cpu(vectors, cpu).irq[v] = irq->nr + 1;
        forget_vector(irq->old_cpu, irq->old_vector, irq->nr);
        irq->old_vector = irq->vector;
        irq->old_cpu = irq->cpu;
        irq->vector = v;
        irq->cpu = cpu;
    }
    spin_unlock(&vector_lock);
    if (!v)
        return -ENOSPC;
    irq->source->set_target(irq, v, cpu_apic_id[cpu]);
    return 0;
}

int irq_assign_vector(struct irq *irq, const cpumask_t *cpus)
{
    return irq->vector ? 0 : assign_on(irq, pick_cpu(cpus));
}

void irq_release_vector(struct irq *irq)
{
    spin_lock(&vector_lock);
    forget_vector(irq->cpu, irq->vector, irq->nr);
    forget_vector(irq->old_cpu, irq->old_vector, irq->nr);
    irq->vector = irq->old_vector = 0;
    spin_unlock(&vector_lock);
}

void irq_set_cpu(struct irq *irq, unsigned int cpu)
{
    irqflags_t flags = spin_lock_irqsave(&irq->lock);
    if (irq->vector && irq->cpu != cpu && can_take(cpu))
        assign_on(irq, cpu);
    spin_unlock_irqrestore(&irq->lock, flags);
}

/* Lock held. A guest's level source stays quiet until the guest has looked; what nobody owns stays quiet for good. */
static void quieten(struct irq *irq)
{
    if (irq->guest && irq->level)
        irq->in_service = true;
    if (irq->source && !irq->handler && (!irq->guest || irq->level))
        irq->source->mask(irq);
}

static void raise_traced(const struct irq *irq, struct domain *guest, uint32_t pirq)
{
    uint32_t start = trace_on() ? (uint32_t)arch_cycles() : 0;

    pirq_raise(guest, pirq);
    TRACE(TRC_HW_IRQ_HANDLED, irq->nr, start, (uint32_t)arch_cycles());
}

void irq_dispatch(uint8_t vector)
{
    uint32_t slot = this_cpu(vectors).irq[vector];
    struct irq *irq = slot ? &irqs[slot - 1] : NULL;

    if (!irq) {
        lapic_eoi();
        return;
    }
    spin_lock(&irq->lock);
    void (*handler)(void *data) = irq->handler;
    void *data = irq->data;
    struct domain *guest = irq->guest;
    uint32_t pirq = irq->guest_pirq;
    quieten(irq);
    lapic_eoi();
    __atomic_fetch_add(&irq->delivering, 1, __ATOMIC_RELAXED); /* another CPU takes its own away without the lock */
    spin_unlock(&irq->lock);
    if (guest)
        raise_traced(irq, guest, pirq);
    else if (handler)
        handler(data);
    __atomic_fetch_sub(&irq->delivering, 1, __ATOMIC_RELEASE);
}

int irq_bind_guest(struct irq *irq, struct domain *d, uint32_t pirq, bool share)
{
    irqflags_t flags = spin_lock_irqsave(&irq->lock);
    int rc = irq->guest || irq->handler || !irq->source ? -EBUSY : irq_assign_vector(irq, &cpu_online);

    if (!rc) {
        irq->guest = d;
        irq->guest_pirq = pirq;
        irq->shareable = share;
        irq->in_service = false;
        irq->source->unmask(irq);
    }
    spin_unlock_irqrestore(&irq->lock, flags);
    return rc;
}

void irq_unbind_guest(struct irq *irq)
{
    irqflags_t flags = spin_lock_irqsave(&irq->lock);
    if (irq->guest) {
        irq->source->mask(irq);
        irq->guest = NULL;
        irq->in_service = false;
        irq_release_vector(irq);
    }
    spin_unlock_irqrestore(&irq->lock, flags);
}

void irq_wait_delivered(const struct irq *irq)
{
    lock_debug_may_wait(LOCK_WAIT_IRQ);
    while (__atomic_load_n(&irq->delivering, __ATOMIC_ACQUIRE))
        cpu_relax();
}

void irq_guest_eoi(struct irq *irq)
{
    irqflags_t flags = spin_lock_irqsave(&irq->lock);
    if (irq->guest && irq->in_service) {
        irq->in_service = false;
        irq->source->unmask(irq);
    }
    spin_unlock_irqrestore(&irq->lock, flags);
}

bool irq_needs_eoi(const struct irq *irq)
{
    return irq->level;
}

static void never_called(void *unused)
{
}

int irq_reserve(struct irq *irq)
{
    irqflags_t flags = spin_lock_irqsave(&irq->lock);
    int rc = irq->guest || irq->handler || !irq->source ? -EBUSY : 0;

    if (!rc)
        irq->handler = never_called;
    spin_unlock_irqrestore(&irq->lock, flags);
    return rc;
}
