/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects smaller than a page. Each page holds objects of one size class; all that is known about the page stands in
 * its frame table entry, so a page is all objects and hv_free() finds the class from the address alone:
 *
 *   frame->type   kind (class number + 1, or LARGE), objects in use, number of the first free object
 *   frame->links  the class's list of pages that have a free object
 *
 * A free object's first word is the number of the next free one. In debug builds the second is a mark that says "free",
 * by which a double free and a write after free are found.
 *
 * Objects above half a page get pages of their own, and what is over of the power of two goes back.
 */
#include "hv/frame.h"
#include "hv/heap.h"
#include "hv/lock.h"
#include "hv/log.h"

static const uint16_t class_size[] = { 16, 32, 48, 64, 128, 192, 256, 320, 448, 576, 768, 1024, 1344, 2048 };
#define CLASSES      ARRAY_SIZE(class_size)
#define OBJECT_MAX   2048
#define KIND_LARGE   0xff
#define NO_OBJECT    0xffffu
#define FREE_MARK    0x66726565206d656dULL
#define LARGE_MAX    (1ULL << (HEAP_MAX_ORDER + PAGE_SHIFT))

struct free_object { uint64_t next, mark; };

static struct slab_class {
    spinlock_t lock;
    struct frame_list partial;
} slab[CLASSES] = { [0 ... CLASSES - 1] = { SPINLOCK_INIT(LOCK_SLAB), FRAME_LIST_EMPTY } };

/* type: bits 0-7 kind, 8-23 in use, 24-39 first free. For LARGE, bits 8-63 are the pages. */
static uint64_t slab_word(unsigned int kind, unsigned int used, unsigned int first)
{
    return kind | (uint64_t)used << 8 | (uint64_t)first << 24;
}
static unsigned int slab_kind(const struct frame *f) { return f->type & 0xff; }
static unsigned int slab_used(const struct frame *f) { return f->type >> 8 & 0xffff; }
static unsigned int slab_first(const struct frame *f) { return f->type >> 24 & 0xffff; }

static unsigned int class_of(size_t size)
{
    unsigned int c = 0;
    while (class_size[c] < size)
        c++;
    return c;
}
static unsigned int class_objects(unsigned int c) { return PAGE_SIZE / class_size[c]; }

static struct free_object *object_at(const struct frame *f, unsigned int c, unsigned int index)
{
    return (struct free_object *)((char *)mfn_to_virt(frame_to_mfn(f)) + index * class_size[c]);
}

static void object_mark_free(struct free_object *o, unsigned int next)
{
    o->next = next;
    o->mark = FREE_MARK ^ (uint64_t)o;
}

static struct frame *slab_page_create(unsigned int c)
{
    mfn_t m = heap_alloc(0, 0);
    if (mfn_eq(m, MFN_NONE))
        return NULL;
    struct frame *f = mfn_to_frame(m);
    unsigned int n = class_objects(c);
    for (unsigned int i = 0; i < n; i++)
        object_mark_free(object_at(f, c, i), i + 1 < n ? i + 1 : NO_OBJECT);
    f->type = slab_word(c + 1, 0, 0);
    return f;
}

static void *object_take(struct slab_class *s, unsigned int c, struct frame *f)
{
    struct free_object *o = object_at(f, c, slab_first(f));

    ASSERT(o->mark == (FREE_MARK ^ (uint64_t)o)); /* else somebody wrote to it after it was freed */
    unsigned int next = (unsigned int)o->next;
    f->type = slab_word(c + 1, slab_used(f) + 1, next);
    if (next == NO_OBJECT)
        frame_list_del(&s->partial, f);
    return o;
}

static void *small_alloc(size_t size)
{
    unsigned int c = class_of(size);
    struct slab_class *s = &slab[c];
    void *p = NULL;

    irqflags_t irq = spin_lock_irqsave(&s->lock);
    struct frame *f = frame_list_first(&s->partial);
    if (f)
        p = object_take(s, c, f);
    spin_unlock_irqrestore(&s->lock, irq);
    if (!p) {
        f = slab_page_create(c); /* without the lock: LOCK_HEAP is below ours */
        if (!f)
            return NULL;
        irq = spin_lock_irqsave(&s->lock);
        frame_list_add_tail(&s->partial, f);
        p = object_take(s, c, f);
        spin_unlock_irqrestore(&s->lock, irq);
    }
    return memset(p, 0, class_size[c]);
}

/* An empty page goes back at once: what is free then depends on what is alive alone, and not on what was before. */
static void small_free(struct frame *f, void *p)
{
    unsigned int c = slab_kind(f) - 1, index = (unsigned int)((uint64_t)p % PAGE_SIZE) / class_size[c];
    struct slab_class *s = &slab[c];
    struct free_object *o = object_at(f, c, index);
    bool empty;

    BUG_ON(o != p);
    irqflags_t irq = spin_lock_irqsave(&s->lock);
    ASSERT(o->mark != (FREE_MARK ^ (uint64_t)o)); /* else it is free already */
    bool was_full = slab_first(f) == NO_OBJECT;
    object_mark_free(o, slab_first(f));
    f->type = slab_word(c + 1, slab_used(f) - 1, index);
    if (was_full)
        frame_list_add_tail(&s->partial, f);
    empty = !slab_used(f);
    if (empty)
        frame_list_del(&s->partial, f);
    spin_unlock_irqrestore(&s->lock, irq);
    if (empty)
        heap_free(frame_to_mfn(f), 0, true);
}

static void *large_alloc(size_t size)
{
    uint64_t pages = (size + PAGE_SIZE - 1) >> PAGE_SHIFT;
    unsigned int order = 0;
    while ((1ULL << order) < pages)
        order++;
    void *p = hv_alloc_pages(order);
    if (!p)
        return NULL;
    mfn_t m = virt_to_mfn(p);
    heap_free_range(mfn_add(m, pages), (1ULL << order) - pages, false); /* nothing was there */
    mfn_to_frame(m)->type = KIND_LARGE | pages << 8;
    return p;
}

void *hv_zalloc(size_t size)
{
    if (!size || size > LARGE_MAX)
        return NULL;
    return size <= OBJECT_MAX ? small_alloc(size) : large_alloc(size);
}

void *hv_zalloc_array(size_t nr, size_t size)
{
    size_t bytes;
    return __builtin_mul_overflow(nr, size, &bytes) ? NULL : hv_zalloc(bytes);
}

void hv_free(void *p)
{
    if (!p)
        return;
    struct frame *f = mfn_to_frame(virt_to_mfn(p));
    unsigned int kind = slab_kind(f);

    if (kind == KIND_LARGE) {
        BUG_ON((uint64_t)p % PAGE_SIZE);
        heap_free_range(frame_to_mfn(f), f->type >> 8, true);
    } else {
        BUG_ON(!kind || kind > CLASSES); /* not from hv_zalloc(), or its page went back */
        small_free(f, p);
    }
}
