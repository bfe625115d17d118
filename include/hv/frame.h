/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frame table: what is known about each 4 KiB of machine memory, 24 bytes a frame.
 *
 * count  references and owner. A frame with references is not freed. One compare-and-exchange takes a reference and
 *        proves the owner, so a frame cannot change hands between check and use. FRAME_ALLOCATED says that the
 *        owner's own reference is among them, the allocation reference; giving the frame up clears it, once.
 * type   what a frame is used as by a PV guest, and how often. The types exclude each other; the law is stated in
 *        arch/x86/pv/mm/types.c, which alone changes this word for PV domains.
 * links  on a free list, or on the owner's list of frames.
 *
 * Free frames have count 0 and their order in `type`.
 */
#ifndef HV_FRAME_H
#define HV_FRAME_H

#include "hv/types.h"

struct domain;
struct heap_run;

struct frame {
    uint64_t count;
    uint64_t type;
    uint32_t next, prev; /* frame numbers; FRAME_LINK_NONE ends a list */
};
_Static_assert(sizeof(struct frame) == 24, "the frame table is paid for by every 4 KiB of RAM");

#define FRAME_LINK_NONE 0xffffffffu

/* count: bits 0-31 references, 32-47 owner's domid, 56-63 flags. */
#define FRAME_REFS_MASK     0xffffffffULL
#define FRAME_OWNER_SHIFT   32
#define FRAME_OWNER_MASK    (0xffffULL << FRAME_OWNER_SHIFT)
#define FRAME_OWNER_NONE    0xffffu          /* in use by the hypervisor itself */
#define FRAME_ALLOCATED     (1ULL << 56)     /* assigned to the owner, who holds one reference through it */
#define FRAME_HV            (1ULL << 57)     /* the hypervisor's, shared with the owner; put never frees it */
#define FRAME_FREE          (1ULL << 58)     /* head of a free block */
#define FRAME_DIRTY         (1ULL << 59)     /* free, must be scrubbed */
#define FRAME_BROKEN        (1ULL << 60)     /* never to be used again */

/*
 * The frame table itself: one array in virtual memory, absent where the machine has no RAM. The header gives
 * struct frame *frame_table; uint64_t frame_table_end; frame_table_covers(), mfn_to_virt(), virt_to_mfn(), m2p.
 */
#include <arch/page.h>

/** True if the frame table has an entry for @m, that is, if it is RAM that we know. */
static inline bool mfn_valid(mfn_t m)
{
    return frame_table_covers(m) && !(__atomic_load_n(&frame_table[m.nr].count, __ATOMIC_RELAXED) & FRAME_BROKEN);
}
static inline struct frame *mfn_to_frame(mfn_t m) { return &frame_table[m.nr]; }
static inline mfn_t frame_to_mfn(const struct frame *f) { return mfn((uint64_t)(f - frame_table)); }

static inline unsigned int frame_owner_id(const struct frame *f)
{
    return (unsigned int)((__atomic_load_n(&f->count, __ATOMIC_RELAXED) & FRAME_OWNER_MASK) >> FRAME_OWNER_SHIFT);
}
static inline uint32_t frame_refs(const struct frame *f)
{
    return (uint32_t)(__atomic_load_n(&f->count, __ATOMIC_RELAXED) & FRAME_REFS_MASK);
}

/** Takes a reference if the frame is in use and belongs to @owner; else false and nothing changes. No lock needed. */
bool frame_get(struct frame *f, const struct domain *owner);
/** The same by the owner's number, for who has no reference on the owner: the frame's own keeps it from then on. */
bool frame_get_of(struct frame *f, unsigned int owner_id);
/** The frame @m of @owner's, referenced; NULL: it is none. What is no RAM, or broken, has no references. */
static inline struct frame *frame_get_mfn(mfn_t m, const struct domain *owner)
{
    return frame_table_covers(m) && frame_get(mfn_to_frame(m), owner) ? mfn_to_frame(m) : NULL;
}
/** Takes a reference on a frame that the caller already holds one on. */
void frame_get_again(struct frame *f);
/**
 * Drops a reference; the last one returns the frame to the heap, scrubbed. That may wait for other CPUs to
 * forget the frame (WAIT_CPUS of hv/lock_order.h), so interrupts are on whether or not this one is the last.
 */
void frame_put(struct frame *f);
/**
 * Drops a reference where nobody may be waited for. Should it be the last, this CPU keeps it until its soft interrupts
 * run. It can keep one: so a reference that is to be dropped like this is taken only if frame_put_later_ready(), and
 * interrupts stay off from there to here.
 */
void frame_put_later(struct frame *f);
bool frame_put_later_ready(void);
/** Boot, before anybody calls these. */
void frame_put_later_init(void);
/** Clears FRAME_ALLOCATED; true for the one caller that did, who then owes a frame_put(). */
bool frame_clear_allocated(struct frame *f);

/**
 * Makes hypervisor memory at @page, one frame, visible to @d: it may map it (read-only if @readonly).
 * Holds one reference.
 */
void frame_share_with(void *page, struct domain *d, bool readonly);
/**
 * Ends frame_share_with(). True when nobody has references left: the page is the caller's to free (hv_free_pages).
 * False: ask again later; the sharing's own reference is given up only once.
 */
bool frame_unshare(void *page, struct domain *d);
/**
 * The same at once or not at all, also under a lock: true when nobody has a reference but the sharing. Nobody can get
 * one then; the page is free after one more frame_unshare(), without locks, or shared again by frame_share_resume().
 */
bool frame_unshare_unused(void *page, const struct domain *d);
void frame_share_resume(void *page, const struct domain *d);
/** Arch duty: set @f->type so that guests can map it as frame_share_with() promises. It has no references yet. */
void arch_frame_shared(struct frame *f, bool readonly);

/* Lists of frames through the links. The owner of the list provides the lock. */
struct frame_list { uint32_t head, tail; uint64_t nr; };
#define FRAME_LIST_EMPTY { FRAME_LINK_NONE, FRAME_LINK_NONE, 0 }
/** @f is on no list; afterwards the last of @l. */
void frame_list_add_tail(struct frame_list *l, struct frame *f);
/** @f is on @l. */
void frame_list_del(struct frame_list *l, struct frame *f);
static inline struct frame *frame_list_first(const struct frame_list *l)
{
    return l->head == FRAME_LINK_NONE ? NULL : &frame_table[l->head];
}
static inline struct frame *frame_list_next(const struct frame *f)
{
    return f->next == FRAME_LINK_NONE ? NULL : &frame_table[f->next];
}

/**
 * Allocates 2^@order frames for @d, assigns and lists them, within d->max_pages. MFN_NONE: no memory or limit.
 * Flags as heap_alloc().
 */
mfn_t domain_alloc_frames(struct domain *d, unsigned int order, unsigned int heap_flags);
/** The same, prepared to be at @g (hv/physmap.h): arch_physmap_populate() is the caller's next step. */
mfn_t domain_alloc_frames_at(struct domain *d, unsigned int order, unsigned int heap_flags, gfn_t g);
/**
 * Assigns frames that the caller got from heap_alloc(), within the limit. 0, -E2BIG (limit), -EINVAL (dying). A domain
 * that has frames holds a reference on itself. Takes frames_lock; the last frame_put() of a frame takes it too.
 */
int domain_assign_frames(struct domain *d, mfn_t first, unsigned int order);
/**
 * Takes a frame away from @d without freeing it (XENMEM_exchange): the caller owns it like one from heap_alloc() and it
 * holds the guest's data. It stays in d->tot_pages until domain_return_frames() or domain_uncharge_frames(), so that a
 * limit that was lowered meanwhile, or another vCPU that allocates, cannot keep the domain from getting as many back.
 * Nobody has a reference on it but the domain through FRAME_ALLOCATED, the caller neither: else -EBUSY. -EINVAL: it is
 * not @d's.
 */
int domain_steal_frame(struct domain *d, struct frame *f);
/**
 * @d gives the frame up: it is @d's no more, and free once nobody has a reference on it; at once, and then in @run, if
 * nobody has. False, and nothing changes, unless it is @d's to give: what we share with @d (its shared_info, its grant
 * table) is not. The caller holds a reference on @d.
 */
bool domain_give_back_frame(struct domain *d, struct frame *f, struct heap_run *run);
/** The dying domain drops its allocation reference on all its frames. 0 or -ERESTART: progress in teardown.cursor. */
int domain_release_frames(struct domain *d);
/** Assigns frames in place of as many stolen ones. 0, -EINVAL (dying: the caller frees and uncharges). */
int domain_return_frames(struct domain *d, mfn_t first, unsigned int order);
/**
 * 2^@order frames, counted for @d as if it had had them and they had been stolen: nobody has ever been able to name
 * them. They hold what the heap left in them. MFN_NONE: no memory or limit. domain_return_frames(), or heap_free() and
 * domain_uncharge_frames().
 */
mfn_t domain_alloc_stolen(struct domain *d, unsigned int order);
/** @nr stolen frames do not come back. */
void domain_uncharge_frames(struct domain *d, uint64_t nr);

#endif
