/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linear page tables: an entry of a level 2, 3 or 4 table that names a table of its own level, so that the processor
 * takes it for one a level lower and a guest sees its page tables as memory. Old kernels find their entries like that.
 *
 * Such an entry is never writable; hence nothing below it is (rule 1 stays true). A table may name itself, for which
 * nothing is counted: a reference to itself would keep it for ever. It may name another table, which must be valid
 * already and is held like any other. But a table that names others is not named by others: chains would make releasing
 * one recurse as deep as the guest likes, and rings would never be released (XSA-240). Both numbers are in the frame's
 * word, next to each other, so that one compare-and-exchange changes one and proves that the other is 0.
 *
 * To name a table needs no wait. To stop may: when the reference was the last, the named table is released, and its
 * lock may be another CPU's. We wait for it with the lock of the table that names it in hand, which is of the same
 * level. That ends because both numbers stand as long as the reference does: the one falls with the named table's
 * count, in one step, the other only afterwards. Until then the named table cannot be made to name anything. So
 * whoever has its lock adds no linear entry and finds none to drop, waits for lower levels only, and lets go; and when
 * we have it, releasing it leads to lower levels only, not back to us.
 */
#include "pv/mm/linear.h"

#include "pv/mm/validate.h"

static bool word_add(struct frame *f, uint64_t add, uint64_t full, uint64_t must_be_0, enum frame_type valid_as)
{
    uint64_t w = ftw_load(f);

    do {
        if ((w & must_be_0) || (w & full) == full)
            return false;
        if (valid_as != FT_NONE &&
            (ftw_type(w) != valid_as || !(w & FTW_VALID) || ftw_count(w) >= FTW_COUNT_LIMIT))
            return false;
    } while (!__atomic_compare_exchange_n(&f->type, &w, w + add, false, __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE));
    return true;
}

static void word_sub(struct frame *f, uint64_t sub)
{
    __atomic_fetch_sub(&f->type, sub, __ATOMIC_SEQ_CST);
}

bool entry_is_linear(const struct frame *table, unsigned int level, uint64_t e)
{
    const struct frame *f = mfn_to_frame(pte_mfn(e));

    return f == table || ftw_type(ftw_load(f)) == (enum frame_type)level;
}

int linear_get(struct frame *table, const struct domain *d, unsigned int level, uint64_t e)
{
    struct frame *f = mfn_to_frame(pte_mfn(e));

    if (e & PTE_RW)
        return -EINVAL;
    if (f == table)
        return 0;
    if (!frame_get(f, d))
        return -EINVAL;
    if (!word_add(table, FTW_LINEAR_NAMES_ONE, FTW_LINEAR_NAMES, FTW_LINEAR_NAMED, FT_NONE))
        goto put;
    if (word_add(f, FTW_LINEAR_NAMED_ONE + 1, FTW_LINEAR_NAMED, FTW_LINEAR_NAMES, (enum frame_type)level))
        return 0;
    word_sub(table, FTW_LINEAR_NAMES_ONE);
put:
    frame_put(f);
    return -EINVAL;
}

int linear_put(struct frame *table, uint64_t e)
{
    struct frame *f = mfn_to_frame(pte_mfn(e));
    int rc;

    if (f == table)
        return 0;
    rc = frame_type_put_named(f);
    word_sub(table, FTW_LINEAR_NAMES_ONE);
    frame_put(f);
    return rc;
}
