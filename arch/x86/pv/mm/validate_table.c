/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A frame becomes a table of level 2, 3 or 4, or ceases to be one: the same loop one level apart. Entries are taken
 * upwards and released downwards, so that `progress` alone says which hold references. At least one entry is done in
 * each call, then the work stops when the CPU is wanted elsewhere.
 */
#include "pv/mm/entry.h"
#include "pv/mm/machine.h"
#include "pv/mm/validate.h"

#include "hv/hypercall.h"

int table_validate(struct frame *f, struct domain *d, unsigned int level, unsigned int *progress)
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

int table_invalidate(struct frame *f, unsigned int level, unsigned int *progress)
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
void l4_finish(struct frame *f)
{
    machine_l4_install(mfn_to_virt(frame_to_mfn(f)));
}

/** Our entries are not for the guest's eyes once it can read the frame as its own data. */
void l4_clear(struct frame *f)
{
    uint64_t *table = mfn_to_virt(frame_to_mfn(f));

    memset(table + HV_FIRST_SLOT, 0, (HV_LAST_SLOT - HV_FIRST_SLOT + 1) * sizeof(*table));
}
