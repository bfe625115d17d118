/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frame allocator: a buddy system over the frame table.
 *
 * Blocks are 2^order frames, naturally aligned. A free block is known by its first frame, which has FRAME_FREE and is
 * on one list of heap.list[zone][order][dirty]. The zone of a block is the number of bits of its last frame's number:
 * "every byte below 2^n" is then a choice among zones and never a search through a list. Addresses are given out from
 * the highest zone that the caller allows, so what few devices can reach is kept for them.
 *
 * What a guest used must be scrubbed before somebody else gets it. A small block is scrubbed by who frees it, without
 * the lock: memory is then clean before it is wanted, also where no CPU ever idles. What was there before us and large
 * blocks wait for an idle CPU. Each free frame that waits has FRAME_DIRTY, so a block is scrubbed exactly where it must
 * be, and dirty and clean buddies merge at once. The head of a block also holds `clean`, the number of frames from its
 * start that are known to be clean; a block is on the dirty list while that is less than its size. It is a lower bound,
 * which splitting and merging can keep without looking at the frames inside.
 *
 *   head->type = order | clean << 8
 *
 * A frame in use by the hypervisor has owner FRAME_OWNER_NONE and no references; a free one has owner 0 and none.
 */
#include "hv/heap.h"

#include "block.h"
#include "hv/compiler.h"
#include "hv/frame.h"
#include "hv/lock.h"
#include "hv/log.h"
#include "hv/softirq.h"

#define ZONES      33 /* frame numbers have at most 32 bits (struct frame's links) */
#define FREE_SCRUB_ORDER 3 /* what is scrubbed while it is freed: 32 KiB, a few microseconds */
#define SCRUB_ORDER 6 /* frames that an idle CPU takes out of circulation at once: 256 KiB */
#define SCRUB_WAIT  1000 /* how often an allocation that finds nothing looks again while somebody scrubs */

static struct {
    spinlock_t lock;
    uint64_t total, free, dirty; /* frames */
    uint64_t scrubbing;          /* frames that are free but with a scrubber just now */
    bool at_it;                  /* somebody scrubs */
    uint64_t zones;              /* bit z: the zone has a block */
    uint32_t orders[ZONES][2];   /* bit o: the list is not empty */
    uint32_t list[ZONES][HEAP_MAX_ORDER + 1][2];
} heap = { .lock = SPINLOCK_INIT(LOCK_HEAP) };

static unsigned int zone_of(uint64_t nr, unsigned int order)
{
    uint64_t last = nr | ((1ULL << order) - 1);
    return last ? 64 - (unsigned int)__builtin_clzll(last) : 0;
}

/* A block's frames [0, clean) are clean. */
static void block_insert(uint64_t nr, unsigned int order, uint64_t clean)
{
    struct frame *f = mfn_to_frame(mfn(nr));
    unsigned int zone = zone_of(nr, order);
    bool dirty = clean < 1ULL << order;
    uint32_t *head = &heap.list[zone][order][dirty];

    if (!heap.orders[zone][dirty])
        for (unsigned int o = 0; o <= HEAP_MAX_ORDER; o++)
            heap.list[zone][o][dirty] = FRAME_LINK_NONE; /* the first block of this zone: zeros are not empty lists */
    f->count |= FRAME_FREE;
    f->type = order | clean << 8;
    f->prev = FRAME_LINK_NONE;
    f->next = *head;
    if (f->next != FRAME_LINK_NONE)
        frame_table[f->next].prev = (uint32_t)nr;
    *head = (uint32_t)nr;
    heap.orders[zone][dirty] |= 1u << order;
    heap.zones |= 1ULL << zone;
}

/* The zone's list of this order and kind is empty now. */
static void zone_lost_order(unsigned int zone, unsigned int order, bool dirty)
{
    heap.orders[zone][dirty] &= ~(1u << order);
    if (!(heap.orders[zone][false] | heap.orders[zone][true]))
        heap.zones &= ~(1ULL << zone);
}

static void block_remove(uint64_t nr)
{
    struct frame *f = mfn_to_frame(mfn(nr));
    unsigned int order = block_order(f), zone = zone_of(nr, order);
    bool dirty = block_clean(f) < 1ULL << order;

    if (f->next != FRAME_LINK_NONE)
        frame_table[f->next].prev = f->prev;
    if (f->prev != FRAME_LINK_NONE)
        frame_table[f->prev].next = f->next;
    else
        heap.list[zone][order][dirty] = f->next;
    if (heap.list[zone][order][dirty] == FRAME_LINK_NONE)
        zone_lost_order(zone, order, dirty);
    f->count &= ~FRAME_FREE;
}

/* Joins the block with its buddy for as long as that is free, too. */
static void block_merge_in(uint64_t nr, unsigned int order, uint64_t clean)
{
    for (; order < HEAP_MAX_ORDER; order++) {
        uint64_t size = 1ULL << order, buddy = nr ^ size;
        struct frame *b = mfn_to_frame(mfn(buddy));

        if (!mfn_valid(mfn(buddy)) || !(b->count & FRAME_FREE) || block_order(b) != order)
            break;
        uint64_t buddy_clean = block_clean(b);
        block_remove(buddy);
        uint64_t low = buddy < nr ? buddy_clean : clean, high = buddy < nr ? clean : buddy_clean;
        clean = low < size ? low : size + high;
        nr &= ~size;
    }
    block_insert(nr, order, clean);
}

/* Takes the block @nr off its list and cuts it down to the part of order @order that holds frame @keep. */
static void block_cut(uint64_t nr, unsigned int order, uint64_t keep)
{
    struct frame *f = mfn_to_frame(mfn(nr));
    unsigned int o = block_order(f);
    uint64_t clean = block_clean(f);

    block_remove(nr);
    while (o > order) {
        uint64_t half = 1ULL << --o;
        uint64_t low = MIN(clean, half), high = clean > half ? clean - half : 0;
        bool upper = keep & half;
        block_insert(upper ? nr : nr + half, o, upper ? low : high);
        clean = upper ? high : low;
        nr += upper ? half : 0;
    }
}

/* The smallest block that serves, from the highest zone; a clean one if the zone has any. FRAME_LINK_NONE: none. */
static uint32_t block_find(unsigned int order, unsigned int zone_limit)
{
    uint64_t zones = heap.zones & ((2ULL << zone_limit) - 1);

    while (zones) {
        unsigned int zone = 63 - (unsigned int)__builtin_clzll(zones);
        for (unsigned int dirty = 0; dirty < 2; dirty++) {
            uint32_t fit = heap.orders[zone][dirty] & ~((1u << order) - 1);
            if (fit)
                return heap.list[zone][__builtin_ctz(fit)][dirty];
        }
        zones &= ~(1ULL << zone);
    }
    return FRAME_LINK_NONE;
}

static uint64_t count_dirty(uint64_t nr, uint64_t frames)
{
    uint64_t n = 0;
    for (uint64_t i = 0; i < frames; i++)
        n += !!(mfn_to_frame(mfn(nr + i))->count & FRAME_DIRTY);
    return n;
}

/* The block is nobody's yet: no lock is needed to make it the caller's, who is about to use it. */
static void prepare_frames(uint64_t nr, uint64_t frames, bool zero)
{
    for (uint64_t i = 0; i < frames; i++) {
        struct frame *f = mfn_to_frame(mfn(nr + i));
        if (zero || (f->count & FRAME_DIRTY))
            memset(mfn_to_virt(mfn(nr + i)), 0, PAGE_SIZE);
        f->type = 0;
        __atomic_store_n(&f->count, (uint64_t)FRAME_OWNER_NONE << FRAME_OWNER_SHIFT, __ATOMIC_RELEASE);
    }
}

/* Takes a block off the lists. @busy: a scrubber holds free frames that are not on a list. */
static uint32_t block_take(unsigned int order, unsigned int zone_limit, bool *busy)
{
    uint64_t size = 1ULL << order;
    irqflags_t irq = spin_lock_irqsave(&heap.lock);

    uint32_t nr = block_find(order, zone_limit);
    if (nr != FRAME_LINK_NONE) {
        bool dirty = block_clean(mfn_to_frame(mfn(nr))) < size;
        block_cut(nr, order, nr);
        heap.free -= size;
        heap.dirty -= dirty ? count_dirty(nr, size) : 0;
    }
    *busy = heap.scrubbing;
    spin_unlock_irqrestore(&heap.lock, irq);
    return nr;
}

mfn_t heap_alloc(unsigned int order, unsigned int flags)
{
    unsigned int bits = HEAP_ADDR_BITS_OF(flags), zone_limit = ZONES - 1;

    if (order > HEAP_MAX_ORDER || (bits && bits < PAGE_SHIFT))
        return MFN_NONE;
    if (bits)
        zone_limit = MIN(bits - PAGE_SHIFT, zone_limit);

    bool busy = true;
    uint32_t nr = FRAME_LINK_NONE;
    for (unsigned int tries = 0; nr == FRAME_LINK_NONE && busy && tries < SCRUB_WAIT; tries++) {
        if (tries)
            cpu_relax();
        nr = block_take(order, zone_limit, &busy);
    }
    if (nr == FRAME_LINK_NONE)
        return MFN_NONE;
    prepare_frames(nr, 1ULL << order, flags & HEAP_ZERO);
    return mfn(nr);
}

static void free_block(uint64_t nr, unsigned int order, uint64_t dirty_frames)
{
    uint64_t size = 1ULL << order;

    irqflags_t irq = spin_lock_irqsave(&heap.lock);
    heap.free += size;
    heap.dirty += dirty_frames;
    block_merge_in(nr, order, dirty_frames ? 0 : size);
    spin_unlock_irqrestore(&heap.lock, irq);
}

void heap_free(mfn_t first, unsigned int order, bool dirty)
{
    uint64_t size = 1ULL << order;
    bool now = order <= FREE_SCRUB_ORDER;

    BUG_ON(order > HEAP_MAX_ORDER || (first.nr & (size - 1)));
    for (uint64_t i = 0; i < size; i++) {
        struct frame *f = mfn_to_frame(mfn(first.nr + i));
        BUG_ON(f->count != (uint64_t)FRAME_OWNER_NONE << FRAME_OWNER_SHIFT); /* free already, or referenced */
        if (dirty && now)
            arch_scrub_page(mfn_to_virt(mfn(first.nr + i)));
        f->type = 0;
        f->count = dirty && !now ? FRAME_DIRTY : 0;
    }
    free_block(first.nr, order, dirty && !now ? size : 0);
}

/* The largest aligned block that starts at @nr and ends by @end. */
static unsigned int order_at(uint64_t nr, uint64_t end)
{
    unsigned int order = HEAP_MAX_ORDER;
    while ((nr & ((1ULL << order) - 1)) || nr + (1ULL << order) > end)
        order--;
    return order;
}

void heap_free_range(mfn_t first, uint64_t nr, bool dirty)
{
    uint64_t at = first.nr, end = first.nr + nr;

    while (at < end) {
        unsigned int order = order_at(at, end);
        heap_free(mfn(at), order, dirty);
        at += 1ULL << order;
    }
}

void heap_run_add(struct heap_run *run, mfn_t m)
{
    if (run->nr && run->first + run->nr != m.nr)
        heap_run_flush(run);
    if (!run->nr)
        run->first = m.nr;
    if (!run->scrub_later)
        arch_scrub_page(mfn_to_virt(m));
    run->nr++;
}

void heap_run_flush(struct heap_run *run)
{
    heap_free_range(mfn(run->first), run->nr, run->scrub_later);
    run->nr = 0;
}

void heap_add(mfn_t start, mfn_t end)
{
    uint64_t nr = start.nr ? start.nr : 1; /* frame 0 stays out: a zero is "nothing" in too many places */

    BUG_ON(end.nr > FRAME_LINK_NONE);
    while (nr < end.nr) {
        unsigned int order = order_at(nr, end.nr);
        struct frame *f = mfn_to_frame(mfn(nr));
        f->count = f->type = 0;
        heap.total += 1ULL << order;
        free_block(nr, order, 0);
        nr += 1ULL << order;
    }
}

static void block_taint(uint64_t nr)
{
    unsigned int order = block_order(mfn_to_frame(mfn(nr)));

    block_remove(nr);
    for (uint64_t i = 0; i < 1ULL << order; i++)
        mfn_to_frame(mfn(nr + i))->count |= FRAME_DIRTY;
    heap.dirty += 1ULL << order;
    block_insert(nr, order, 0);
}

void heap_taint(void)
{
    irqflags_t irq = spin_lock_irqsave(&heap.lock);
    for (unsigned int zone = 0; zone < ZONES; zone++)
        while (heap.orders[zone][false])
            block_taint(heap.list[zone][__builtin_ctz(heap.orders[zone][false])][false]);
    spin_unlock_irqrestore(&heap.lock, irq);
}

uint64_t heap_free_frames(void) { return READ_ONCE(heap.free); }
uint64_t heap_total_frames(void) { return READ_ONCE(heap.total); }
uint64_t heap_dirty_frames(void) { return READ_ONCE(heap.dirty); }

/* Cuts out the piece with the first frame of a dirty block that is not known to be clean. */
static bool scrub_take(uint64_t *nr, unsigned int *order)
{
    for (unsigned int zone = ZONES; zone-- > 0;) {
        uint32_t orders = heap.orders[zone][true];
        if (!orders)
            continue;
        uint32_t head = heap.list[zone][31 - __builtin_clz(orders)][true];
        struct frame *f = mfn_to_frame(mfn(head));
        uint64_t keep = head + block_clean(f);
        *order = MIN(block_order(f), SCRUB_ORDER);
        *nr = keep & ~((1ULL << *order) - 1);
        block_cut(head, *order, keep);
        return true;
    }
    return false;
}

/* Scrubs frames of [@nr, @nr + @frames) until the CPU has other work. How many are clean now, @scrubbed of them new. */
static uint64_t scrub_frames(uint64_t nr, uint64_t frames, uint64_t *scrubbed)
{
    uint64_t i;

    for (i = 0; i < frames && !(*scrubbed && softirq_pending()); i++) {
        struct frame *f = mfn_to_frame(mfn(nr + i));
        if (!(f->count & FRAME_DIRTY))
            continue;
        arch_scrub_page(mfn_to_virt(mfn(nr + i)));
        f->count = 0;
        ++*scrubbed;
    }
    return i;
}

static bool scrub_piece(void)
{
    uint64_t nr, scrubbed = 0;
    unsigned int order;
    irqflags_t irq = spin_lock_irqsave(&heap.lock);
    bool took = heap.dirty && scrub_take(&nr, &order);
    if (took)
        heap.scrubbing += 1ULL << order;
    spin_unlock_irqrestore(&heap.lock, irq);
    if (!took)
        return false;

    uint64_t clean = scrub_frames(nr, 1ULL << order, &scrubbed);
    irq = spin_lock_irqsave(&heap.lock);
    heap.dirty -= scrubbed;
    heap.scrubbing -= 1ULL << order;
    block_merge_in(nr, order, clean);
    spin_unlock_irqrestore(&heap.lock, irq);
    return READ_ONCE(heap.dirty);
}

/* One CPU at a time: more stand in the way of who allocates, above all where an outer hypervisor takes CPUs away. */
bool heap_scrub_some(void)
{
    bool more;

    /* Nothing to do, or what an unlucky race leaves for the next time. */
    if (!READ_ONCE(heap.dirty) || __atomic_exchange_n(&heap.at_it, true, __ATOMIC_ACQUIRE))
        return false;
    more = scrub_piece();
    __atomic_store_n(&heap.at_it, false, __ATOMIC_RELEASE);
    return more;
}

void *hv_alloc_pages(unsigned int order)
{
    mfn_t m = heap_alloc(order, HEAP_ZERO);
    return mfn_eq(m, MFN_NONE) ? NULL : mfn_to_virt(m);
}

/* Ours may hold copies of what is a guest's. */
void hv_free_pages(void *p, unsigned int order) { heap_free(virt_to_mfn(p), order, true); }
