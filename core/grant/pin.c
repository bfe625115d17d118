/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pins. The first pin of an entry decides what it means: the flags and the grantee are checked and the "in use" bits
 * set in one step that the guest cannot split, then the rest is read. Version 1 has flags and grantee in one word, so
 * one compare-and-exchange does it. Version 2 has the bits in another page: they are set first, and the entry is
 * looked at afterwards; a guest that revokes looks in the opposite order, so one of the two notices. What the entry is
 * (whole page, part, transitive) is taken from the flags that were checked, and from no later look.
 */
#include "core/grant/grant.h"
#include "hv/log.h"

#define PIN_TRIES 8 /* against a guest that changes the entry all the time */

#define PIN_FLAGS(readonly) ((uint16_t)((readonly) ? GTF_reading : GTF_reading | GTF_writing))

static struct grant_entry_v1 *entry_v1(struct grant_table *gt, uint32_t ref)
{
    return &((struct grant_entry_v1 *)gt->shared[ref / ENTRIES_V1])[ref % ENTRIES_V1];
}

static union grant_entry_v2 *entry_v2(struct grant_table *gt, uint32_t ref)
{
    return &((union grant_entry_v2 *)gt->shared[ref / ENTRIES_V2])[ref % ENTRIES_V2];
}

/* Where the "in use" bits of @ref are. */
static uint16_t *entry_use(struct grant_table *gt, uint32_t ref)
{
    return gt->version == 2 ? &gt->status[ref / ENTRIES_STATUS][ref % ENTRIES_STATUS] : &entry_v1(gt, ref)->flags;
}

/* @word is flags and grantee as one little-endian word. */
static bool entry_permits(const struct grant_table *gt, uint32_t word, const struct grant_wish *w)
{
    uint16_t type = (uint16_t)word & GTF_type_mask;
    bool right = type == GTF_permit_access || (type == GTF_transitive && gt->version == 2 && w->use != GRANT_MAP);
    return right && (word >> 16) == w->user && (w->readonly || !(word & GTF_readonly));
}

static int mark_v1(struct grant_table *gt, uint32_t ref, const struct grant_wish *w, uint16_t *flags)
{
    uint32_t *word = (uint32_t *)entry_v1(gt, ref);
    uint32_t now = __atomic_load_n(word, __ATOMIC_SEQ_CST);
    for (unsigned int i = 0; i < PIN_TRIES; i++) {
        if (!entry_permits(gt, now, w))
            return GNTST_general_error;
        *flags = (uint16_t)now;
        if (__atomic_compare_exchange_n(word, &now, now | PIN_FLAGS(w->readonly), false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_SEQ_CST))
            return GNTST_okay;
    }
    return GNTST_general_error;
}

static void unmark(struct grant_table *gt, uint32_t ref, uint16_t flags)
{
    __atomic_fetch_and(entry_use(gt, ref), (uint16_t)~flags, __ATOMIC_SEQ_CST);
}

static int mark_v2(struct grant_table *gt, uint32_t ref, const struct grant_wish *w, uint16_t *flags)
{
    __atomic_fetch_or(entry_use(gt, ref), PIN_FLAGS(w->readonly), __ATOMIC_SEQ_CST);
    uint32_t word = __atomic_load_n((uint32_t *)entry_v2(gt, ref), __ATOMIC_SEQ_CST);
    *flags = (uint16_t)word;
    if (entry_permits(gt, word, w))
        return GNTST_okay;
    const struct grant_active *a = grant_active_of(gt, ref);
    unmark(gt, ref, a->readers || a->writers ? GTF_writing : GTF_reading | GTF_writing);
    return GNTST_general_error;
}

static int entry_mark(struct grant_table *gt, uint32_t ref, const struct grant_wish *w, uint16_t *flags)
{
    return gt->version == 2 ? mark_v2(gt, ref, w, flags) : mark_v1(gt, ref, w, flags);
}

static void entry_read_v2(struct grant_table *gt, uint32_t ref, uint16_t flags, struct grant_active *a)
{
    union grant_entry_v2 *e = entry_v2(gt, ref);
    if ((flags & GTF_type_mask) == GTF_transitive) {
        a->transitive = true;
        a->via = __atomic_load_n(&e->transitive.trans_domid, __ATOMIC_SEQ_CST);
        a->via_ref = __atomic_load_n(&e->transitive.gref, __ATOMIC_SEQ_CST);
        return;
    }
    a->gfn = __atomic_load_n(&e->full_page.frame, __ATOMIC_SEQ_CST);
    if (flags & GTF_sub_page) {
        a->offset = __atomic_load_n(&e->sub_page.page_off, __ATOMIC_SEQ_CST);
        a->length = __atomic_load_n(&e->sub_page.length, __ATOMIC_SEQ_CST);
    }
}

/* Reads the rest of a marked entry. False: a part of a page that is no part of it, or one entry too far. */
static bool entry_read(struct grant_table *gt, uint32_t ref, uint16_t flags, const struct grant_wish *w)
{
    struct grant_active *a = grant_active_of(gt, ref);
    *a = (struct grant_active){ .length = PAGE_SIZE, .domid = w->user };
    if (gt->version == 1)
        a->gfn = __atomic_load_n(&entry_v1(gt, ref)->frame, __ATOMIC_SEQ_CST);
    else
        entry_read_v2(gt, ref, flags, a);
    return (uint32_t)a->offset + a->length <= PAGE_SIZE && !(a->transitive && w->use == GRANT_COPY_VIA);
}

/* Nobody uses the entry yet. */
static int pin_first(struct grant_table *gt, uint32_t ref, const struct grant_wish *w)
{
    struct grant_active *a = grant_active_of(gt, ref);
    uint16_t flags;
    int status = entry_mark(gt, ref, w, &flags);
    if (status != GNTST_okay)
        return status;
    if (!entry_read(gt, ref, flags, w))
        status = GNTST_general_error;
    else if (!a->transitive && !(a->frame = arch_guest_frame_get(gt->domain, gfn(a->gfn), false)))
        status = GNTST_bad_page;
    if (status != GNTST_okay)
        unmark(gt, ref, PIN_FLAGS(false));
    return status;
}

/* Others have it; what it means is known. A first writer still needs the guest's consent. */
static int pin_again(struct grant_table *gt, uint32_t ref, const struct grant_wish *w)
{
    const struct grant_active *a = grant_active_of(gt, ref);
    uint16_t flags;
    if (a->domid != w->user || a->readers + a->writers > INT32_MAX - w->pins || (a->transitive && w->use != GRANT_COPY))
        return GNTST_general_error;
    return w->readonly || a->writers ? GNTST_okay : entry_mark(gt, ref, w, &flags);
}

int grant_pin(struct grant_table *gt, uint32_t ref, const struct grant_wish *w, struct grant_pin *out)
{
    int status = GNTST_bad_gntref;
    spin_lock(&gt->lock);
    if (ref >= grant_entries(gt))
        goto unlock;
    struct grant_active *a = grant_active_of(gt, ref);
    status = a->readers || a->writers ? pin_again(gt, ref, w) : pin_first(gt, ref, w);
    if (status != GNTST_okay)
        goto unlock;
    *(w->readonly ? &a->readers : &a->writers) += w->pins;
    *out = (struct grant_pin){ .frame = a->frame, .gfn = a->gfn, .offset = a->offset, .length = a->length,
                               .whole = a->length == PAGE_SIZE, .transitive = a->transitive, .via = a->via,
                               .via_ref = a->via_ref };
unlock:
    spin_unlock(&gt->lock);
    return status;
}

void grant_unpin(struct grant_table *gt, uint32_t ref, bool readonly, unsigned int pins)
{
    struct frame *unused = NULL;
    spin_lock(&gt->lock);
    struct grant_active *a = grant_active_of(gt, ref);
    uint32_t *left = readonly ? &a->readers : &a->writers;
    BUG_ON(*left < pins);
    *left -= pins;
    if (!a->readers && !a->writers) {
        unused = a->frame;
        a->frame = NULL;
        unmark(gt, ref, GTF_reading | GTF_writing);
    } else if (!a->writers) {
        unmark(gt, ref, GTF_writing);
    }
    spin_unlock(&gt->lock);
    if (unused)
        arch_guest_frame_put(unused, false);
}

void grant_unpin_mapping(struct grant_table *gt, uint32_t ref, uint32_t flags)
{
    if (grant_holds_device(flags))
        arch_guest_frame_put(grant_active_of(gt, ref)->frame, true);
    if (grant_kinds(flags))
        grant_unpin(gt, ref, flags & GNTMAP_readonly, grant_kinds(flags));
}
