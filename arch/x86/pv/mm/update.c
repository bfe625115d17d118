/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One entry of a live table: take the references of the new value, write it, drop those of the old. Everything that can
 * fail comes before the write. The table is locked, so the only other writer is the processor, which sets accessed and
 * dirty bits at any moment; the exchange is atomic and its old value is the one whose references are dropped.
 *
 * A change that leaves frame, presence and writability alone touches no reference, which is what most of Linux's
 * updates are.
 */
#include "pv/mm/update.h"

#include "pv/mm/entry.h"
#include "pv/mm/validate.h"

static uint64_t *entry_at(struct frame *table, unsigned int index)
{
    return (uint64_t *)mfn_to_virt(frame_to_mfn(table)) + index;
}

/** Returns the value that was replaced. */
static uint64_t entry_write(uint64_t *p, uint64_t e, enum pte_write how)
{
    uint64_t old;

    if (how == PTE_WRITE_PLAIN)
        return __atomic_exchange_n(p, e, __ATOMIC_SEQ_CST);
    old = __atomic_load_n(p, __ATOMIC_RELAXED);
    while (
        !__atomic_compare_exchange_n(p, &old, e | (old & (PTE_A | PTE_D)), false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
        ;
    return old;
}

int l1_update(struct frame *table, unsigned int index, uint64_t e, struct domain *d, struct domain *pg_owner,
              enum pte_write how)
{
    uint64_t *p = entry_at(table, index), old = READ_ONCE(*p);
    int rc;

    e = l1e_forced_flags(e);
    if ((old & PTE_P) && l1e_same_references(old, e)) {
        entry_write(p, e, how);
        return 0;
    }
    rc = l1e_get(d, pg_owner, &e);
    if (rc)
        return l1e_refused(d, e, rc);
    l1e_put(d, entry_write(p, e, how));
    return 0;
}

int l1_update_if(struct frame *table, unsigned int index, uint64_t expected, uint64_t e, struct domain *d)
{
    uint64_t *p = entry_at(table, index), old = expected;
    bool same;
    int rc;

    e = l1e_forced_flags(e);
    same = (old & PTE_P) && l1e_same_references(old, e);
    if (!same && (rc = l1e_get(d, d, &e)) != 0)
        return l1e_refused(d, e, rc);
    if (!__atomic_compare_exchange_n(p, &expected, e, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
        if (!same)
            l1e_put(d, e);
        return -EAGAIN;
    }
    if (!same)
        l1e_put(d, old);
    return 0;
}

static int upper_update(struct frame *table, unsigned int level, unsigned int index, uint64_t e, struct domain *d,
                        enum pte_write how)
{
    uint64_t *p = entry_at(table, index), old = READ_ONCE(*p);
    int rc;

    if (!pte_is_guests(level, index))
        return -EINVAL;
    if ((e & PTE_P) && (e & (PTE_TABLE_REFUSED | pte_reserved)))
        return -EINVAL;
    e = table_entry_forced_flags(e);
    if ((old & e & PTE_P) && !((old ^ e) & PTE_ADDR_MASK)) {
        if ((e & PTE_RW) && entry_is_linear(table, level, e))
            return -EINVAL; /* XSA-182 */
        entry_write(p, e, how);
        return 0;
    }
    if ((e & PTE_P) && (rc = table_entry_get(table, d, level, e)) != 0)
        return rc;
    old = entry_write(p, e, how);
    return (old & PTE_P) && table_entry_put(table, level, old) ? UPDATE_LEFTOVER : 0;
}

int table_update(struct frame *table, enum frame_type type, unsigned int index, uint64_t e, struct domain *d,
                 struct domain *pg_owner, enum pte_write how)
{
    if (type == FT_L1)
        return l1_update(table, index, e, d, pg_owner, how);
    return upper_update(table, type, index, e, d, how);
}
