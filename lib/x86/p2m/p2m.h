/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The physical address space of a guest in a container: a tree of four levels from guest frame numbers (gfn) to machine
 * frames (mfn) with a type each, in the format that the CPU walks (nested page tables: APM volume 2, 15.25; EPT: SDM
 * volume 3, 28.3). The type stands in the bits that the CPU leaves to software, so that tree and types cannot disagree.
 *
 * A frame is mapped by a leaf of 4 KiB, 2 MiB or 1 GiB. Leaves are split when a part of them changes, and merged again
 * when the parts agree; neither can be seen by the guest, nor by a caller of these functions.
 *
 * What holds between calls:
 *  - each table is reached by exactly one entry, and came from the caller's alloc();
 *  - a table that is not reached any more has been handed to retire(). CPUs may still walk it: it may be used for
 *    something else only after they have been flushed;
 *  - an entry changes by one store of 8 bytes, a new table is filled before it is reached. So a CPU, or a reader
 *    without the lock, sees the old or the new leaf of a gfn, never a third.
 *
 * Writers exclude each other by the caller's lock. Counting references of frames is the caller's, too.
 */
#ifndef LIB_X86_P2M_P2M_H
#define LIB_X86_P2M_P2M_H

#include "port.h"

#define P2M_LEVELS      4u
#define P2M_GFN_BITS    36u /* 48 bits of guest-physical address */
#define P2M_GFN_END     BIT(P2M_GFN_BITS)
#define P2M_NO_MFN      ((1ULL << 40) - 1)

enum p2m_type {
    P2M_ABSENT,       /* nothing: what reads it gets all ones from whoever emulates devices, if anybody */
    P2M_RAM,          /* the guest's own */
    P2M_RAM_RO,       /* writes are emulated, to no effect */
    P2M_RAM_LOGDIRTY, /* RAM whose next write is to be noticed */
    P2M_POD,          /* RAM that gets a frame when it is first touched */
    P2M_SPECIAL,      /* a page of the hypervisor: shared_info, a grant table */
    P2M_GRANT_RW,     /* somebody else's frame by a grant */
    P2M_GRANT_RO,
    P2M_FOREIGN_RW,   /* somebody else's frame by privilege over him */
    P2M_FOREIGN_RO,
    P2M_DIRECT,       /* device memory that the guest was given */
    P2M_EMULATED,     /* a device model's */
    P2M_TYPES,
};

/** Does an entry of this type lead to a machine frame? */
bool p2m_type_has_frame(enum p2m_type type);
/** May the guest write through it? */
bool p2m_type_is_writable(enum p2m_type type);
/** Is the frame the guest's own memory: what is saved, and what a balloon can give back? */
bool p2m_type_is_ram(enum p2m_type type);
/** In a word, for logs. */
const char *p2m_type_text(enum p2m_type type);

/** A leaf. @mfn of P2M_NO_MFN where the type has none. @order: 0, 9 or 18, the gfns it covers as a power of two. */
struct p2m_entry {
    uint64_t mfn;
    enum p2m_type type;
    unsigned int order;
};

/** How the CPU wants entries. Levels count from 1, the one of 4 KiB leaves. An entry of 0 is P2M_ABSENT. */
struct p2m_format {
    uint64_t (*leaf)(uint64_t mfn, enum p2m_type type, unsigned int level);
    uint64_t (*table)(uint64_t mfn);
    /** Of an entry that is not 0: does it lead to a table? At level 1 never. */
    bool (*is_table)(uint64_t entry, unsigned int level);
    uint64_t (*mfn)(uint64_t entry);
    enum p2m_type (*type)(uint64_t entry);
};
extern const struct p2m_format p2m_npt, p2m_ept;

struct p2m_tree {
    const struct p2m_format *format;
    uint64_t root;            /* frame of the level-4 table */
    unsigned int order_max;   /* largest leaf that the CPU walks: 9 or 18 */
    /** The 512 entries of a table. Never fails for a frame of this tree. */
    uint64_t *(*map)(void *opaque, uint64_t table);
    /** A table of zeroes; false if there is no memory. */
    bool (*alloc)(void *opaque, uint64_t *table);
    void (*retire)(void *opaque, uint64_t table);
    void *opaque;
};

/** The leaf of @gfn: @mfn is the frame of @gfn itself, @order that of the whole leaf. Needs no lock. */
struct p2m_entry p2m_lookup(const struct p2m_tree *tree, uint64_t gfn);

/**
 * Make the 2^@order gfns from @gfn on, a multiple of that, lead to consecutive frames from @mfn on with @type. @order
 * is 0, 9 or 18. A leaf above @order_max becomes several of order 9.
 * Returns 0; 1 if what a CPU may have cached allowed more or led elsewhere: flush before the old frames, or tables, are
 * used again; -ENOMEM, and nothing that can be seen has changed; -EINVAL for arguments not as above; -EEXIST for an
 * order of 18 where smaller leaves are: do it in orders of 9, or remove those first.
 */
int p2m_set(const struct p2m_tree *tree, uint64_t gfn, unsigned int order, uint64_t mfn, enum p2m_type type);

/**
 * Put 512 leaves that agree back together: those of the 2 MiB around @gfn, then, if that went well, of the 1 GiB. Only
 * P2M_RAM is merged. Returns 1 if it did: flush before the retired tables are used again.
 */
int p2m_merge(const struct p2m_tree *tree, uint64_t gfn);

/**
 * Visit leaves that are not P2M_ABSENT, in order, from *@gfn on and below @end. At most @budget entries are looked at,
 * absent ones too; *@gfn is then where to go on. @visit may return another type for the whole leaf, which is stored; a
 * leaf that reaches over an end of the range is visited whole if it begins before @end.
 * Returns 0 at the end of the range, -ERESTART when the budget is spent; *@flush is set if one entry allows less now.
 */
int p2m_visit(const struct p2m_tree *tree, uint64_t *gfn, uint64_t end, unsigned int budget,
              enum p2m_type (*visit)(void *opaque, uint64_t gfn, struct p2m_entry entry), void *opaque, bool *flush);

/**
 * Hand out all tables but the root, empty or not, at most @budget of them at a time. Returns 0 when none is left,
 * -ERESTART before. No CPU walks the tree any more.
 */
int p2m_tear_down(const struct p2m_tree *tree, unsigned int budget);

#endif
