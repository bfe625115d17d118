/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Single page-table entries: what may be in them, and which references they hold. */
#ifndef PV_MM_ENTRY_H
#define PV_MM_ENTRY_H

#include "hv/domain.h"
#include "hv/percpu.h"
#include "hv/types.h"
#include "pv/mm/pte_flags.h"
#include "pv/mm/types.h"

/**
 * The flags that we force on an entry that a guest writes. Both guest kernel and guest user run at CPL 3, so every
 * present entry is a user entry; PTE_GUEST_KERNEL remembers what the guest asked for. No guest entry is global: loading
 * CR3 must forget the address space. Nothing but flags changes, and only if the entry is present.
 */
static inline uint64_t l1e_forced_flags(uint64_t e)
{
    if (!(e & PTE_P))
        return e;
    if (!(e & PTE_US))
        e |= PTE_US | PTE_GUEST_KERNEL;
    return e & ~PTE_G;
}
static inline uint64_t table_entry_forced_flags(uint64_t e) { return e & PTE_P ? e | PTE_US : e; }

/**
 * Takes the references of L1 entry *@e (flags forced) for a table of @d; the frame must belong to @pg_owner or be
 * device memory that both may use. Flags of *@e change for device memory. 0; -EINVAL: flags; -EPERM: not theirs;
 * -EBUSY: not to be had writable; -ERESTART: see frame_type_get(). Nothing is held on error.
 */
int l1e_get(struct domain *d, struct domain *pg_owner, uint64_t *e);
/** The entry as l1e_get() would leave it, for an entry that it has accepted. */
uint64_t l1e_final(const struct domain *d, uint64_t e);
/**
 * Drops the references of an entry that was in a table of @d and is no longer. If it mapped another guest's frame, @d's
 * CPUs are flushed first, unless *@flushed says that they were after all such entries had gone.
 */
void l1e_put_flushed(const struct domain *d, uint64_t e, bool *flushed);
static inline void l1e_put(const struct domain *d, uint64_t e)
{
    bool flushed = false;

    l1e_put_flushed(d, e, &flushed);
}
/** True if replacing one by the other changes no reference, and @b is no worse than @a. */
static inline bool l1e_same_references(uint64_t a, uint64_t b)
{
    return !((a ^ b) & (PTE_ADDR_MASK | PTE_P | PTE_RW | PTE_CACHE_MASK | pte_reserved));
}
/** Flags that no L1 entry of @d may have: NX without NX, and cache attributes, which are for who drives devices. */
uint64_t l1e_refused_flags(const struct domain *d);

/** The same for a present entry of @table, LOCKED, of @level 2 to 4. -EINVAL, -ERESTART as frame_type_get(). */
int table_entry_get(struct frame *table, struct domain *d, unsigned int level, uint64_t e);
/** Always dropped; -ERESTART as frame_type_put(). */
int table_entry_put(struct frame *table, unsigned int level, uint64_t e);

struct domain;

/**
 * Logs why the entry @e for an L1 table of @d was refused with error @rc, as the messages of the current vCPU's guest
 * are (hv/log.h); nothing for -ERESTART. @rc.
 */
int l1e_refused(const struct domain *d, uint64_t e, int rc);

/* Entries that name a table of their own level. */

/** True if present entry @e, which @table of @level holds or may get, names a table of the same level. */
bool entry_is_linear(const struct frame *table, unsigned int level, uint64_t e);

#endif
