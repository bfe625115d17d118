/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A few domains on a machine with hardly enough memory, and what they know about themselves: which frames they were
 * given, what their page tables map, what their ports are bound to. The law (law_check.h) compares it with the
 * hypervisor's books; the steps (law_steps_*.h) change both.
 *
 * Everything is decided by one stream of random numbers, so a seed names a life.
 */
#ifndef TEST_LAW_WORLD_H
#define TEST_LAW_WORLD_H

#include "sim_test.h"

#include "base/bitmap.h"
#include "core/event/fifo.h"
#include "core/grant/grant.h"
#include "hv/claim.h"
#include "hv/heap.h"
#include "hv/hypercall.h"
#include "hv/log.h"
#include "hv/softirq.h"
#include "hv/toolstack.h"
#include "pv/mm/types.h"
#include "support/guest_tables.h"

#include <hypercall_handlers.h>

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

static struct being being[BEINGS], zombie[ZOMBIES];
static uint64_t chance_state, seed;
static unsigned int depth;  /* 1: a step within a call that is to be continued */

/* Where hypercall arguments lie, for each depth. */
static struct args {
    uint64_t op[64];
    uint64_t list[2][64];
    struct multicall_entry list_of_calls[4];
} args[2] __attribute__((aligned(64)));
#define VA(object) ((uint64_t)(uintptr_t)(object))

static uint32_t pick(uint32_t n) { return (uint32_t)(sim_random(&chance_state) >> 16) % n; }
static bool one_in(uint32_t n) { return pick(n) == 0; }

/* --- The diary: what happened last, for whoever has to explain a failure. --- */

enum { DIARY = 24 };
static struct { unsigned long step; unsigned int depth; char text[100]; } diary[DIARY];
static unsigned long step_number, diary_next;
static bool diary_kept; /* else there is no time for it */

static void __printf_like(1, 2) diary_note(const char *fmt, ...)
{
    if (!diary_kept)
        return;
    va_list list;
    va_start(list, fmt);
    diary[diary_next % DIARY].step = step_number;
    diary[diary_next % DIARY].depth = depth;
    vsnprintf(diary[diary_next++ % DIARY].text, sizeof(diary[0].text), fmt, list);
    va_end(list);
}

static void diary_print(void)
{
    for (unsigned long i = diary_next < DIARY ? 0 : diary_next - DIARY; i < diary_next; i++)
        fprintf(stderr, "  step %lu%s %s\n", diary[i % DIARY].step, diary[i % DIARY].depth ? " (within)" : "",
                diary[i % DIARY].text);
    fprintf(stderr, "failed in step %lu; again: LAW_SEED=%lu LAW_STEPS=%lu build/sim/test/sim/test_law\n", step_number,
            (unsigned long)seed, step_number + 1);
}

/* --- What a long life must have seen to mean something. --- */

enum seen { SEEN_POPULATE, SEEN_DECREASE, SEEN_EXCHANGE, SEEN_MAP, SEEN_UNMAP, SEEN_COPY, SEEN_VERSION, SEEN_SWAP,
            SEEN_CHANNEL, SEEN_EVENT, SEEN_FIFO, SEEN_VCPU_INFO, SEEN_CLAIM, SEEN_BIRTH, SEEN_NO_BIRTH, SEEN_DEATH,
            SEEN_MAPPED_DEAD, SEEN_RESTART, SEEN_ABANDONED, SEEN_CHANGED, SEEN_KILLED_THERE, SEEN_POLL, SEEN_NO_MEMORY,
            SEEN_MANY_MAPS, SEEN_KINDS };
static unsigned long seen[SEEN_KINDS];
static const char *const seen_name[SEEN_KINDS] = {
    [SEEN_POPULATE] = "populations", [SEEN_DECREASE] = "decreases", [SEEN_EXCHANGE] = "exchanges", [SEEN_MAP] = "maps",
    [SEEN_UNMAP] = "unmaps", [SEEN_COPY] = "copies", [SEEN_VERSION] = "versions changed", [SEEN_SWAP] = "swaps",
    [SEEN_CHANNEL] = "channels", [SEEN_EVENT] = "events", [SEEN_FIFO] = "FIFO set-ups", [SEEN_VCPU_INFO] = "vCPU areas",
    [SEEN_CLAIM] = "claims", [SEEN_BIRTH] = "births", [SEEN_NO_BIRTH] = "births without memory",
    [SEEN_DEATH] = "deaths", [SEEN_MAPPED_DEAD] = "dead but mapped", [SEEN_RESTART] = "times a call gave way",
    [SEEN_ABANDONED] = "abandoned", [SEEN_CHANGED] = "changed", [SEEN_KILLED_THERE] = "killed there",
    [SEEN_POLL] = "polls", [SEEN_MANY_MAPS] = "many maps",
    [SEEN_NO_MEMORY] = "times without memory",
};

/* --- Beings --- */

static struct being *being_of(const struct domain *d)
{
    for (unsigned int i = 0; i < BEINGS; i++)
        if (being[i].d == d)
            return &being[i];
    return NULL;
}

static struct being *being_with_id(domid_t id)
{
    for (unsigned int i = 0; i < BEINGS; i++)
        if (being[i].d && being[i].d->id == id)
            return &being[i];
    return NULL;
}

/** Any that exists, dying or not. */
static struct being *someone(void)
{
    struct being *b = &being[pick(BEINGS)];
    return b->d ? b : &being[0];
}

/** A guest that is not in the middle of something that concerns its memory; NULL: not this time. */
static struct being *someone_free(void)
{
    struct being *b = someone();
    return b->busy || b->dying ? NULL : b;
}

static domid_t any_id(void)
{
    return one_in(12) ? (domid_t)(pick(2) ? DOMID_IO : pick(IDS)) : someone()->d->id;
}

/* --- Its frames --- */

static uint64_t *stamp_of(mfn_t m) { return (uint64_t *)((char *)mfn_to_virt(m) + STAMP_AT); }
static uint64_t stamp(const struct being *b, mfn_t m) { return (uint64_t)b->serial << 32 | m.nr; }

/** The hypervisor says that @m is @b's now: nothing of anybody else's may be in it. */
static void own_add(struct being *b, mfn_t m)
{
    static const char zero[PAGE_SIZE];
    if (!mfn_valid(m) || b->owns == OWN_MAX)
        panic("d%u was given frame %#lx", b->d->id, m.nr);
    if (memcmp(mfn_to_virt(m), zero, PAGE_SIZE))
        panic("frame %lu came to d%u with somebody's data in it", m.nr, b->d->id);
    *stamp_of(m) = stamp(b, m);
    b->own[b->owns++] = m;
}

static int own_index(const struct being *b, uint64_t nr)
{
    for (unsigned int i = 0; i < b->owns; i++)
        if (b->own[i].nr == nr)
            return (int)i;
    return -1;
}

static void own_remove(struct being *b, uint64_t nr)
{
    int i = own_index(b, nr);
    if (i < 0)
        panic("frame %lu was taken from d%u, who did not have it", nr, b->d->id);
    b->own[i] = b->own[--b->owns];
}

/** Tables are the domain's own frames, but not what it was given to use. */
static bool is_page_table(const struct frame *f)
{
    uint64_t w = ftw_load(f);
    return ft_is_table(ftw_type(w)) && (w & (FTW_VALID | FTW_PARTIAL));
}

static uint64_t some_number(const struct being *b)
{
    const struct being *other = someone();
    uint64_t any = pick(RAM + 8);
    switch (pick(16)) {
    case 0: return any < RAM && (frame_table[any].count & FRAME_HV) ? 0 : any;
    case 1: return other->owns ? other->own[pick(other->owns)].nr : 0;
    case 2: return virt_to_mfn(b->d->shared_info).nr;
    case 3: return 1ULL << pick(64);
    default: return b->owns ? b->own[pick(b->owns)].nr : 0;
    }
}

/**
 * One of its frames, or nearly anything else. But no grant table: who writes there by a copy is not noted. And no page
 * table: who gives one up keeps it.
 */
static uint64_t any_frame(const struct being *b)
{
    uint64_t nr = some_number(b);
    return nr < RAM && is_page_table(&frame_table[nr]) ? 0 : nr;
}

/*
 * The tables of grants are frames of the domain's, too: it may name them in an entry, as where its events go, or as
 * what is copied to, even before they are tables, and what is in them then is its own work.
 */
static bool is_table(const struct domain *d, const struct frame *f)
{
    return (f->count & FRAME_HV) && frame_to_mfn(f).nr != virt_to_mfn(d->shared_info).nr;
}

static void world_write_hold(struct domain *d, struct frame *f)
{
    struct being *b = being_of(d);
    if (b && is_table(d, f))
        b->overwritten = true;
}

/** Where its events go: something will be written there again. */
static bool events_in_tables(const struct domain *d)
{
    struct vcpu *v;
    bool found = false;
    for_each_vcpu(d, v) {
        found |= !mfn_eq(v->info_mfn, MFN_NONE) && is_table(d, mfn_to_frame(v->info_mfn));
        found |= v->fifo && is_table(d, v->fifo->frame);
    }
    for (uint32_t i = 0; d->events.fifo && i < d->events.fifo->pages; i++)
        found |= is_table(d, d->events.fifo->frame[i]);
    return found;
}

/* --- Its page tables, which hold what they map --- */

static vaddr_t slot_va(unsigned int slot) { return SLOT_BASE + slot * PAGE_SIZE; }
static uint64_t slot_entry(const struct being *b, unsigned int slot) { return guest_tables_entry(b->d, slot_va(slot)); }

/** The control domain's lower half is for what it maps as a control domain, everything else for grants. */
static unsigned int pick_slot(const struct being *b)
{
    return b == &being[0] ? SLOTS / 2 + pick(SLOTS / 2) : pick(SLOTS);
}

/** Where there is nothing: what a guest overwrites, it cannot unmap by its handle any more. Any, if all are in use. */
static unsigned int pick_free_slot(const struct being *b)
{
    unsigned int slot = pick_slot(b);
    for (unsigned int i = 0; i < SLOTS && slot_entry(b, slot); i++)
        slot = pick_slot(b);
    return slot;
}

/* What @b maps of others, before and after a call: nothing of that goes without a flush of its CPUs. */
struct foreign_maps { uint64_t entry[SLOTS], flushes; };

static bool entry_is_foreign(const struct being *b, uint64_t e)
{
    return (e & PTE_P) && mfn_valid(pte_mfn(e)) && frame_owner_id(mfn_to_frame(pte_mfn(e))) != b->d->id;
}

static void foreign_maps_note(const struct being *b, struct foreign_maps *f)
{
    f->flushes = sim_counters.tlb_flushes;
    for (unsigned int i = 0; i < SLOTS; i++) {
        uint64_t e = slot_entry(b, i);
        f->entry[i] = entry_is_foreign(b, e) ? e : 0;
    }
}

static void foreign_maps_check(const struct being *b, const struct foreign_maps *f)
{
    for (unsigned int i = 0; i < SLOTS; i++) {
        uint64_t e = slot_entry(b, i);
        if (f->entry[i] && (!(e & PTE_P) || !mfn_eq(pte_mfn(e), pte_mfn(f->entry[i]))) &&
            f->flushes == sim_counters.tlb_flushes)
            panic("d%u: a mapping of another's frame was removed without a flush", b->d->id);
    }
}

#endif
