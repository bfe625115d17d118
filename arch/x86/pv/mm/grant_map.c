/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Grants in PV page tables. The grant table decides and takes the references; putting the entry in hands them to it, so
 * that an entry made by a grant is counted like any other (rule 3 of types.c) and a guest that overwrites it, or frees
 * the table, drops exactly them. Taking it out hands them back, and only if the entry is the one that was put in.
 */
#include "pv/mm/entry.h"
#include "pv/mm/mm.h"
#include "pv/mm/pt_walk.h"
#include "pv/mm/update.h"

#define PTE_GUESTS_FLAGS (0xe00ULL | PTE_CACHE_MASK)

/** The entry that a grant operation names; the table is locked. */
struct grant_slot { struct frame *table; uint64_t *entry; };

static bool slot_by_machine_address(const struct domain *d, uint64_t address, struct grant_slot *s)
{
    mfn_t m = paddr_to_mfn(address);
    enum frame_type type;

    if (address % sizeof(uint64_t) || !mfn_valid(m))
        return false;
    s->table = mfn_to_frame(m);
    type = frame_table_lock(s->table);
    if (type == FT_NONE)
        return false;
    if (type != FT_L1 || frame_owner_id(s->table) != d->id) {
        frame_table_unlock(s->table);
        return false;
    }
    s->entry = (uint64_t *)mfn_to_virt(m) + address % PAGE_SIZE / sizeof(uint64_t);
    return true;
}

static bool slot_lock(uint64_t addr, bool is_pte, struct grant_slot *s)
{
    const struct vcpu *v = current_vcpu();

    if (is_pte)
        return slot_by_machine_address(v->domain, addr, s);
    if (!pt_walk_l1_lock(v, addr, &s->table))
        return false;
    s->entry = (uint64_t *)mfn_to_virt(frame_to_mfn(s->table)) + pte_index(addr, 1);
    return true;
}

static bool slot_maps(const struct grant_slot *s, mfn_t m, bool writable)
{
    uint64_t e = READ_ONCE(*s->entry);

    return (e & PTE_P) && mfn_eq(pte_mfn(e), m) && !(e & PTE_RW) == !writable;
}

int pv_grant_map(uint64_t addr, bool is_pte, mfn_t m, bool writable, uint64_t pte_flags)
{
    const struct domain *d = current_vcpu()->domain;
    uint64_t nx = PTE_NX & ~pte_reserved;
    uint64_t e = pte_make(m, PTE_P | PTE_A | PTE_D | nx | (writable ? PTE_RW : 0) | (pte_flags & PTE_GUESTS_FLAGS));
    struct grant_slot s;

    if ((e & l1e_refused_flags(d)) || !slot_lock(addr, is_pte, &s))
        return -EINVAL;
    if (writable && (e & PTE_CACHE_MASK))
        frame_mark_noncoherent(mfn_to_frame(m));
    l1e_put(d, __atomic_exchange_n(s.entry, l1e_forced_flags(e), __ATOMIC_SEQ_CST));
    frame_table_unlock(s.table);
    return 0;
}

int pv_grant_unmap(uint64_t addr, bool is_pte, mfn_t m, bool writable)
{
    struct grant_slot s;
    int rc = -EINVAL;

    if (!slot_lock(addr, is_pte, &s))
        return rc;
    if (slot_maps(&s, m, writable)) {
        __atomic_store_n(s.entry, 0, __ATOMIC_SEQ_CST);
        rc = 0;
    }
    frame_table_unlock(s.table);
    return rc;
}

/**
 * Two entries, but never two locks of one level: what is moved is in neither table for a moment, held by this function.
 */
int pv_grant_replace(uint64_t addr, uint64_t replacement_va, mfn_t m, bool writable)
{
    const struct domain *d = current_vcpu()->domain;
    struct grant_slot s;
    uint64_t moved = 0;
    int rc = -EINVAL;

    if (!replacement_va)
        return pv_grant_unmap(addr, false, m, writable);
    if (!slot_lock(replacement_va, false, &s))
        return rc;
    moved = __atomic_exchange_n(s.entry, 0, __ATOMIC_SEQ_CST);
    frame_table_unlock(s.table);
    if (slot_lock(addr, false, &s)) {
        if (slot_maps(&s, m, writable)) {
            __atomic_store_n(s.entry, moved, __ATOMIC_SEQ_CST);
            rc = 0;
        }
        frame_table_unlock(s.table);
    }
    if (!rc)
        return 0;
    if (slot_lock(replacement_va, false, &s)) { /* back to where it was */
        moved = __atomic_exchange_n(s.entry, moved, __ATOMIC_SEQ_CST);
        frame_table_unlock(s.table);
    }
    l1e_put(d, moved);
    return rc;
}
