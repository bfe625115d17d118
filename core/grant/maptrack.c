/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The maptrack: what a domain has mapped of others, by handle. Grows page by page to its limit; free handles are a
 * list.
 */
#include "core/grant/grant.h"
#include "hv/heap.h"
#include "hv/hypercall.h"

static struct maptrack_entry *maptrack_entry(struct grant_table *gt, uint32_t handle)
{
    if (handle >= gt->maptrack_frames * MAPTRACK_PER_PAGE)
        return NULL;
    return &gt->maptrack[handle / MAPTRACK_PER_PAGE][handle % MAPTRACK_PER_PAGE];
}

/* Lock held. The list is empty. */
static void maptrack_grow(struct grant_table *gt)
{
    struct maptrack_entry *page = gt->maptrack_frames < gt->maptrack_max ? hv_alloc_pages(0) : NULL;
    if (!page)
        return;
    uint32_t first = gt->maptrack_frames * (uint32_t)MAPTRACK_PER_PAGE;
    for (uint32_t i = 0; i < MAPTRACK_PER_PAGE; i++)
        page[i].next_free = i + 1 < MAPTRACK_PER_PAGE ? first + i + 1 : MAPTRACK_NONE;
    gt->maptrack[gt->maptrack_frames++] = page;
    gt->maptrack_free = first;
}

uint32_t maptrack_take(struct grant_table *gt)
{
    spin_lock(&gt->maptrack_lock);
    if (gt->maptrack_free == MAPTRACK_NONE)
        maptrack_grow(gt);
    uint32_t handle = gt->maptrack_free;
    if (handle != MAPTRACK_NONE) {
        struct maptrack_entry *e = maptrack_entry(gt, handle);
        gt->maptrack_free = e->next_free;
        gt->maptrack_used++;
        *e = (struct maptrack_entry){ .flags = MAPTRACK_BUSY };
    }
    spin_unlock(&gt->maptrack_lock);
    return handle;
}

/* Lock held. */
static void maptrack_put_back(struct grant_table *gt, uint32_t handle)
{
    *maptrack_entry(gt, handle) = (struct maptrack_entry){ .next_free = gt->maptrack_free };
    gt->maptrack_free = handle;
    gt->maptrack_used--;
}

void maptrack_release(struct grant_table *gt, uint32_t handle)
{
    spin_lock(&gt->maptrack_lock);
    maptrack_put_back(gt, handle);
    spin_unlock(&gt->maptrack_lock);
}

bool maptrack_claim(struct grant_table *gt, uint32_t handle, struct maptrack_entry *out)
{
    spin_lock(&gt->maptrack_lock);
    struct maptrack_entry *e = maptrack_entry(gt, handle);
    bool mine = e && (e->flags & MAPTRACK_MAPPED) && !(e->flags & MAPTRACK_BUSY);
    if (mine) {
        *out = *e;
        e->flags |= MAPTRACK_BUSY;
    }
    spin_unlock(&gt->maptrack_lock);
    return mine;
}

void maptrack_settle(struct grant_table *gt, uint32_t handle, const struct maptrack_entry *entry)
{
    spin_lock(&gt->maptrack_lock);
    if (entry->flags & MAPTRACK_MAPPED)
        *maptrack_entry(gt, handle) = *entry;
    else
        maptrack_put_back(gt, handle);
    spin_unlock(&gt->maptrack_lock);
}

/* The domain is paused and dying: its page tables go with it, only the books are to be put right. */
static void maptrack_drop(struct grant_table *gt, uint32_t handle)
{
    struct maptrack_entry e;
    if (!maptrack_claim(gt, handle, &e))
        return;
    struct domain *owner = domain_get_by_id(e.domid);
    bool readonly = e.flags & GNTMAP_readonly;
    for (unsigned int kind = GNTMAP_device_map; owner && kind <= GNTMAP_host_map; kind <<= 1)
        if (e.flags & kind)
            grant_unpin(owner->grants, e.ref, readonly);
    if (owner)
        domain_put(owner);
    e.flags = 0;
    maptrack_settle(gt, handle, &e);
}

int grant_table_release_mappings(struct domain *d)
{
    struct grant_table *gt = d->grants;
    while (gt->release_next < gt->maptrack_frames * MAPTRACK_PER_PAGE) {
        maptrack_drop(gt, gt->release_next++);
        if (hypercall_preempt_every(gt->release_next, 128))
            return -ERESTART;
    }
    return 0;
}
