/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A few domains on a machine with hardly enough memory, and what they know about themselves: which frames they were
 * given, what their page tables map, what their ports are bound to. The law (check.c) compares it with the
 * hypervisor's books; the steps (steps_*.c) change both.
 *
 * Everything is decided by one stream of random numbers, so a seed names a life.
 */
#ifndef TEST_LAW_WORLD_H
#define TEST_LAW_WORLD_H

#include "../sim_test.h"

#include "hv/domain.h"

#include "../support/guest_tables.h"

enum {
    RAM = 900,     /* frames: too few for all that the domains would like to have */
    BEINGS = 5,     /* domains that live at once; number 0 is the control domain and stays */
    ZOMBIES = 24,   /* domains that are dead but still mapped by others */
    IDS = 30,       /* domain ids that are used */
    OWN_MAX = 320,  /* frames that a domain may have */
    SLOTS = 24,     /* pages of address space for what belongs to others, in its page tables */
    NOTES = 24,     /* mappings that a domain remembers */
    REFS = 40,      /* grant entries in use; the others stay untouched */
    PORTS = 160,    /* more than one part of a reset closes */
    PIRQS = 80,
    SLOT_BASE = 0x100000,
    STAMP_AT = PAGE_SIZE - 8, /* where an owner signs its frames */
};

struct note { bool used; uint32_t handle; uint64_t host, dev; domid_t of; };
struct port_model { uint8_t state; domid_t remote; uint32_t port; };

struct being {
    struct domain *d;       /* we hold a reference; NULL: nobody */
    uint32_t serial;        /* no two beings ever have the same */
    bool dying, busy;       /* busy: in the middle of a call that changes its memory */
    mfn_t own[OWN_MAX];
    unsigned int owns;
    struct note note[NOTES];
    bool scribbled[REFS];   /* the guest wrote the entry while it was in use: its flags say nothing */
    bool overwritten;       /* a copy, or its events, went over its grant tables: nor do those of any entry */
    struct port_model port[PORTS];
};

extern struct being being[BEINGS], zombie[ZOMBIES];
extern uint64_t chance_state, seed;
extern unsigned int depth;  /* 1: a step within a call that is to be continued */

/* Where hypercall arguments lie, for each depth. */
struct args {
    uint64_t op[64];
    uint64_t list[2][64];
    struct multicall_entry list_of_calls[4];
} __attribute__((aligned(64)));

extern struct args args[2];

#define VA(object) ((uint64_t)(uintptr_t)(object))

static inline uint32_t pick(uint32_t n) { return (uint32_t)(sim_random(&chance_state) >> 16) % n; }
static inline bool one_in(uint32_t n) { return pick(n) == 0; }

/* --- The diary: what happened last, for whoever has to explain a failure. --- */

extern unsigned long step_number;
extern bool diary_kept; /* else there is no time for it */

/** A line of the diary, if it is kept. */
void __printf_like(1, 2) diary_note(const char *fmt, ...);
/** The last lines, and how to come here again, to standard error. */
void diary_print(void);

/* --- What a long life must have seen to mean something. --- */

enum seen { SEEN_POPULATE, SEEN_DECREASE, SEEN_EXCHANGE, SEEN_MAP, SEEN_UNMAP, SEEN_COPY, SEEN_VERSION, SEEN_SWAP,
            SEEN_CHANNEL, SEEN_EVENT, SEEN_FIFO, SEEN_VCPU_INFO, SEEN_CLAIM, SEEN_BIRTH, SEEN_NO_BIRTH, SEEN_DEATH,
            SEEN_MAPPED_DEAD, SEEN_RESTART, SEEN_ABANDONED, SEEN_CHANGED, SEEN_KILLED_THERE, SEEN_POLL, SEEN_NO_MEMORY,
            SEEN_MANY_MAPS, SEEN_KINDS };

extern unsigned long seen[SEEN_KINDS];
extern const char *const seen_name[SEEN_KINDS];

/* --- Beings --- */

/** Whose domain @d is; NULL: of none that lives. */
struct being *being_of(const struct domain *d);

struct being *being_with_id(domid_t id);

/** Any that exists, dying or not. */
struct being *someone(void);

/** A guest that is not in the middle of something that concerns its memory; NULL: not this time. */
struct being *someone_free(void);
/** Mostly the id of one that exists. */
domid_t any_id(void);

/* --- Its frames --- */

static inline uint64_t *stamp_of(mfn_t m) { return (uint64_t *)((char *)mfn_to_virt(m) + STAMP_AT); }
static inline uint64_t stamp(const struct being *b, mfn_t m) { return (uint64_t)b->serial << 32 | m.nr; }

/** The hypervisor says that @m is @b's now: nothing of anybody else's may be in it. */
void own_add(struct being *b, mfn_t m);
/** Where @b notes frame @nr; -1: it does not have it. */
int own_index(const struct being *b, uint64_t nr);
/** The hypervisor took frame @nr from @b, who must have had it. */
void own_remove(struct being *b, uint64_t nr);

/** Tables are the domain's own frames, but not what it was given to use. */
bool is_page_table(const struct frame *f);

/**
 * One of its frames, or nearly anything else. But no grant table: who writes there by a copy is not noted. And no page
 * table: who gives one up keeps it.
 */
uint64_t any_frame(const struct being *b);
/** Somebody took the frame @f of @d in order to write to it. */
void world_write_hold(struct domain *d, struct frame *f);

/** Where its events go: something will be written there again. */
bool events_in_tables(const struct domain *d);

/* --- Its page tables, which hold what they map --- */

static inline vaddr_t slot_va(unsigned int slot) { return SLOT_BASE + slot * PAGE_SIZE; }
static inline uint64_t slot_entry(const struct being *b, unsigned int slot)
{
    return guest_tables_entry(b->d, slot_va(slot));
}

/** The control domain's lower half is for what it maps as a control domain, everything else for grants. */
unsigned int pick_slot(const struct being *b);

/** Where there is nothing: what a guest overwrites, it cannot unmap by its handle any more. Any, if all are in use. */
unsigned int pick_free_slot(const struct being *b);

/* What @b maps of others, before and after a call: nothing of that goes without a flush of its CPUs. */
struct foreign_maps { uint64_t entry[SLOTS], flushes; };

void foreign_maps_note(const struct being *b, struct foreign_maps *f);
void foreign_maps_check(const struct being *b, const struct foreign_maps *f);

#endif
