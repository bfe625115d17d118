/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The walk takes no references on the way. Another vCPU may change the tables meanwhile, so what is read from a former
 * table is just a number: it is compared with the frame table's bounds before it is followed, reading RAM does no harm,
 * and at the end the lock on the frame proves that it is a live level 1 table, and its owner that it is the domain's
 * own. If it no longer is the one that maps the address, the guest has raced with itself and changes another entry of
 * its own.
 */
#include "pv/mm/pt_walk.h"

/** The frame number of the level 1 table, or MFN_NONE. The root is held by the vCPU: it needs no proof. */
static mfn_t walk_to_l1(const struct vcpu *v, vaddr_t va)
{
    mfn_t m = v->arch.pv.guest_table;

    if (!va_is_guests(va) || mfn_eq(m, MFN_NONE))
        return MFN_NONE;
#pragma GCC unroll 3
    for (unsigned int level = 4; level > 1; level--) {
        uint64_t e = READ_ONCE(((const uint64_t *)mfn_to_virt(m))[pte_index(va, level)]);

        m = pte_mfn(e);
        if (!(e & PTE_P) || !mfn_valid(m))
            return MFN_NONE;
    }
    return m;
}

bool pt_walk_l1_lock(const struct vcpu *v, vaddr_t va, struct frame **table)
{
    mfn_t m = walk_to_l1(v, va);
    enum frame_type type;
    struct frame *f;

    if (mfn_eq(m, MFN_NONE))
        return false;
    f = mfn_to_frame(m);
    type = frame_table_lock(f);
    if (type == FT_NONE)
        return false;
    if (type != FT_L1 || frame_owner_id(f) != v->domain->id) {
        frame_table_unlock(f);
        return false;
    }
    *table = f;
    return true;
}

uint64_t pt_walk_l1e(const struct vcpu *v, vaddr_t va)
{
    mfn_t m = walk_to_l1(v, va);

    return mfn_eq(m, MFN_NONE) ? 0 : READ_ONCE(((const uint64_t *)mfn_to_virt(m))[pte_index(va, 1)]);
}
