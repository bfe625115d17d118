/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test/sim/support/guest_tables.h"

#include "arch/sim/sim.h"
#include "hv/heap.h"
#include "hv/hypercall.h"
#include "pv/mm/mm.h"
#include "pv/mm/pt_walk.h"

#include <hypercall_handlers.h>

#define TABLE_FLAGS (PTE_P | PTE_RW | PTE_US)

bool guest_tables_make(struct domain *d, vaddr_t base)
{
    mfn_t below = MFN_NONE, m = MFN_NONE;
    struct vcpu *v;

    for (unsigned int level = 1; level <= GUEST_TABLES; level++, below = m) {
        m = domain_alloc_frames(d, 0, HEAP_ZERO);
        if (mfn_eq(m, MFN_NONE))
            return false;
        if (level > 1)
            ((uint64_t *)mfn_to_virt(m))[pte_index(base, level)] = pte_make(below, TABLE_FLAGS);
    }
    for_each_vcpu(d, v) {
        v->arch.pv.kernel_mode = true;
        if (v->id ? pv_set_kernel_root(v, m) : pv_mm_adopt_root(v, m))
            return false;
    }
    return true;
}

uint64_t guest_tables_entry(const struct domain *d, vaddr_t va) { return pt_walk_l1e(d->vcpu[0], va); }

long guest_tables_map(struct vcpu *v, vaddr_t va, mfn_t m, bool writable, domid_t owner)
{
    uint64_t e = mfn_eq(m, MFN_NONE) ? 0 : pte_make(m, PTE_P | PTE_US | (writable ? PTE_RW : 0));
    struct hypercall call = { .arg = { va, e, UVMF_NONE, owner } };
    struct vcpu *before = sim_this->current;
    long rc;

    sim_this->current = v;
    do
        rc = hypercall_update_va_mapping_otherdomain(&call);
    while (rc == -ERESTART);
    sim_this->current = before;
    return rc;
}
