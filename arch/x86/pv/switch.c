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
#include "cpu/control.h"
#include "cpu/fpu.h"
#include "hv/compiler.h"
#include "hv/percpu.h"
#include "hw/native/cpu.h"
#include "mm/map.h"
#include "pv/msr_state.h"
#include "pv/mm/mm.h"
#include "pv/pv.h"
#include "pv/smap_quirk.h"

static DEFINE_PER_CPU(struct vcpu *, loaded);

void pv_cr4_load(const struct vcpu *v)
{
    uint64_t want = (hv_cr4 & ~pv_smap_quirk_cr4()) | (v->arch.pv.cr4 & PV_CR4_IN_CPU);

    if (v->domain->arch.vtsc.emulated)
        want |= CR4_TSD;

    if (read_cr4() != want)
        write_cr4(want);
}

static void save(struct vcpu *v)
{
    v->arch.regs = *guest_regs();
    pv_segments_save(v);
    pv_debugregs_unload(v);
    fpu_save(v);
}

static bool still_loaded(const struct vcpu *v)
{
    return this_cpu(loaded) == v && v->arch.loaded_cpu == this_cpu_id();
}

/* The selectors above the hardware's part of the frame are not pushed by entries: they are kept in arch.regs alone. */
static void load(struct vcpu *v)
{
    pv_load_gdt(v);
    pv_load_ldt(v);
    write_cr3(v->arch.cr3); /* after the descriptor windows, whose old translations it drops */
    pv_cr4_load(v);
    if (!still_loaded(v)) {
        pv_segments_load(v);
        fpu_load(v);
    }
    pv_debugregs_load(v);
    pv_set_ts(v, v->arch.pv.cr0_ts != 0);
    pv_msr_state_load(v);
    *guest_regs() = v->arch.regs;
    this_cpu(loaded) = v;
    v->arch.loaded_cpu = this_cpu_id();
}

void arch_context_switch(struct vcpu *prev, struct vcpu *next)
{
    unsigned int cpu = this_cpu_id();

    if (!vcpu_is_idle(prev))
        save(prev);
    cpu_info()->current = next;
    if (vcpu_is_idle(next)) {
        write_cr3(hv_l4_paddr);
    } else {
        cpumask_set(&next->domain->arch.dirty_cpus, cpu);
        load(next);
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

struct cpu_user_regs *pv_regs(struct vcpu *v)
{
    return v == current_vcpu() ? guest_regs() : &v->arch.regs;
}
