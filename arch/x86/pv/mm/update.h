/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changing one entry of a live page table. */
#ifndef PV_MM_UPDATE_H
#define PV_MM_UPDATE_H

#include "hv/domain.h"
#include "pv/mm/pte_flags.h"
#include "pv/mm/types.h"

/** How the entry is written. */
enum pte_write {
    PTE_WRITE_PLAIN,       /* the new value as it is */
    PTE_WRITE_PRESERVE_AD, /* with the accessed and dirty bits that are set in the old one */
};

/** Done, but a frame was left partial: finish and continue before anything else. */
#define UPDATE_LEFTOVER 1

/**
 * Checks @e and writes it to entry @index of @table, which is locked, of type @type and owned by @d; new frames must
 * belong to @pg_owner. 0, UPDATE_LEFTOVER, or an error of l1e_get(), table_entry_get(), and then nothing has changed.
 */
int table_update(struct frame *table, enum frame_type type, unsigned int index, uint64_t e, struct domain *d,
                 struct domain *pg_owner, enum pte_write how);
/** The same for level 1 only, never UPDATE_LEFTOVER. */
int l1_update(struct frame *table, unsigned int index, uint64_t e, struct domain *d, struct domain *pg_owner,
              enum pte_write how);
/**
 * Level 1, and only if the entry still is @expected but for accessed and dirty, which are left as they are in
 * @expected's place when the guest's own instruction compared them: -EAGAIN when it has changed.
 */
int l1_update_if(struct frame *table, unsigned int index, uint64_t expected, uint64_t e, struct domain *d);

#endif
