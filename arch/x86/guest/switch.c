/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From one vCPU to another on this CPU.
 *
 * Leaving a vCPU always stores all of its state in memory, so that nobody ever has to ask another CPU for it. Entering
 * loads only what is not there already: `loaded` names the vCPU whose extended state, segments and breakpoints this
 * CPU's registers still hold, and vcpu.arch.loaded_cpu says the same from the other side. Both agree only if neither
 * the vCPU has run elsewhere, nor another one here, nor its saved state been changed meanwhile (arch_sync_vcpu()); then
 * a guest that was woken from idle costs a page table load and a copy of 200 bytes.
 *
 * An idle CPU runs on the hypervisor's own page table. It could stay on the guest's and save a TLB fill, but then the
 * guest's root could be freed under it.
 */
#include "cpu/fpu.h"
#include "hv/compiler.h"
#include "hv/percpu.h"
#include "hvm/hvm.h"
#include "hw/native/cpu.h"
#include "mm/map.h"
#include "mm/tlb.h"
#include "pv/pv.h"

static DEFINE_PER_CPU(struct vcpu *, loaded);

static void leave(struct vcpu *v)
{
    v->arch.regs = *guest_regs();
    if (likely(v->domain->type == DOMAIN_PV)) /* a container's is in its control block at each exit */
        pv_leave(v);
    fpu_save(v);
}

static void enter(struct vcpu *v)
{
    bool still_loaded = this_cpu(loaded) == v && v->arch.loaded_cpu == this_cpu_id();

    bool is_pv = v->domain->type == DOMAIN_PV;

    if (likely(is_pv))
        pv_enter(v, still_loaded);
    else
        hvm_enter(v, still_loaded);
    if (!still_loaded)
        fpu_load(v);
    if (likely(is_pv))
        pv_set_ts(v, v->arch.pv.cr0_ts != 0); /* after the extended state, which it would make fault */
    *guest_regs() = v->arch.regs;
    this_cpu(loaded) = v;
    v->arch.loaded_cpu = this_cpu_id();
}

void arch_context_switch(struct vcpu *prev, struct vcpu *next)
{
    unsigned int cpu = this_cpu_id();

    if (!vcpu_is_idle(prev))
        leave(prev);
    cpu_info()->current = next;
    if (vcpu_is_idle(next)) {
        tlb_load_cr3(hv_l4_paddr);
    } else {
        cpumask_set(&next->domain->arch.dirty_cpus, cpu);
        enter(next);
    }
    if (!vcpu_is_idle(prev) && prev->domain != next->domain)
        cpumask_clear(&prev->domain->arch.dirty_cpus, cpu);
}

/*
 * Memory has it all; what remains in a CPU's registers must not be taken for it once somebody has changed the memory.
 */
void arch_sync_vcpu(struct vcpu *v)
{
    v->arch.loaded_cpu = VCPU_LOADED_NOWHERE;
}
