/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual interrupts: per vCPU (timer, debug, profiling) or one a domain, and who handles those that concern the host.
 */
#include "core/event/layout.h"
#include "hv/log.h"

/* Who gets a global VIRQ instead of the hardware domain; referenced. Under virq_handler_lock. */
static struct domain *virq_handler[NR_VIRQS];
static spinlock_t virq_handler_lock = SPINLOCK_INIT(LOCK_LEAF);

bool virq_is_global(uint32_t virq)
{
    switch (virq) {
    case VIRQ_TIMER:
    case VIRQ_DEBUG:
    case VIRQ_XENOPROF:
    case VIRQ_XENPMU:
        return false;
    }
    return true;
}

void virq_raise_vcpu(struct vcpu *v, uint32_t virq)
{
    ASSERT(!this_cpu(evtchn_forbidden));
    irqflags_t flags = spin_lock_irqsave(&v->virq_lock);
    uint32_t port = v->virq_port[virq];
    if (port)
        evtchn_raise(v->domain, evtchn_find(v->domain, port));
    spin_unlock_irqrestore(&v->virq_lock, flags);
}

static void virq_raise_domain(struct domain *d, uint32_t virq)
{
    ASSERT(virq_is_global(virq));
    struct vcpu *v = domain_vcpu(d, 0);
    if (v)
        virq_raise_vcpu(v, virq);
}

void virq_raise_global(uint32_t virq)
{
    ASSERT(!this_cpu(evtchn_forbidden));
    irqflags_t flags = spin_lock_irqsave(&virq_handler_lock);
    struct domain *d = virq_handler[virq] ? virq_handler[virq] : hardware_domain;
    bool held = d && domain_get(d);
    spin_unlock_irqrestore(&virq_handler_lock, flags);
    if (!held)
        return;
    virq_raise_domain(d, virq);
    domain_put(d);
}

bool virq_is_heard(uint32_t virq, struct domain *d)
{
    irqflags_t flags = spin_lock_irqsave(&virq_handler_lock);
    bool mine = (virq_handler[virq] ? virq_handler[virq] : hardware_domain) == d;
    spin_unlock_irqrestore(&virq_handler_lock, flags);
    const struct vcpu *v = mine ? domain_vcpu(d, 0) : NULL;
    return v && READ_ONCE(v->virq_port[virq]);
}

void virq_new_listener(uint32_t virq, struct domain *d)
{
    if (virq == VIRQ_DOM_EXC && d && virq_is_heard(virq, d))
        domain_changed_restart();
}

int virq_set_handler(uint32_t virq, struct domain *d)
{
    if (virq >= NR_VIRQS || !virq_is_global(virq))
        return -EINVAL;
    irqflags_t flags = spin_lock_irqsave(&virq_handler_lock);
    /* Who is dying has been forgotten already, or will be once the lock is free: see virq_forget_handler(). */
    bool refused = d && (READ_ONCE(d->life) >= DOMAIN_DYING || !domain_get(d));
    struct domain *old = refused ? NULL : virq_handler[virq];
    if (!refused)
        virq_handler[virq] = d;
    spin_unlock_irqrestore(&virq_handler_lock, flags);
    if (old)
        domain_put(old);
    if (!refused)
        virq_new_listener(virq, d);
    return refused ? -EINVAL : 0;
}

void virq_forget_handler(struct domain *d)
{
    ASSERT(d->life >= DOMAIN_DYING);
    for (uint32_t virq = 0; virq < NR_VIRQS; virq++) {
        irqflags_t flags = spin_lock_irqsave(&virq_handler_lock);
        bool mine = virq_handler[virq] == d;
        if (mine)
            virq_handler[virq] = NULL;
        spin_unlock_irqrestore(&virq_handler_lock, flags);
        if (mine)
            domain_put(d);
    }
}

void virq_forget_hardware_domain(const struct domain *d)
{
    irqflags_t flags = spin_lock_irqsave(&virq_handler_lock);
    if (hardware_domain == d)
        hardware_domain = NULL;
    spin_unlock_irqrestore(&virq_handler_lock, flags);
}
