/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which check belongs to which type. Only tables hold references; a descriptor page is checked and holds none. */
#include "pv/mm/validate.h"

#include "hv/hypercall.h"
#include "pv/mm/entry.h"
#include "pv/mm/machine.h"

/*
 * A frame becomes a level 1 table, or ceases to be one. 512 entries without a pause: each is a few atomic operations.
 * First every entry takes its references, then the flags that we force are written; a refused table is left as it was.
 * A table that ceases to be one is not reached by any processor's walk any more but for what is cached. So one flush is
 * enough for all other domains' frames in it.
 */

static void l1_write_forced_flags(uint64_t *table, const struct domain *d)
{
    for (unsigned int i = 0; i < PTE_ENTRIES; i++) {
        uint64_t e = table[i];
        if (!(e & PTE_P))
            continue; /* most tables are mostly empty */
        uint64_t forced = l1e_final(d, e);
        if (e != forced)
            table[i] = forced;
    }
}

static void l1_invalidate(struct frame *f, struct domain *d, unsigned int *progress)
{
    const uint64_t *table = mfn_to_virt(frame_to_mfn(f));
    bool flushed = false;

    for (unsigned int i = 0; i < *progress; i++)
        if (table[i] & PTE_P)
            l1e_put_flushed(d, table[i], &flushed);
    *progress = 0;
}

static int l1_validate(struct frame *f, struct domain *d, unsigned int *progress)
{
    uint64_t *table = mfn_to_virt(frame_to_mfn(f));

    for (unsigned int i = 0; i < PTE_ENTRIES; i++) {
        uint64_t e = READ_ONCE(table[i]);
        if (!(e & PTE_P))
            continue;
        e = l1e_forced_flags(e);
        int rc = l1e_get(d, d, &e);
        if (rc) {
            *progress = i;
            l1_invalidate(f, d, progress);
            return l1e_refused(d, e, rc);
        }
    }
    *progress = PTE_ENTRIES;
    l1_write_forced_flags(table, d);
    return 0;
}

/*
 * A frame becomes a table of level 2, 3 or 4, or ceases to be one: the same loop one level apart. Entries are taken
 * upwards and released downwards, so that `progress` alone says which hold references. At least one entry is done in
 * each call, then the work stops when the CPU is wanted elsewhere.
 */

static int table_validate(struct frame *f, struct domain *d, unsigned int level, unsigned int *progress)
{
    uint64_t *table = mfn_to_virt(frame_to_mfn(f));
    unsigned int start = *progress;

    for (unsigned int i = start; i < PTE_ENTRIES; i++) {
        uint64_t e = READ_ONCE(table[i]);
        int rc;

        *progress = i;
        if (!(e & PTE_P) || !pte_is_guests(level, i))
            continue;
        if (i > start && hypercall_preempt_check())
            return -ERESTART;
        rc = table_entry_get(f, d, level, e);
        if (rc)
            return rc;
    }
    for (unsigned int i = 0; i < PTE_ENTRIES; i++)
        if (pte_is_guests(level, i) && table[i] != table_entry_forced_flags(table[i]))
            table[i] = table_entry_forced_flags(table[i]);
    *progress = PTE_ENTRIES;
    return 0;
}

static int table_invalidate(struct frame *f, unsigned int level, unsigned int *progress)
{
    const uint64_t *table = mfn_to_virt(frame_to_mfn(f));

    while (*progress) {
        unsigned int i = --*progress;
        uint64_t e = table[i];

        if (!(e & PTE_P) || !pte_is_guests(level, i))
            continue;
        if (table_entry_put(f, level, e) || hypercall_preempt_check())
            return -ERESTART;
    }
    return 0;
}

/** The table is complete: the hypervisor's part appears in it, whatever the guest had left there. */
static void l4_finish(struct frame *f)
{
    machine_l4_install(mfn_to_virt(frame_to_mfn(f)));
}

/** Our entries are not for the guest's eyes once it can read the frame as its own data. */
static void l4_clear(struct frame *f)
{
    uint64_t *table = mfn_to_virt(frame_to_mfn(f));

    memset(table + HV_FIRST_SLOT, 0, (HV_LAST_SLOT - HV_FIRST_SLOT + 1) * sizeof(*table));
}

/* Which check belongs to which type. */

static struct domain *frame_owner(const struct frame *f)
{
    return domain_by_owner_id(frame_owner_id(f));
}

int frame_validate(struct frame *f, enum frame_type type, unsigned int *progress)
{
    struct domain *d = frame_owner(f);
    int rc;

    switch (type) {
    case FT_WRITABLE:
    case FT_SHARED:
        return 0;
    case FT_SEG_DESC:
        return seg_desc_validate(f);
    case FT_L1:
        return d ? l1_validate(f, d, progress) : -EINVAL;
    case FT_L2:
    case FT_L3:
    case FT_L4:
        if (!d)
            return -EINVAL;
        rc = table_validate(f, d, type, progress);
        if (!rc && type == FT_L4)
            l4_finish(f);
        return rc;
    default:
        return -EINVAL;
    }
}

int frame_invalidate(struct frame *f, enum frame_type type, unsigned int *progress)
{
    if (type == FT_L1) {
        l1_invalidate(f, frame_owner(f), progress);
        return 0;
    }
    if (type == FT_L4 && *progress == PTE_ENTRIES)
        l4_clear(f);
    return table_invalidate(f, type, progress);
}
