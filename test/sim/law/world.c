/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The domains of the law and what they know: see world.h. Also the diary. */
#include "world.h"

#include "core/event/fifo.h"
#include "hv/log.h"
#include "pv/mm/types.h"

struct being being[BEINGS], zombie[ZOMBIES];
uint64_t chance_state, seed;
unsigned int depth;
struct args args[2];

/* --- The diary: what happened last, for whoever has to explain a failure. --- */

enum { DIARY = 24 };
static struct { unsigned long step; unsigned int depth; char text[100]; } diary[DIARY];
unsigned long step_number;
static unsigned long diary_next;
bool diary_kept;

void diary_note(const char *fmt, ...)
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

void diary_print(void)
{
    for (unsigned long i = diary_next < DIARY ? 0 : diary_next - DIARY; i < diary_next; i++)
        fprintf(stderr, "  step %lu%s %s\n", diary[i % DIARY].step, diary[i % DIARY].depth ? " (within)" : "",
                diary[i % DIARY].text);
    fprintf(stderr, "failed in step %lu; again: LAW_SEED=%lu LAW_STEPS=%lu build/sim/test/sim/test_law\n", step_number,
            (unsigned long)seed, step_number + 1);
}

/* --- What a long life must have seen to mean something. --- */

unsigned long seen[SEEN_KINDS];
const char *const seen_name[SEEN_KINDS] = {
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

struct being *being_of(const struct domain *d)
{
    for (unsigned int i = 0; i < BEINGS; i++)
        if (being[i].d == d)
            return &being[i];
    return NULL;
}

struct being *being_with_id(domid_t id)
{
    for (unsigned int i = 0; i < BEINGS; i++)
        if (being[i].d && being[i].d->id == id)
            return &being[i];
    return NULL;
}

struct being *someone(void)
{
    struct being *b = &being[pick(BEINGS)];
    return b->d ? b : &being[0];
}

struct being *someone_free(void)
{
    struct being *b = someone();
    return b->busy || b->dying ? NULL : b;
}

domid_t any_id(void)
{
    return one_in(12) ? (domid_t)(pick(2) ? DOMID_IO : pick(IDS)) : someone()->d->id;
}

/* --- Its frames --- */

void own_add(struct being *b, mfn_t m)
{
    static const char zero[PAGE_SIZE];
    if (!mfn_valid(m) || b->owns == OWN_MAX)
        panic("d%u was given frame %#lx", b->d->id, m.nr);
    if (memcmp(mfn_to_virt(m), zero, PAGE_SIZE))
        panic("frame %lu came to d%u with somebody's data in it", m.nr, b->d->id);
    *stamp_of(m) = stamp(b, m);
    b->own[b->owns++] = m;
}

int own_index(const struct being *b, uint64_t nr)
{
    for (unsigned int i = 0; i < b->owns; i++)
        if (b->own[i].nr == nr)
            return (int)i;
    return -1;
}

void own_remove(struct being *b, uint64_t nr)
{
    int i = own_index(b, nr);
    if (i < 0)
        panic("frame %lu was taken from d%u, who did not have it", nr, b->d->id);
    b->own[i] = b->own[--b->owns];
}

bool is_page_table(const struct frame *f)
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

uint64_t any_frame(const struct being *b)
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

void world_write_hold(struct domain *d, struct frame *f)
{
    struct being *b = being_of(d);
    if (b && is_table(d, f))
        b->overwritten = true;
}

bool events_in_tables(const struct domain *d)
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

unsigned int pick_slot(const struct being *b)
{
    return b == &being[0] ? SLOTS / 2 + pick(SLOTS / 2) : pick(SLOTS);
}

unsigned int pick_free_slot(const struct being *b)
{
    unsigned int slot = pick_slot(b);
    for (unsigned int i = 0; i < SLOTS && slot_entry(b, slot); i++)
        slot = pick_slot(b);
    return slot;
}

static bool entry_is_foreign(const struct being *b, uint64_t e)
{
    return (e & PTE_P) && mfn_valid(pte_mfn(e)) && frame_owner_id(mfn_to_frame(pte_mfn(e))) != b->d->id;
}

void foreign_maps_note(const struct being *b, struct foreign_maps *f)
{
    f->flushes = sim_counters.tlb_flushes;
    for (unsigned int i = 0; i < SLOTS; i++) {
        uint64_t e = slot_entry(b, i);
        f->entry[i] = entry_is_foreign(b, e) ? e : 0;
    }
}

void foreign_maps_check(const struct being *b, const struct foreign_maps *f)
{
    for (unsigned int i = 0; i < SLOTS; i++) {
        uint64_t e = slot_entry(b, i);
        if (f->entry[i] && (!(e & PTE_P) || !mfn_eq(pte_mfn(e), pte_mfn(f->entry[i]))) &&
            f->flushes == sim_counters.tlb_flushes)
            panic("d%u: a mapping of another's frame was removed without a flush", b->d->id);
    }
}
