/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a grant table is, and what the files of this folder share.
 *
 * The shared pages hold entries that the guest writes at any time. Besides, we keep for each entry an *active* record
 * of who uses it now, and that alone is believed while the entry is in use: the shared entry is read once, when the
 * first use begins. A use is a pin: a mapping (host or device, read-only or not) or a copy under way. While pinned the
 * frame is held, and GTF_reading or GTF_writing says so to the guest. What a domain maps of others stands in its
 * maptrack; a handle is an index there.
 *
 * The law: the pins of an active record are the maptrack entries of all domains that name it plus the copies under
 * way; the frame is held exactly while there are pins; the flags are set exactly then.
 *
 * A transitive entry (version 2) names not a frame but an entry of a third domain's table. It serves copies only. Its
 * pin holds no frame: the copy pins the third domain's entry as well, in the name of the domain in the middle, so it
 * can do no more than that domain could. That entry must not be transitive itself, nor in the table of the middle:
 * chains end there.
 *
 * Locks: a table's lock protects its pages, version and active records. Free handles are in lists, one a vCPU, each
 * with its lock; a handle in use belongs to whoever set MAPTRACK_BUSY in it. No two locks of one kind are held
 * together.
 */
#ifndef CORE_GRANT_GRANT_H
#define CORE_GRANT_GRANT_H

#include "hv/domain.h"
#include "hv/grant.h"

#define ENTRIES_V1     (PAGE_SIZE / sizeof(struct grant_entry_v1)) /* of a page */
#define ENTRIES_V2     (PAGE_SIZE / sizeof(union grant_entry_v2))
#define ENTRIES_STATUS (PAGE_SIZE / sizeof(grant_status_t))

struct grant_active {
    uint64_t gfn;               /* as the entry said */
    struct frame *frame;        /* held while pinned; NULL if transitive */
    uint32_t readers, writers;  /* pins; a pin is one of the two */
    domid_t domid;              /* who may use it */
    uint16_t offset, length;    /* bytes of the frame that may be copied: the whole or, v2, part of it */
    bool transitive;
    domid_t via;                /* transitive: whose entry it stands for */
    uint32_t via_ref;
};

struct maptrack_entry {
    uint32_t ref;
    uint32_t next_free;         /* while free */
    domid_t domid;              /* whose grant */
    uint16_t flags; /* GNTMAP_device_map, _host_map, _readonly, _contains_pte: what is mapped; MAPTRACK_*; 0: free */
    uint32_t unused;            /* a page has as many as Xen's, on which limits in pages are built, and a power of 2 */
};
_Static_assert(sizeof(struct maptrack_entry) == 16, "256 handles a page");
#define MAPTRACK_BUSY   0x8000u /* being mapped or unmapped: nobody else may */
#define MAPTRACK_MAPPED (GNTMAP_device_map | GNTMAP_host_map)
#define MAPTRACK_PER_PAGE (PAGE_SIZE / sizeof(struct maptrack_entry))
#define MAPTRACK_NONE   0xffffffffu

/* Free handles that a vCPU takes first; another's only when there are no new ones. */
struct maptrack_list {
    spinlock_t lock;                /* LOCK_GRANT_MAPTRACK */
    uint32_t first;                 /* MAPTRACK_NONE: empty */
};

struct grant_table {
    struct domain *domain;
    spinlock_t lock;                /* LOCK_GRANT */
    uint8_t version, max_version;   /* 1 or 2 */
    uint32_t nr_frames, max_frames;
    uint32_t nr_status;
    void **shared;                  /* pages of entries */
    struct grant_active **active;   /* ENTRIES_V1 records for each of them */
    grant_status_t **status;        /* version 2: the flags that we write */

    struct maptrack_entry **maptrack; /* pages of entries; grows under maptrack_lock (LOCK_GRANT_MAPTRACK) */
    spinlock_t maptrack_lock;
    uint32_t maptrack_frames, maptrack_max;
    uint32_t maptrack_used;         /* atomic */
    struct maptrack_list *lists;    /* free handles, one list for each vCPU that the domain may have */
};

/** Entries that the table has now. gt->lock held. */
uint32_t grant_entries(const struct grant_table *gt);
/** Makes it @nr frames large. 0, -EINVAL (limit), -ENOMEM. gt->lock held. */
int grant_grow(struct grant_table *gt, uint32_t nr);
/** Makes the status pages that version 2 needs for the entries of @nr_frames frames. gt->lock held. */
int grant_grow_status(struct grant_table *gt, uint32_t nr_frames);
/** Takes all status pages out, to @gone; -EBUSY, and nothing changes, if somebody has one mapped. gt->lock held. */
long grant_take_status(struct grant_table *gt, struct frame_list *gone);
/** Frees what grant_take_status() took. Without locks: other CPUs may have to forget the pages first. */
void grant_free_status(struct grant_table *gt, struct frame_list *gone);
struct grant_active *grant_active_of(struct grant_table *gt, uint32_t ref);

/** What a pin is for, and so what the entry may say. */
enum grant_use {
    GRANT_MAP,
    GRANT_COPY,      /* transitive entries serve, too */
    GRANT_COPY_VIA,  /* the entry that a transitive one stands for: no further */
};
/** Who wants what of an entry. */
struct grant_wish {
    domid_t user;
    bool readonly;
    unsigned int pins; /* how many at once: one for each kind of use */
    enum grant_use use;
};
/** What a pin gave access to: a part of a frame, or (transitive) an entry that the caller pins next. */
struct grant_pin {
    struct frame *frame;
    uint64_t gfn;
    uint16_t offset, length;
    bool whole, transitive;
    domid_t via;
    uint32_t via_ref;
};
/**
 * Pins entry @ref of @gt. GNTST_okay, GNTST_bad_gntref, GNTST_general_error (not granted to the user, not for writing,
 * not for this use, never stable), GNTST_bad_page.
 */
int grant_pin(struct grant_table *gt, uint32_t ref, const struct grant_wish *w, struct grant_pin *out);
/** Takes @pins of them back, which grant_pin() gave for reading or for writing. */
void grant_unpin(struct grant_table *gt, uint32_t ref, bool readonly, unsigned int pins);
/** A device that may write must not write into a page table: such a mapping takes a writable type reference besides. */
static inline bool grant_holds_device(uint32_t flags)
{
    return (flags & GNTMAP_device_map) && !(flags & GNTMAP_readonly);
}
/** The pins that a mapping with @flags has. */
static inline unsigned int grant_kinds(uint32_t flags)
{
    return !!(flags & GNTMAP_device_map) + !!(flags & GNTMAP_host_map);
}
/** Takes back the pins of a mapping with @flags (GNTMAP_device_map, _host_map, _readonly), and a device's reference. */
void grant_unpin_mapping(struct grant_table *gt, uint32_t ref, uint32_t flags);

/** Makes the lists, for as many vCPUs as the domain may have. 0, -ENOMEM. */
int maptrack_init(struct grant_table *gt);
/** A free handle, marked busy; MAPTRACK_NONE: the limit is reached. */
uint32_t maptrack_take(struct grant_table *gt);
void maptrack_release(struct grant_table *gt, uint32_t handle);
/** Locks the handle (MAPTRACK_BUSY) and copies the entry out. False: no such mapping, or it is locked. */
bool maptrack_trylock(struct grant_table *gt, uint32_t handle, struct maptrack_entry *out);
/** Stores what is mapped now and unlocks the handle; frees it if nothing is. */
void maptrack_unlock(struct grant_table *gt, uint32_t handle, const struct maptrack_entry *entry);

/**
 * The domain that an operation names, referenced; NULL with *status set if there is none or the caller may not act for
 * it.
 */
struct domain *grant_target(domid_t id, int16_t *status);

/* The operations. Those on lists do one element, and return GNTST_*; the others return 0 or -errno. */
/** *@owner is the domain of the element before, with a reference, or NULL; afterwards of this one. */
void grant_op_map(struct gnttab_map_grant_ref *op, struct domain **owner);
/**
 * Takes mappings away, as the first elements of the list at @uop say. @count: in, how many there are, at most
 * GRANT_UNMAP_BATCH; out, how many were done: at least one, unless the result is an error.
 */
long grant_op_unmap_batch(uint64_t uop, uint32_t *count, bool replace);
#define GRANT_UNMAP_BATCH 32u
void grant_op_swap(struct gnttab_swap_grant_ref *op);
long grant_op_setup_table(uint64_t uop);
long grant_op_query_size(uint64_t uop);
long grant_op_set_version(uint64_t uop);
long grant_op_get_version(uint64_t uop);
long grant_op_get_status_frames(uint64_t uop);
/** One element of GNTTABOP_cache_flush. 0 or -errno. */
long grant_op_cache_flush(const struct gnttab_cache_flush *op);

/* One side of copies: what an operation named, held until another is named. */
struct grant_copy_side {
    struct gnttab_copy_ptr named;
    bool taken, by_grant;   /* what was named is held; it is a grant */
    bool write, pinned;
    uint32_t first, end;    /* bytes of the frame that may be used */
    struct domain *owner;   /* of the frame or the grant that the caller named; referenced */
    struct frame *frame;    /* held; as writable if it is the target */
    uint32_t ref;
    struct domain *via;     /* transitive: whose entry it stands for; referenced */
    bool via_pinned;
    uint32_t via_ref;
};
struct grant_copying {
    struct grant_copy_side from, to;
};
/** A list of copies: what its operations hold is given back at the end, which must come before the hypercall's. */
void grant_copy_begin(struct grant_copying *c);
void grant_copy_one(struct grant_copying *c, struct gnttab_copy *op);
void grant_copy_end(struct grant_copying *c);

#endif
