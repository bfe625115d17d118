/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an entry may name and what it holds.
 *
 *   upper levels  a table one level down, of the same domain: frame and type reference; or see below, linear tables
 *   L1, RAM       a frame of the named owner: frame reference, and a `writable` type reference if it is writable
 *   L1, devices   a frame outside the frame table, by I/O permission: no reference, nothing to count. A frame of
 *                 DOMID_IO inside it is referenced and has no type, for it never becomes a page table
 *
 * The owner of the frame is proved by the compare-and-exchange that takes the reference, never looked up before or
 * after (no mapping without a reference); dropping derives everything from the entry and the frame, which the reference
 * holds still.
 */
#include "pv/mm/entry.h"

#include "base/format.h"
#include "hv/frame.h"
#include "hv/log.h"
#include "hv/smp.h"
#include "mm/mmio.h"
#include "pv/mm/validate.h"

#include <arch/current.h>

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

/** Takes the references of such an entry. @table is LOCKED. 0; -EINVAL: writable, or not allowed now. Never waits. */
static int linear_get(struct frame *table, const struct domain *d, unsigned int level, uint64_t e)
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

/** Always dropped; -ERESTART as frame_type_put(). */
static int linear_put(struct frame *table, uint64_t e)
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

/* All entries. */

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

/* What is said about an L1 entry that a guest may not have: the line that its author looks for first. */

/* The guest learns its own frames' numbers anyway; whose another one is goes to the log alone. */
static void owner_text(mfn_t m, char *text, size_t size)
{
    if (!mfn_valid(m) || frame_owner_id(mfn_to_frame(m)) == DOMID_IO)
        format(text, size, "not of RAM");
    else if (!frame_refs(mfn_to_frame(m)) || frame_owner_id(mfn_to_frame(m)) == FRAME_OWNER_NONE)
        format(text, size, "of no domain"); /* free, or the hypervisor's own */
    else
        format(text, size, "of d%u", frame_owner_id(mfn_to_frame(m)));
}

int l1e_refused(const struct domain *d, uint64_t e, int rc)
{
    char owner[20];

    if (rc == -ERESTART)
        return rc; /* not refused: asked for again after what is under way */
    if (e & l1e_refused_flags(d)) {
        guest_log(current_vcpu(), LOG_INFO, "L1 entry %#lx has bits %#lx, which must be 0: refused, error %d",
                  (unsigned long)e, (unsigned long)(e & l1e_refused_flags(d)), rc);
        return rc;
    }
    owner_text(pte_mfn(e), owner, sizeof(owner));
    guest_log(current_vcpu(), LOG_INFO, "L1 entry %#lx names frame %#lx, %s: refused, error %d", (unsigned long)e,
              (unsigned long)pte_mfn(e).nr, owner, rc);
    return rc;
}
