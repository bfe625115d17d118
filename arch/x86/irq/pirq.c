/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See irq/pirq.h. One array a domain, under its lock; irq locks nest inside. */
#include "irq/pirq.h"

#include "drivers/serial/ns16550.h"
#include "hv/domain.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "irq/ioapic.h"
#include "irq/msi.h"

#define PIRQS_EXTRA 256u /* for MSIs, above the GSIs */

struct pirq_map {
    spinlock_t lock;
    uint32_t count;
    struct pirq_entry {
        uint32_t irq; /* irq + 1; 0: not mapped */
        bool bound, reserved;
    } entry[];
};

int pirq_map_create(struct domain *d)
{
    uint32_t count = irq_gsi_count + PIRQS_EXTRA;
    struct pirq_map *m = hv_zalloc(sizeof(*m) + count * sizeof(m->entry[0]));

    if (!m)
        return -ENOMEM;
    spin_lock_init(&m->lock, LOCK_PIRQ);
    m->count = count;
    d->arch.pirqs = m;
    return 0;
}

struct irq *pirq_irq(struct domain *d, uint32_t pirq)
{
    const struct pirq_map *m = d->arch.pirqs;
    return m && pirq < m->count && m->entry[pirq].irq ? irq_get(m->entry[pirq].irq - 1) : NULL;
}

static int find_free(const struct pirq_map *m)
{
    for (uint32_t i = m->count; i-- > irq_gsi_count;)
        if (!m->entry[i].irq && !m->entry[i].reserved)
            return (int)i;
    return -ENOSPC;
}

int pirq_reserve(struct domain *d)
{
    struct pirq_map *m = d->arch.pirqs;

    if (!m)
        return -ENOSPC;
    irqflags_t flags = spin_lock_irqsave(&m->lock);
    int pirq = find_free(m);
    if (pirq >= 0)
        m->entry[pirq].reserved = true;
    spin_unlock_irqrestore(&m->lock, flags);
    return pirq;
}

static bool gsi_is_ours(uint32_t gsi)
{
    return gsi == ioapic_isa_to_gsi(0) || gsi == 0 ||
           (ns16550_irq(0) && gsi == ioapic_isa_to_gsi(ns16550_irq(0))) ||
           (ns16550_irq(1) && gsi == ioapic_isa_to_gsi(ns16550_irq(1)));
}

static int check_pirq(const struct pirq_map *m, int pirq, struct refusal *why)
{
    if (!m)
        return refuse(why, -EINVAL, "the domain has no physical interrupts");
    if (pirq >= (int)m->count)
        return refuse(why, -EINVAL, "pirq %d is beyond the last one, %u", pirq, m->count - 1);
    return 0;
}

int pirq_map_gsi(struct domain *d, int gsi, int pirq, struct refusal *why)
{
    struct pirq_map *m = d->arch.pirqs;
    int rc = check_pirq(m, pirq, why);

    if (rc)
        return rc;
    if (gsi < 0 || (uint32_t)gsi >= irq_gsi_count)
        return refuse(why, -EINVAL, "GSI %d is beyond the last one, %u", gsi, irq_gsi_count - 1);
    if (!arch_gsi_allowed(current_vcpu()->domain, (uint32_t)gsi))
        return refuse(why, -EPERM, "GSI %d is not the caller's: kept by the hypervisor, or taken by irq_permission or "
                      "gsi_permission", gsi);
    if (pirq < 0)
        pirq = gsi;
    irqflags_t flags = spin_lock_irqsave(&m->lock);
    uint32_t now = m->entry[pirq].irq;
    bool input = irq_get((uint32_t)gsi)->source;
    if (!now && input)
        m->entry[pirq].irq = (uint32_t)gsi + 1;
    spin_unlock_irqrestore(&m->lock, flags);
    if (now && now != (uint32_t)gsi + 1)
        return refuse(why, -EEXIST, "pirq %d is mapped already, to interrupt %u", pirq, now - 1);
    if (!input)
        return refuse(why, -EINVAL, "no IO-APIC has an input for GSI %d", gsi);
    return pirq;
}

int pirq_map_msi(struct domain *d, pci_sbdf_t sbdf, uint16_t entry, uint64_t table_base, int pirq, struct refusal *why)
{
    struct pirq_map *m = d->arch.pirqs;
    struct irq *irq;
    int rc = check_pirq(m, pirq, why), to;

    if (!rc)
        rc = msi_setup(sbdf, entry, table_base, &irq, why);
    if (rc)
        return rc;
    irqflags_t flags = spin_lock_irqsave(&m->lock);
    to = pirq < 0 ? find_free(m) : m->entry[pirq].irq ? -EEXIST : pirq;
    if (to >= 0)
        m->entry[to] = (struct pirq_entry){ .irq = irq->nr + 1 };
    spin_unlock_irqrestore(&m->lock, flags);
    if (to >= 0)
        return to;
    msi_teardown(irq);
    return to == -EEXIST ? refuse(why, to, "pirq %d is mapped already", pirq)
                         : refuse(why, to, "all %u pirqs for MSIs are in use", m->count - irq_gsi_count);
}

int pirq_unmap(struct domain *d, int pirq, struct refusal *why)
{
    struct pirq_map *m = d->arch.pirqs;
    struct irq *irq = NULL;
    int rc = check_pirq(m, pirq, why);

    if (rc)
        return rc;
    if (pirq < 0)
        return refuse(why, -EINVAL, "pirq %d is no number of one", pirq);
    irqflags_t flags = spin_lock_irqsave(&m->lock);
    if (!m->entry[pirq].irq)
        rc = -EINVAL;
    else if (m->entry[pirq].bound)
        rc = -EBUSY;
    else {
        irq = irq_get(m->entry[pirq].irq - 1);
        m->entry[pirq] = (struct pirq_entry){};
    }
    spin_unlock_irqrestore(&m->lock, flags);
    if (irq && irq->msi)
        msi_teardown(irq);
    if (rc)
        refuse(why, rc, rc == -EBUSY ? "pirq %d is bound to an event channel" : "pirq %d is not mapped", pirq);
    return rc;
}

void pirq_map_destroy(struct domain *d)
{
    struct pirq_map *m = d->arch.pirqs;

    struct refusal unused;

    for (uint32_t i = 0; m && i < m->count; i++)
        if (m->entry[i].irq) {
            arch_pirq_unbind(d, i);
            pirq_unmap(d, (int)i, &unused);
        }
    d->arch.pirqs = NULL;
    hv_free(m);
}

void pirq_restore_msi(struct domain *d, pci_sbdf_t sbdf)
{
    struct pirq_map *m = d->arch.pirqs;

    for (uint32_t i = irq_gsi_count; m && i < m->count; i++) {
        struct irq *irq = pirq_irq(d, i);
        if (irq && irq->msi && irq->msi->sbdf == sbdf)
            msi_restore(irq);
    }
}

/* Core's duties (hv/event.h). */

int arch_pirq_bind(struct vcpu *v, uint32_t pirq, bool share)
{
    struct domain *d = v->domain;
    struct pirq_map *m = d->arch.pirqs;
    int rc = -EINVAL;

    if (!m || pirq >= m->count)
        return -EINVAL;
    irqflags_t flags = spin_lock_irqsave(&m->lock);
    struct irq *irq = m->entry[pirq].irq ? irq_get(m->entry[pirq].irq - 1) : NULL;
    if (irq && !irq->msi && gsi_is_ours(irq->nr))
        rc = -EBUSY;
    else if (irq && !irq->msi && !arch_gsi_allowed(d, irq->nr))
        rc = -EPERM;
    else if (irq)
        rc = m->entry[pirq].bound ? -EEXIST : irq_bind_guest(irq, d, pirq, share);
    if (!rc)
        m->entry[pirq].bound = true;
    spin_unlock_irqrestore(&m->lock, flags);
    return rc;
}

void arch_pirq_unbind(struct domain *d, uint32_t pirq)
{
    struct pirq_map *m = d->arch.pirqs;

    if (!m || pirq >= m->count)
        return;
    irqflags_t flags = spin_lock_irqsave(&m->lock);
    struct irq *irq = m->entry[pirq].bound ? irq_get(m->entry[pirq].irq - 1) : NULL;
    if (irq)
        irq_unbind_guest(irq);
    spin_unlock_irqrestore(&m->lock, flags);
    if (!irq)
        return;
    irq_wait_delivered(irq); /* it counts as bound until then, so that nobody frees it */
    flags = spin_lock_irqsave(&m->lock);
    m->entry[pirq].bound = false;
    spin_unlock_irqrestore(&m->lock, flags);
}

void arch_pirq_eoi(struct domain *d, uint32_t pirq)
{
    struct irq *irq = pirq_irq(d, pirq);
    if (irq && irq->guest == d)
        irq_guest_eoi(irq);
}

void arch_pirq_set_affinity(struct domain *d, uint32_t pirq, const struct vcpu *v)
{
    struct irq *irq = pirq_irq(d, pirq);
    if (irq && irq->guest == d)
        irq_set_cpu(irq, v->processor);
}
