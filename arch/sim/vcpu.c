/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a vCPU's architecture does when there are no registers: count. */
#include "machine.h"

#include "hv/hypercall.h"
#include "hv/log.h"
#include "hv/smp.h"

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

void arch_sync_vcpu(struct vcpu *v) { }
void arch_vcpu_update_time(struct vcpu *v) { }
int arch_vcpu_create(struct vcpu *v) { return 0; }
void arch_vcpu_destroy(struct vcpu *v) { }
int arch_vcpu_set_context(struct vcpu *v, const struct vcpu_guest_context *ctx) { return 0; }
int arch_vcpu_initialise(struct vcpu *v, uint64_t arg) { return 0; }
int arch_vcpu_reset(struct vcpu *v) { return 0; }
long arch_vcpu_op(uint32_t cmd, struct vcpu *v, uint64_t arg) { return -ENOSYS; }
void arch_dump_vcpu(const struct vcpu *v) { }

bool arch_event_deliverable(const struct vcpu *v)
{
    return READ_ONCE(v->info->evtchn_upcall_pending) && !READ_ONCE(v->info->evtchn_upcall_mask);
}

int arch_pirq_bind(struct vcpu *v, uint32_t pirq, bool share) { return 0; }
void arch_pirq_unbind(struct domain *d, uint32_t pirq) { }
void arch_pirq_eoi(struct domain *d, uint32_t pirq) { }
void arch_pirq_set_affinity(struct domain *d, uint32_t pirq, const struct vcpu *v) { }
