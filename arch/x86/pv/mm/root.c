/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two level 4 tables of a vCPU, for its kernel and for its user mode. Each is held by a type reference, like an
 * entry of a table above would. A table is given up only after this CPU walks another one. What it shows of the M2P is
 * settled when it becomes a root: the one of user mode shows nothing to a guest that has asked for that (m2p_strict).
 */
#include "hv/log.h"
#include "hv/tlb_clock.h"
#include "pv/mm/finish.h"
#include "pv/mm/machine.h"
#include "pv/mm/mm.h"
#include "pv/mm/types.h"
#include "pv/mm/update.h"

void pv_update_cr3(struct vcpu *v)
{
    const struct pv_vcpu *pv = &v->arch.pv;
    mfn_t root = pv->kernel_mode || mfn_eq(pv->guest_table_user, MFN_NONE) ? pv->guest_table : pv->guest_table_user;

    v->arch.pv.cr3 = mfn_eq(root, MFN_NONE) ? 0 : mfn_to_paddr(root);
    if (v == current_vcpu() && v->arch.pv.cr3)
        machine_load_cr3(v->arch.pv.cr3);
}

/** With VMASST_TYPE_m2p_strict the M2P is for guest kernels only. */
static bool root_shows_m2p(const struct vcpu *v, const mfn_t *slot)
{
    return slot == &v->arch.pv.guest_table || !(v->domain->vm_assist & BIT(VMASST_TYPE_m2p_strict));
}

/** The CPU leaves the table that it has walked for @v, and forgets what it knows by it. */
static void root_load(struct vcpu *v)
{
    uint64_t time = tlb_clock_read();

    pv_update_cr3(v);
    if (v == current_vcpu() && v->arch.pv.cr3)
        tlb_clock_flushed(time);
}

/**
 * What the vCPU has of its old address space in the CPU or in the LDT window goes with it. The root of the mode that
 * the vCPU is not in is not walked: it came out of the CPU when the mode changed, so nothing is loaded.
 */
static int root_replace(struct vcpu *v, mfn_t *slot, mfn_t m)
{
    mfn_t old = *slot;
    int rc;

    if (v != current_vcpu())
        arch_sync_vcpu(v);
    if (!mfn_eq(m, MFN_NONE) && !mfn_eq(m, old)) {
        rc = frame_get_typed(m, v->domain, FT_L4);
        if (rc)
            return rc;
    }
    if (slot == &v->arch.pv.guest_table)
        ldt_forget_pages(v); /* found through the old tables */
    if (!mfn_eq(m, MFN_NONE))
        machine_l4_show_m2p(mfn_to_virt(m), root_shows_m2p(v, slot));
    *slot = m;
    if (slot == &v->arch.pv.guest_table || !v->arch.pv.kernel_mode)
        root_load(v);
    if (mfn_eq(m, old) || mfn_eq(old, MFN_NONE))
        return 0;
    return frame_put_typed(mfn_to_frame(old)) ? UPDATE_LEFTOVER : 0;
}

void pv_roots_settle_m2p(struct vcpu *v)
{
    mfn_t *slot[] = { &v->arch.pv.guest_table_user, &v->arch.pv.guest_table };

    for (unsigned int i = 0; i < ARRAY_SIZE(slot); i++)
        if (!mfn_eq(*slot[i], MFN_NONE))
            machine_l4_show_m2p(mfn_to_virt(*slot[i]), root_shows_m2p(v, slot[i]));
}

int pv_set_kernel_root(struct vcpu *v, mfn_t m)
{
    if (mfn_eq(m, MFN_NONE))
        return -EINVAL;
    return root_replace(v, &v->arch.pv.guest_table, m);
}

int pv_set_user_root(struct vcpu *v, mfn_t m)
{
    mfn_t *slot = &v->arch.pv.guest_table_user;

    if (!mfn_eq(m, *slot))
        return root_replace(v, slot, m);
    if (!mfn_eq(m, MFN_NONE)) /* held and not walked; but m2p_strict may be new */
        machine_l4_show_m2p(mfn_to_virt(m), root_shows_m2p(v, slot));
    return 0;
}

int pv_mm_release_vcpu(struct vcpu *v)
{
    struct pv_vcpu *pv = &v->arch.pv;
    mfn_t *slot[] = { &pv->guest_table_user, &pv->guest_table };

    gdt_release(v);
    ldt_forget_pages(v);
    v->arch.pv.cr3 = 0;
    for (unsigned int i = 0; i < ARRAY_SIZE(slot); i++) {
        mfn_t m = *slot[i];

        *slot[i] = MFN_NONE;
        if (!mfn_eq(m, MFN_NONE) && mfn_valid(m) && frame_put_typed(mfn_to_frame(m)))
            return -ERESTART;
    }
    return 0;
}

/* dom0's first page tables, written by its builder, come under the law. */

int pv_mm_adopt_root(struct vcpu *v, mfn_t l4)
{
    int rc;

    do {
        rc = frame_get_typed(l4, v->domain, FT_L4);
    } while (rc == -ERESTART);
    if (rc)
        return rc;
    if (!frame_pin(mfn_to_frame(l4))) {
        frame_put_typed(mfn_to_frame(l4));
        return -EINVAL;
    }
    return pv_set_kernel_root(v, l4); /* valid now: cannot be interrupted, and there is no former root */
}
