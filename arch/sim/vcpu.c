/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a vCPU's architecture does when there are no registers: count. */
#include "machine.h"

#include "hv/hypercall.h"
#include "hv/log.h"
#include "hv/smp.h"
#include "pv/pv.h"

void (*sim_switched)(struct vcpu *prev, struct vcpu *next);

void arch_context_switch(struct vcpu *prev, struct vcpu *next)
{
    BUG_ON(irqs_enabled() || current_vcpu() != prev || !next->is_running);
    prev->arch.regs = *guest_regs();
    *guest_regs() = next->arch.regs;
    sim_this->current = next;
    sim_this->switches++;
    sim_counters.switches++;
    if (!vcpu_is_idle(next))
        cpumask_set(&next->domain->arch.dirty_cpus, sim_this->id);
    if (sim_switched)
        sim_switched(prev, next);
}

/* As in the product, without extended state and registers (arch/x86/guest/vcpu.c). */
int arch_vcpu_create(struct vcpu *v) { return v->domain->type == DOMAIN_PV ? pv_vcpu_create(v) : 0; }

void arch_vcpu_destroy(struct vcpu *v)
{
    if (v->domain->type == DOMAIN_PV)
        pv_vcpu_destroy(v);
}

bool arch_event_deliverable(const struct vcpu *v)
{
    return READ_ONCE(v->info->evtchn_upcall_pending) && !READ_ONCE(v->info->evtchn_upcall_mask);
}

void arch_event_raised(struct vcpu *v) { }
