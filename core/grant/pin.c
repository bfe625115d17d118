/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pins. The first pin of an entry decides what it means: the flags and the grantee are checked and the "in use" bits
 * set in one step that the guest cannot split, then the rest is read. Version 1 has flags and grantee in one word, so
 * one compare-and-exchange does it. Version 2 has the bits in another page: they are set first, and the entry is
 * looked at afterwards; a guest that revokes looks in the opposite order, so one of the two notices.
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
static bool entry_permits(uint32_t word, domid_t user, bool readonly)
{
    uint16_t flags = (uint16_t)word;
    return (flags & GTF_type_mask) == GTF_permit_access && (word >> 16) == user &&
           (readonly || !(flags & GTF_readonly));
}

static int mark_v1(struct grant_table *gt, uint32_t ref, domid_t user, bool readonly)
{
    uint32_t *word = (uint32_t *)entry_v1(gt, ref);
    uint32_t w = __atomic_load_n(word, __ATOMIC_SEQ_CST);
    for (unsigned int i = 0; i < PIN_TRIES; i++) {
        if (!entry_permits(w, user, readonly))
            return GNTST_general_error;
        if (__atomic_compare_exchange_n(word, &w, w | PIN_FLAGS(readonly), false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            return GNTST_okay;
    }
    return GNTST_general_error;
}

static void unmark(struct grant_table *gt, uint32_t ref, uint16_t flags)
{
    __atomic_fetch_and(entry_use(gt, ref), (uint16_t)~flags, __ATOMIC_SEQ_CST);
}

static int mark_v2(struct grant_table *gt, uint32_t ref, domid_t user, bool readonly)
{
    __atomic_fetch_or(entry_use(gt, ref), PIN_FLAGS(readonly), __ATOMIC_SEQ_CST);
    if (entry_permits(__atomic_load_n((uint32_t *)entry_v2(gt, ref), __ATOMIC_SEQ_CST), user, readonly))
        return GNTST_okay;
    const struct grant_active *a = grant_active_of(gt, ref);
    unmark(gt, ref, a->readers || a->writers ? GTF_writing : GTF_reading | GTF_writing);
    return GNTST_general_error;
}

static int entry_mark(struct grant_table *gt, uint32_t ref, domid_t user, bool readonly)
{
    return gt->version == 2 ? mark_v2(gt, ref, user, readonly) : mark_v1(gt, ref, user, readonly);
}

/* Reads the rest of a marked entry. False: a part of a page that is no part of it. */
static bool entry_read(struct grant_table *gt, uint32_t ref, struct grant_active *a)
{
    a->offset = 0;
    a->length = PAGE_SIZE;
    if (gt->version == 1) {
        a->gfn = __atomic_load_n(&entry_v1(gt, ref)->frame, __ATOMIC_SEQ_CST);
        return true;
    }
    union grant_entry_v2 *e = entry_v2(gt, ref);
    a->gfn = __atomic_load_n(&e->full_page.frame, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&e->hdr.flags, __ATOMIC_SEQ_CST) & GTF_sub_page) {
        a->offset = __atomic_load_n(&e->sub_page.page_off, __ATOMIC_SEQ_CST);
        a->length = __atomic_load_n(&e->sub_page.length, __ATOMIC_SEQ_CST);
    }
    return (uint32_t)a->offset + a->length <= PAGE_SIZE;
}

/* Nobody uses the entry yet. */
static int pin_first(struct grant_table *gt, uint32_t ref, domid_t user, bool readonly)
{
    struct grant_active *a = grant_active_of(gt, ref);
    int status = entry_mark(gt, ref, user, readonly);
    if (status != GNTST_okay)
        return status;
    status = entry_read(gt, ref, a) ? GNTST_okay : GNTST_general_error;
    a->frame = status == GNTST_okay ? arch_guest_frame_get(gt->domain, gfn(a->gfn), false) : NULL;
    if (a->frame) {
        a->domid = user;
        return GNTST_okay;
    }
    unmark(gt, ref, PIN_FLAGS(false));
    return status == GNTST_okay ? GNTST_bad_page : status;
}

/* Others have it; what it means is known. A first writer still needs the guest's consent. */
static int pin_again(struct grant_table *gt, uint32_t ref, domid_t user, bool readonly)
{
    const struct grant_active *a = grant_active_of(gt, ref);
    if (a->domid != user || a->readers + a->writers >= INT32_MAX)
        return GNTST_general_error;
    return readonly || a->writers ? GNTST_okay : entry_mark(gt, ref, user, false);
}

int grant_pin(struct grant_table *gt, uint32_t ref, domid_t user, bool readonly, struct grant_pin *out)
{
    int status = GNTST_bad_gntref;
    spin_lock(&gt->lock);
    if (ref >= grant_entries(gt))
        goto unlock;
    struct grant_active *a = grant_active_of(gt, ref);
    bool used = a->readers || a->writers;
    status = used ? pin_again(gt, ref, user, readonly) : pin_first(gt, ref, user, readonly);
    if (status != GNTST_okay)
        goto unlock;
    *(readonly ? &a->readers : &a->writers) += 1;
    *out = (struct grant_pin){ a->frame, a->offset, a->length, a->length == PAGE_SIZE };
unlock:
    spin_unlock(&gt->lock);
    return status;
}

void grant_unpin(struct grant_table *gt, uint32_t ref, bool readonly)
{
    struct frame *unused = NULL;
    spin_lock(&gt->lock);
    struct grant_active *a = grant_active_of(gt, ref);
    uint32_t *pins = readonly ? &a->readers : &a->writers;
    BUG_ON(!*pins);
    --*pins;
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
