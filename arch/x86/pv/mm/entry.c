/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an entry may name and what it holds.
 *
 *   upper levels  a table one level down, of the same domain: frame and type reference; or see linear.c
 *   L1, RAM       a frame of the named owner: frame reference, and a `writable` type reference if it is writable
 *   L1, devices   a frame outside the frame table, by I/O permission: no reference, nothing to count. A frame of
 *                 DOMID_IO inside it is referenced and has no type, for it never becomes a page table
 *
 * The owner of the frame is proved by the compare-and-exchange that takes the reference, never looked up before or
 * after (no mapping without a reference); dropping derives everything from the entry and the frame, which the reference
 * holds still.
 */
#include "pv/mm/entry.h"

#include "hv/smp.h"
#include "mm/mmio.h"
#include "pv/mm/linear.h"

uint64_t pte_reserved __ro_after_init;

uint64_t l1e_refused_flags(const struct domain *d)
{
    return pte_reserved | (d->arch.io ? 0 : PTE_CACHE_MASK);
}

/** PAT index of an L1 entry; the PV ABI's PAT has UC- at 2, UC at 3, 6, 7 and WC at 4. */
static bool pte_is_uncached_or_wc(uint64_t e)
{
    unsigned int index = (e & PTE_PWT ? 1 : 0) | (e & PTE_PCD ? 2 : 0) | (e & PTE_PAT ? 4 : 0);

    return index != 0 && index != 1 && index != 5;
}

/** Device memory is never cached, and a read-only range is silently mapped read-only: writes are emulated. */
static uint64_t mmio_entry(uint64_t e, enum mmio_access access)
{
    if (access == MMIO_READ_ONLY)
        e &= ~PTE_RW;
    if (!pte_is_uncached_or_wc(e))
        e = (e & ~PTE_CACHE_MASK) | PTE_PCD | PTE_PWT;
    return e;
}

static bool frame_is_mmio(mfn_t m)
{
    return !mfn_valid(m) || frame_owner_id(mfn_to_frame(m)) == DOMID_IO;
}

/** DOMID_IO as owner means: by the permission of the domain whose table it is. */
static int l1e_get_mmio(struct domain *d, struct domain *pg_owner, uint64_t *e)
{
    mfn_t m = pte_mfn(*e);
    enum mmio_access access = arch_mmio_access(d, m);

    if (access == MMIO_NONE)
        return (*e & PTE_ADDR_MASK) == PTE_ADDR_MASK ? -EINVAL : -EPERM;
    if (pg_owner != d && pg_owner != domain_io && arch_mmio_access(pg_owner, m) == MMIO_NONE)
        return -EPERM;
    if (mfn_valid(m) && !frame_get(mfn_to_frame(m), domain_io))
        return -EPERM;
    *e = mmio_entry(*e, access);
    return 0;
}

int l1e_get(struct domain *d, struct domain *pg_owner, uint64_t *e)
{
    struct frame *f;
    int rc;

    if (!(*e & PTE_P))
        return 0;
    if (unlikely(*e & l1e_refused_flags(d)))
        return -EINVAL;
    if (unlikely(frame_is_mmio(pte_mfn(*e))))
        return l1e_get_mmio(d, pg_owner, e);
    f = mfn_to_frame(pte_mfn(*e));
    if (unlikely(!frame_get(f, pg_owner)))
        return -EBUSY;
    if (unlikely((*e & PTE_CACHE_MASK) && (__atomic_load_n(&f->count, __ATOMIC_RELAXED) & FRAME_HV))) {
        frame_put(f); /* what we write through a cached mapping is not mapped in another way */
        return -EINVAL;
    }
    if (!(*e & PTE_RW))
        return 0;
    rc = frame_type_get(f, FT_WRITABLE);
    if (unlikely(rc))
        frame_put(f);
    else if (unlikely(*e & PTE_CACHE_MASK))
        frame_mark_noncoherent(f);
    return rc;
}

uint64_t l1e_final(const struct domain *d, uint64_t e)
{
    e = l1e_forced_flags(e);
    if (!(e & PTE_P) || !frame_is_mmio(pte_mfn(e)))
        return e;
    return mmio_entry(e, arch_mmio_access(d, pte_mfn(e)));
}

void l1e_put_flushed(const struct domain *d, uint64_t e, bool *flushed)
{
    struct frame *f;
    unsigned int owner;

    if (!(e & PTE_P) || !mfn_valid(pte_mfn(e)))
        return;
    f = mfn_to_frame(pte_mfn(e));
    owner = frame_owner_id(f);
    /* The owner's type changes flush the owner's CPUs, not ours: a foreign frame leaves our TLBs here. */
    if (unlikely(owner != d->id) && owner != DOMID_IO && !*flushed) {
        arch_tlb_flush_mask(&d->arch.dirty_cpus, false);
        *flushed = true;
    }
    if (owner == DOMID_IO)
        ;
    else if (e & PTE_RW)
        frame_type_put(f); /* writable: nothing below it, so never -ERESTART */
    else
        frame_stamp_unmapped(f);
    frame_put(f);
}

int table_entry_get(struct frame *table, struct domain *d, unsigned int level, uint64_t e)
{
    int rc;

    if (e & (PTE_TABLE_REFUSED | pte_reserved))
        return -EINVAL;
    rc = frame_get_typed(pte_mfn(e), d, (enum frame_type)(level - 1));
    if (likely(rc != -EINVAL) || !mfn_valid(pte_mfn(e)) || !entry_is_linear(table, level, e))
        return rc;
    return linear_get(table, d, level, e);
}

int table_entry_put(struct frame *table, unsigned int level, uint64_t e)
{
    if (unlikely(entry_is_linear(table, level, e)))
        return linear_put(table, e);
    return frame_put_typed(mfn_to_frame(pte_mfn(e)));
}
