/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a context switch that is PV's: address space, descriptor tables, segments, breakpoints. */
#include "cpu/control.h"
#include "hv/percpu.h"
#include "hw/native/cpu.h"
#include "mm/tlb.h"
#include "pv/msr_state.h"
#include "pv/mm/mm.h"
#include "pv/pv.h"
#include "pv/smap_quirk.h"

void pv_cr4_load(const struct vcpu *v)
{
    uint64_t want = (hv_cr4 & ~pv_smap_quirk_cr4()) | (v->arch.pv.cr4 & PV_CR4_IN_CPU);

    if (v->domain->arch.vtsc.emulated)
        want |= CR4_TSD;

    if (read_cr4() != want)
        write_cr4(want);
}

void pv_leave(struct vcpu *v)
{
    pv_segments_save(v);
    pv_debugregs_unload(v);
}

/* The selectors above the hardware's part of the frame are not pushed by entries: they are kept in arch.regs alone. */
void pv_enter(struct vcpu *v, bool still_loaded)
{
    pv_load_gdt(v);
    pv_load_ldt(v);
    tlb_load_cr3(v->arch.pv.cr3); /* after the descriptor windows, whose old translations it drops */
    pv_cr4_load(v);
    if (!still_loaded)
        pv_segments_load(v);
    pv_debugregs_load(v);
    pv_msr_state_load(v);
}
