/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The types of frames. The law that these functions keep is stated at the head of types.c. */
#ifndef PV_MM_TYPES_H
#define PV_MM_TYPES_H

#include "hv/compiler.h"
#include "hv/errno.h"
#include "hv/frame.h"

/** What a frame is used as. FT_L1 to FT_L4 equal the level of the table. */
enum frame_type { FT_NONE, FT_L1, FT_L2, FT_L3, FT_L4, FT_SEG_DESC, FT_WRITABLE, FT_SHARED };

/* The word frame->type. */
#define FTW_TYPE_SHIFT     60
#define FTW_TYPE_MASK      (0xfULL << FTW_TYPE_SHIFT)
#define FTW_PINNED         BIT(59) /* the owner asked to keep the type: holds a type reference and a frame reference */
#define FTW_VALID          BIT(58) /* usable as its type; set exactly while the count is not 0 */
#define FTW_PARTIAL        BIT(57) /* count 0, the first `progress` entries hold references; holds a frame reference */
#define FTW_LOCKED         BIT(56) /* one CPU changes the type or an entry */
#define FTW_NONCOHERENT    BIT(55) /* written through an uncached mapping since it was last flushed from the caches */
#define FTW_LINEAR_NAMES   (0x1fULL << 50) /* entries that name other tables of the same level, see entry.c */
#define FTW_PROGRESS_SHIFT 40
#define FTW_PROGRESS_MASK  (0x3ffULL << FTW_PROGRESS_SHIFT)
#define FTW_LINEAR_NAMED   (0xffULL << 32) /* entries of other tables of the same level that name this one */
#define FTW_STAMP_SHIFT    32 /* of an idle frame, which uses none of the bits above: when it lost its last use */
#define FTW_STAMP_BITS     23
#define FTW_STAMP_MASK     (((1ULL << FTW_STAMP_BITS) - 1) << FTW_STAMP_SHIFT)
#define FTW_COUNT_MASK     0xffffffffULL
#define FTW_COUNT_LIMIT    0x7fffffffULL

#define FTW_LINEAR_NAMES_ONE BIT(50)
#define FTW_LINEAR_NAMED_ONE BIT(32)

static inline uint64_t ftw_load(const struct frame *f) { return __atomic_load_n(&f->type, __ATOMIC_ACQUIRE); }
static inline enum frame_type ftw_type(uint64_t w) { return (enum frame_type)(w >> FTW_TYPE_SHIFT); }
static inline uint64_t ftw_count(uint64_t w) { return w & FTW_COUNT_MASK; }
static inline unsigned int ftw_progress(uint64_t w) { return (w & FTW_PROGRESS_MASK) >> FTW_PROGRESS_SHIFT; }
static inline uint64_t ftw_make(enum frame_type t, uint64_t bits) { return (uint64_t)t << FTW_TYPE_SHIFT | bits; }
/** True if no type reference, lock or half-done change is in the word; then it may hold a stamp. */
static inline bool ftw_is_idle(uint64_t w) { return !(w & (FTW_VALID | FTW_PARTIAL | FTW_LOCKED)); }
/** True if the frame can be taken as @t without a change. */
static inline bool ftw_is_live(uint64_t w, enum frame_type t) { return ftw_type(w) == t && (w & FTW_VALID); }
static inline bool ft_is_table(enum frame_type t) { return t >= FT_L1 && t <= FT_L4; }

/**
 * Takes a type reference. The caller holds a frame reference, and keeps it as long as the type reference.
 * 0; -EBUSY or -EINVAL: in use as something else, or its contents are not fit to be @type; -ERESTART: call again after
 * pv_mm_finish() (nothing was taken). Interrupts on.
 */
int frame_type_get(struct frame *f, enum frame_type type);
/** The same, only if the frame is valid as @type already: false otherwise. Never waits, any context. */
bool frame_type_get_live(struct frame *f, enum frame_type type);
/**
 * Drops a type reference; it is always dropped. 0, or -ERESTART when entries of a former page table wait to be released
 * by pv_mm_finish(): the caller should stop early and continue its hypercall.
 */
int frame_type_put(struct frame *f);
/** The same for the reference of a linear entry: FTW_LINEAR_NAMED falls with the count, in one step. */
int frame_type_put_named(struct frame *f);
/** frame_get() and frame_type_get() in one. -EINVAL: no such frame of @d. */
int frame_get_typed(mfn_t m, const struct domain *d, enum frame_type type);
/** frame_type_put() and frame_put(). */
int frame_put_typed(struct frame *f);

/**
 * If the frame is a live page table, locks it and returns its type; else FT_NONE. While locked, it keeps its type and
 * its owner without a reference. The order of locks holds (hv/lock_order.h, TABLE_L4 to TABLE_L1).
 */
enum frame_type frame_table_lock(struct frame *f);
void frame_table_unlock(struct frame *f);

/**
 * Sets the pin; the caller holds a frame and a type reference of its own, which become the pin's. False if pinned
 * already.
 */
bool frame_pin(struct frame *f);
/** Takes the pin away; true for the one caller that did, who then owes frame_put_typed(). */
bool frame_unpin(struct frame *f);
/**
 * A read-only mapping of the frame was taken out of a table of its owner's: whoever gives the frame away must know. The
 * caller still holds the frame reference.
 */
void frame_stamp_unmapped(struct frame *f);
/** Every CPU of the owner @d that may still cache what @w, an idle frame's word, says was there forgets it. */
void frame_flush_stamped(uint64_t w, const struct domain *d);
/** Notes that a mapping with another cache attribute than write-back may write to the frame (type reference held). */
void frame_mark_noncoherent(struct frame *f);

/**
 * Releases the entries of a frame that was left partial, in steps. 0 (also when there was nothing to do) or -ERESTART.
 * The caller holds a frame reference.
 */
int frame_type_undo(struct frame *f);

#endif
