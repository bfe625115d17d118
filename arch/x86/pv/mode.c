/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest kernel and guest user mode: the same CPL, but another page table and another GS base. */
#include "hv/log.h"
#include "hw/native/segment.h"
#include "pv/mm/mm.h"
#include "pv/pv.h"

void pv_toggle_mode(struct vcpu *v)
{
    struct pv_vcpu *pv = &v->arch.pv;
    mfn_t root = pv->kernel_mode ? pv->guest_table_user : pv->guest_table;

    ASSERT(v == current_vcpu() && !mfn_eq(root, MFN_NONE));
    irqflags_t flags = irq_save();
    pv->kernel_mode = !pv->kernel_mode;
    swapgs();
    pv_update_cr3(v);
    irq_restore(flags);
}
