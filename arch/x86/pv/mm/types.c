/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The law of frame types.
 *
 * A PV guest builds the page tables that the processor walks, so what protects the hypervisor and other guests is that
 * no entry can appear in a live table without a check. Every frame has one type at a time, with a count:
 *
 *   none         never used as anything since it was allocated
 *   L1 .. L4     a page table of that level; all present entries were checked and hold references
 *   descriptors  a page of a GDT or LDT, each entry checked
 *   writable     mapped writable by some L1 entry (or written by the hypervisor on a guest's behalf)
 *   shared       read-only for every guest
 *
 * 1. Types exclude each other. While the count is not 0 the type stays; so a page table is never writable by a guest.
 * 2. Whoever holds a type reference holds a frame reference as well. A frame with its allocation reference alone is
 *    therefore of no use to anybody, and a freed frame has type count 0.
 * 3. Every present entry of a valid table holds its references: an upper entry one of the type one level below, of a
 *    frame with the same owner; an L1 entry a frame reference, and a writable one if it is writable. Levels
 *    descend, but for the read-only entries of entry.c, which form neither chains nor rings: so the references form no
 *    cycle and everything collapses when the roots are dropped.
 * 4. VALID is set exactly while the count is not 0. Count 0 with LOCKED is a change in progress on one CPU.
 * 5. Long changes stop half-way. A frame left PARTIAL has count 0, and its first `progress` entries hold references,
 *    the rest do not. It belongs to nobody: PARTIAL itself holds one frame reference; whoever wants the frame as the
 *    same type goes on from `progress`, anyone else releases those entries first. A parent never counts an entry whose
 *    child is partial. So an abandoned or a repeated hypercall, or one continued with other arguments, cannot lose or
 *    double a reference, whatever interrupted it. (XSA-299 and 310 are about the other design.) The vCPU that left
 *    a frame behind notes it in mm_unfinished and finishes it first thing in its next operation; the note is a hint and
 *    is verified, the state is in the frame.
 * 6. Before a frame with an old type becomes anything else, every CPU that may cache translations of its owner forgets
 *    them: a stale writable translation could write to a page table, a stale upper-level entry could walk a page that
 *    is now writable. The flush happens while the frame is LOCKED and not yet VALID, so nobody can use the new type
 *    before it (XSA-401), and no other CPU can take it through a third type in between. Mappings in *other* domains'
 *    tables (foreign, granted) are flushed when they are removed, before their reference is dropped; see l1e_put().
 *    Most CPUs have forgotten by themselves: a frame that loses its last type reference, or a read-only mapping while
 *    it has none, is stamped by the flush clock (hv/tlb_clock.h), and only CPUs whose last flush is not later are
 *    asked. No stamp: it was never in a table since it came to its owner.
 * 7. A frame that was written through an uncached mapping is flushed from the caches before its contents are trusted:
 *    we read it through a cached one (XSA-402).
 * 8. The count cannot overflow: beyond FTW_COUNT_LIMIT references are refused.
 *
 * Locks. LOCKED is a spin lock in the word, of the levels TABLE_L4 to TABLE_L1 and FRAME_TYPE of hv/lock_order.h by the
 * type that the frame has or is to get. It is held to change a type (count 0) and to change an entry of a live table
 * (VALID). A CPU that holds one waits
 *   - to get a type: for the lock of a frame being changed to the *same* type that it wants, which is of a lower level;
 *     a frame being changed to another type is refused at once;
 *   - to drop the last reference: for the lock of a table of a lower level, or of its own level if the table whose lock
 *     it holds names that one (entry.c). A table that is named names none, so whoever holds the lock of that one waits
 *     for lower levels only;
 *   - for other CPUs to flush, so interrupts are on.
 * Levels only descend but for one step from a table that names to one that is named, and no table is both: no cycle.
 * References to a VALID frame may be taken and dropped while it is locked, except the last.
 */
#include "pv/mm/types.h"

#include "hv/domain.h"
#include "hv/lock_debug.h"
#include "hv/log.h"
#include "hv/smp.h"
#include "hv/tlb_clock.h"
#include "pv/mm/finish.h"
#include "pv/mm/machine.h"
#include "pv/mm/validate.h"

#define PARTIAL_STATE (FTW_PARTIAL | FTW_PROGRESS_MASK | FTW_LINEAR_NAMES)

static bool ftw_cas(struct frame *f, uint64_t *old, uint64_t w)
{
    return __atomic_compare_exchange_n(&f->type, old, w, false, __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE);
}

static void ftw_store(struct frame *f, uint64_t w)
{
    __atomic_store_n(&f->type, w, __ATOMIC_SEQ_CST);
}

static unsigned int lock_level(enum frame_type type)
{
    return ft_is_table(type) ? LOCK_TABLE_L4 + (FT_L4 - type) : LOCK_FRAME_TYPE;
}

/** @f has the lock that we want: another CPU's, or there is a defect that the checker names. */
static uint64_t ftw_wait(const struct frame *f, enum frame_type type)
{
    lock_debug_check(f, lock_level(type));
    cpu_relax();
    return ftw_load(f);
}

/** ftw_cas() to a word that is LOCKED as @type. */
static bool ftw_lock(struct frame *f, uint64_t *old, enum frame_type type, uint64_t bits)
{
    if (!ftw_cas(f, old, ftw_make(type, FTW_LOCKED | bits)))
        return false;
    lock_debug_acquired(f, lock_level(type));
    return true;
}

/** The end of LOCKED as @type: the word becomes @bits of the same type. */
static void ftw_unlock(struct frame *f, enum frame_type type, uint64_t bits)
{
    lock_debug_released(f, lock_level(type));
    ftw_store(f, ftw_make(type, bits));
}

/** The bits of a stamp made now; the entries that held what is now idle have left their tables. */
static uint64_t ftw_stamp(void)
{
    return tlb_clock_stamp() << FTW_STAMP_SHIFT & FTW_STAMP_MASK;
}

void frame_stamp_unmapped(struct frame *f)
{
    uint64_t w = ftw_load(f), stamped;

    do {
        if (!ftw_is_idle(w)) /* what makes it idle stamps it */
            return;
        stamped = (w & ~FTW_STAMP_MASK) | ftw_stamp();
    } while (w != stamped && !ftw_cas(f, &w, stamped));
}

void frame_flush_stamped(uint64_t w, const struct domain *d)
{
    uint64_t stamp = (w & FTW_STAMP_MASK) >> FTW_STAMP_SHIFT;

    if (stamp)
        arch_tlb_flush_stamped(&d->arch.dirty_cpus, tlb_clock_widen(stamp, FTW_STAMP_BITS));
}

/** Rule 6 and 7, while the frame is LOCKED; @was is the word before. */
static void type_forget_translations(struct frame *f, uint64_t was)
{
    const struct domain *d;

    if (ftw_type(was) == FT_NONE)
        return;
    d = domain_by_owner_id(frame_owner_id(f));
    if (d)
        frame_flush_stamped(was, d);
    if (was & FTW_NONCOHERENT)
        machine_cache_flush_page(frame_to_mfn(f));
}

/** Of a frame that we have LOCKED: how many of its entries name tables of its own level. */
static uint64_t ftw_names(const struct frame *f)
{
    return ftw_load(f) & FTW_LINEAR_NAMES;
}

/** Ends LOCKED with count 0: @progress entries hold references. @had_ref: PARTIAL's frame reference exists already. */
static void type_leave_partial(struct frame *f, enum frame_type type, unsigned int progress, bool had_ref)
{
    if (progress && !had_ref)
        frame_get_again(f);
    ftw_unlock(f, type, progress ? ftw_names(f) | FTW_PARTIAL | (uint64_t)progress << FTW_PROGRESS_SHIFT : ftw_stamp());
    if (!progress && had_ref)
        frame_put(f);
}

/** The frame is LOCKED as @type with count 0: checks the rest of its contents. */
static int type_validate(struct frame *f, enum frame_type type, unsigned int progress, bool had_ref)
{
    int rc = frame_validate(f, type, &progress);

    if (!rc) {
        ftw_unlock(f, type, ftw_names(f) | FTW_VALID | 1);
        if (had_ref)
            frame_put(f);
        return 0;
    }
    if (rc != -ERESTART && progress)
        frame_invalidate(f, type, &progress);
    type_leave_partial(f, type, progress, had_ref);
    if (rc != -ERESTART && progress)
        pv_mm_unfinished(f);
    return rc;
}

/** Count is 0 and nobody has the lock, by @w: become @type with count 1. -EAGAIN: the word has changed meanwhile. */
static int type_change(struct frame *f, uint64_t w, enum frame_type type)
{
    enum frame_type was = ftw_type(w);
    bool partial = w & FTW_PARTIAL;

    if (partial && was != type) {
        pv_mm_unfinished(f);
        return -ERESTART;
    }
    if (type == FT_WRITABLE && (was == FT_WRITABLE || was == FT_NONE))
        return ftw_cas(f, &w, ftw_make(type, FTW_VALID | (w & FTW_NONCOHERENT) | 1)) ? 0 : -EAGAIN;
    if (!ftw_lock(f, &w, type, partial ? w & PARTIAL_STATE : 0))
        return -EAGAIN;
    if (was != type)
        type_forget_translations(f, w);
    return type_validate(f, type, partial ? ftw_progress(w) : 0, partial);
}

int frame_type_get(struct frame *f, enum frame_type type)
{
    uint64_t w = ftw_load(f);

    lock_debug_may_wait(lock_level(type));
    for (;;) {
        if (ftw_type(w) == type && (w & FTW_VALID)) {
            if (unlikely(ftw_count(w) >= FTW_COUNT_LIMIT))
                return -EBUSY;
            if (likely(ftw_cas(f, &w, w + 1)))
                return 0;
        } else if (ftw_count(w) || ((w & FTW_LOCKED) && ftw_type(w) != type)) {
            return type == FT_WRITABLE ? -EBUSY : -EINVAL;
        } else if (w & FTW_LOCKED) {
            w = ftw_wait(f, type);
        } else {
            int rc = type_change(f, w, type);
            if (rc != -EAGAIN)
                return rc;
            w = ftw_load(f);
        }
    }
}

bool frame_type_get_live(struct frame *f, enum frame_type type)
{
    uint64_t w = ftw_load(f);

    do {
        if (!ftw_is_live(w, type) || ftw_count(w) >= FTW_COUNT_LIMIT)
            return false;
    } while (!ftw_cas(f, &w, w + 1));
    return true;
}

/** The last reference to a live table was dropped: the frame is LOCKED with count 0. */
static int type_release_entries(struct frame *f, enum frame_type type, unsigned int progress, bool had_ref)
{
    int rc = frame_invalidate(f, type, &progress);

    if (progress)
        pv_mm_unfinished(f);
    type_leave_partial(f, type, progress, had_ref);
    return rc;
}

/** Drops @one: a type reference, and with it what else the word counts for its holder. */
static inline __attribute__((always_inline)) int type_put(struct frame *f, uint64_t one)
{
    uint64_t w = ftw_load(f);

    lock_debug_may_wait(lock_level(ftw_type(w)));
    for (;;) {
        enum frame_type type = ftw_type(w);

        BUG_ON(!(w & FTW_VALID) || !ftw_count(w));
        if (ftw_count(w) > 1) {
            if (likely(ftw_cas(f, &w, w - one)))
                return 0;
        } else if (w & FTW_LOCKED) {
            w = ftw_wait(f, type);
        } else if (!ft_is_table(type)) {
            if (likely(ftw_cas(f, &w, ftw_make(type, (w & FTW_NONCOHERENT) | ftw_stamp()))))
                return 0;
        } else if (ftw_lock(f, &w, type, w & FTW_LINEAR_NAMES)) {
            return type_release_entries(f, type, PTE_ENTRIES, false);
        }
    }
}

int frame_type_put(struct frame *f)
{
    return type_put(f, 1);
}

int frame_type_put_named(struct frame *f)
{
    return type_put(f, FTW_LINEAR_NAMED_ONE + 1);
}

int frame_type_undo(struct frame *f)
{
    uint64_t w = ftw_load(f);

    while (w & (FTW_PARTIAL | FTW_LOCKED)) {
        if (!(w & FTW_PARTIAL))
            return 0; /* another CPU is at work on it */
        enum frame_type type = ftw_type(w);

        if (w & FTW_LOCKED)
            w = ftw_wait(f, type);
        else if (ftw_lock(f, &w, type, w & ~FTW_TYPE_MASK))
            return type_release_entries(f, type, ftw_progress(w), true);
    }
    return 0;
}

int frame_get_typed(mfn_t m, const struct domain *d, enum frame_type type)
{
    struct frame *f;
    int rc;

    f = frame_get_mfn(m, d);
    if (!f)
        return -EINVAL;
    rc = frame_type_get(f, type);
    if (rc)
        frame_put(f);
    return rc;
}

int frame_put_typed(struct frame *f)
{
    int rc = frame_type_put(f);

    frame_put(f);
    return rc;
}

enum frame_type frame_table_lock(struct frame *f)
{
    uint64_t w = ftw_load(f);

    lock_debug_may_wait(lock_level(ftw_type(w)));
    for (;;) {
        if (!(w & FTW_VALID) || !ft_is_table(ftw_type(w)))
            return FT_NONE;
        if (w & FTW_LOCKED)
            w = ftw_wait(f, ftw_type(w));
        else if (ftw_lock(f, &w, ftw_type(w), w & ~FTW_TYPE_MASK))
            return ftw_type(w);
    }
}

void frame_table_unlock(struct frame *f)
{
    lock_debug_released(f, lock_level(ftw_type(ftw_load(f))));
    __atomic_and_fetch(&f->type, ~FTW_LOCKED, __ATOMIC_RELEASE);
}

bool frame_pin(struct frame *f)
{
    return !(__atomic_fetch_or(&f->type, FTW_PINNED, __ATOMIC_SEQ_CST) & FTW_PINNED);
}

bool frame_unpin(struct frame *f)
{
    return __atomic_fetch_and(&f->type, ~FTW_PINNED, __ATOMIC_SEQ_CST) & FTW_PINNED;
}

void frame_mark_noncoherent(struct frame *f)
{
    __atomic_or_fetch(&f->type, FTW_NONCOHERENT, __ATOMIC_SEQ_CST);
}
