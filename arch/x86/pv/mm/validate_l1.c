/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A frame becomes a level 1 table, or ceases to be one. 512 entries without a pause: each is a few atomic operations.
 * First every entry takes its references, then the flags that we force are written; a refused table is left as it was.
 * A table that ceases to be one is not reached by any processor's walk any more but for what is cached. So one flush is
 * enough for all other domains' frames in it.
 */
#include "pv/mm/entry.h"
#include "pv/mm/refused.h"
#include "pv/mm/validate.h"

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

int l1_validate(struct frame *f, struct domain *d, unsigned int *progress)
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

void l1_invalidate(struct frame *f, struct domain *d, unsigned int *progress)
{
    const uint64_t *table = mfn_to_virt(frame_to_mfn(f));
    bool flushed = false;

    for (unsigned int i = 0; i < *progress; i++)
        if (table[i] & PTE_P)
            l1e_put_flushed(d, table[i], &flushed);
    *progress = 0;
}
