/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest-physical memory of a container, among its own files.
 *
 * One tree of lib/x86/p2m for each domain, its tables from a pool of the domain's own, and one lock (LOCK_P2M) for all
 * of it: who changes an entry holds it, and so does who looks one up in order to use what it finds. The lock is taken
 * with interrupts on, and before WAIT_CPUS: so an entry goes, the CPUs forget it, and what it led to is let go of, all
 * under one hold; nobody sees a step of it.
 *
 * What an entry holds of its frame:
 *   RAM of any kind             nothing: the domain's own allocation reference (FRAME_ALLOCATED) is there as long as
 *                               the entry is, for only who has taken the entry out gives the frame back
 *   SPECIAL                     a reference
 *   GRANT_*, FOREIGN_*          what arch_guest_frame_get() took for it, for writing if it is _RW
 *   POD, EMULATED, ABSENT       there is no frame
 *
 * A frame of the domain's own (RAM, SPECIAL) is at one gfn at most, and the M2P says which. The M2P is trusted for
 * nothing: whoever asks it looks whether that gfn leads back. Grants and foreign frames may be at several; the M2P of
 * such a frame is its owner's.
 */
#ifndef HVM_P2M_PRIVATE_H
#define HVM_P2M_PRIVATE_H

#include "hv/domain.h"
#include "hv/heap.h"
#include "hv/lock.h"
#include "hvm/p2m.h"

/* Log-dirty mode, see dirty.c. Two turns lead to it, two away. */
enum p2m_dirty_mode { DIRTY_OFF, DIRTY_ROOM, DIRTY_PROTECTING, DIRTY_ON, DIRTY_LEAVING, DIRTY_MERGING };
struct p2m_dirty {
    enum p2m_dirty_mode mode;
    uint64_t root;        /* of the pages of bits; 0: none */
    uint64_t cursor;      /* a gfn: how far the turn, or the toolstack's reading, has come */
    uint64_t count, told; /* bits set since the last cleaning; and as the reading began */
    bool failed;          /* no memory */
    uint64_t reader[3];   /* whose reading it is, by what it asked for */
};

/* Populating on demand, see pod.c. */
struct p2m_pod {
    struct frame_list chunks, single; /* the cache: heads of 2 MiB, and frames */
    uint64_t frames;                  /* in both lists */
    uint64_t entries;                 /* gfns of P2M_POD */
    uint64_t sweep;                   /* where the last search for zeroes ended */
    bool spent;                       /* an entry could not get a frame, and none has come since */
};

struct p2m {
    struct domain *d;
    spinlock_t lock;           /* LOCK_P2M */
    struct p2m_tree tree;
    bool dead;                 /* the domain is being released: nothing is found, and nothing added */
    struct frame_list free;    /* tables that are not in use */
    struct frame_list retired; /* not in the tree any more, but CPUs may still walk them */
    uint64_t pool_pages;       /* tables: free, retired, and in use (the root is one of these) */
    struct p2m_dirty dirty;
    struct p2m_pod pod;
    uint64_t max_gfn;          /* the highest that has ever led anywhere */
};

/** The frame is the domain's own, or a page of ours that is shared with it. */
static inline bool p2m_type_is_own(enum p2m_type type) { return p2m_type_is_ram(type) || type == P2M_SPECIAL; }

static inline struct p2m *p2m_of(const struct domain *d) { return d->arch.hvm.p2m; }

/* Tables (p2m_pool.c). The lock is held. */
int p2m_pool_create(struct p2m *p);
/** All of it goes back but what the tree uses; false: more to do. */
bool p2m_pool_free_some(struct p2m *p, unsigned int pages);
/** Retired tables may be used again: no CPU walks them any more. */
void p2m_pool_reclaim(struct p2m *p);

/* Entries (p2m_entry.c). The lock is held. */

/** The CPUs forget what they cached of the domain's memory. */
void p2m_flush(struct p2m *p);
/**
 * @g, for an @order of 0 or a free stretch of an order of 9 or 18, leads to @m with @type from now on. What was there
 * is let go of: its own RAM is free, in @run if nobody else holds it. 0; -ENOMEM or -EEXIST: nothing has changed.
 */
int p2m_put(struct p2m *p, gfn_t g, unsigned int order, mfn_t m, enum p2m_type type, struct heap_run *run);
/** Nothing is at @g any more. *@old is what was, and the caller's now to let go of (p2m_entry_put()). 0, -ENOMEM. */
int p2m_take(struct p2m *p, gfn_t g, struct p2m_entry *old);
/** Lets go of what an entry held. It is in no CPU's TLB any more. */
void p2m_entry_put(struct p2m *p, const struct p2m_entry *e, struct heap_run *run);
/** True if nothing is at the 2^@order gfns from @g on. */
bool p2m_range_is_free(const struct p2m *p, gfn_t g, unsigned int order);
/** Where the domain's own frame @m is; false: nowhere. */
bool p2m_find(const struct p2m *p, mfn_t m, gfn_t *g);

/* Log-dirty mode (dirty.c). The lock is held. */

/** There are bits for @nr gfns from @gfn on, if the mode wants them. 0, -ENOMEM. */
int p2m_dirty_room(struct p2m *p, uint64_t gfn, uint64_t nr);
/** Sets those bits, where there are any. */
void p2m_dirty_mark(struct p2m *p, uint64_t gfn, uint64_t nr);
/** The guest writes to @gfn, which @e leads from: true if it may from now on, and is marked. */
bool p2m_dirty_write(struct p2m *p, uint64_t gfn, const struct p2m_entry *e);
/** The mode is off, at once, and its pages are the pool's; entries may be log-dirty still. */
void p2m_dirty_free(struct p2m *p);

/* Populating on demand (pod.c). The lock is held. */

/** A frame comes to be at @gfn, which is P2M_POD; false: there is none to be had, or it is not. */
bool p2m_pod_demand(struct p2m *p, uint64_t gfn);
/** The lock is not held. A frame was wanted where p2m_pod_demand() had none: that is the end of the domain. */
void p2m_pod_refuse(struct domain *d);
/** @nr entries of P2M_POD are not there any more; frames that nobody waits for are free. */
void p2m_pod_entries_gone(struct p2m *p, uint64_t nr);
/** @m, which the domain gives back and no entry leads to, is the cache's now; false: it is not wanted there. */
bool p2m_pod_wants(struct p2m *p, mfn_t m);
/** Gives back @frames of the cache; true: it is empty. */
bool p2m_pod_free_some(struct p2m *p, unsigned int frames);

/** The guest can have something at the 2^@order gfns from @g on: they lie within the width of its addresses. */
bool p2m_gfn_ok(const struct domain *d, gfn_t g, unsigned int order);

#endif
