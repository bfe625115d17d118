/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The maptrack: what a domain has mapped of others, by handle. It grows page by page to its limit. Free handles are in
 * lists, one a vCPU, so that vCPUs which map and unmap all the time do not wait for each other; a vCPU whose list is
 * empty takes a handle from another's list, and only when all are empty is there a new page: how many there are says
 * how much was mapped at once, and not who mapped it.
 *
 * A handle in use is nobody's to change without having set MAPTRACK_BUSY in its flags, in one atomic step.
 */
#include "core/grant/grant.h"
#include "hv/compiler.h"
#include "hv/heap.h"
#include "hv/hypercall.h"

#include <arch/current.h>

static struct maptrack_entry *maptrack_entry(struct grant_table *gt, uint32_t handle)
{
    if (handle >= __atomic_load_n(&gt->maptrack_frames, __ATOMIC_ACQUIRE) * MAPTRACK_PER_PAGE)
        return NULL;
    return &gt->maptrack[handle / MAPTRACK_PER_PAGE][handle % MAPTRACK_PER_PAGE];
}

/* The calling vCPU's list; the first one when another domain clears up behind a dying one. */
static uint32_t list_index(const struct grant_table *gt)
{
    const struct vcpu *v = current_vcpu();
    return v->domain == gt->domain ? v->id : 0;
}

/* Takes the first handle off the list, busy from then on; MAPTRACK_NONE: there was none. */
static uint32_t list_pop(struct grant_table *gt, struct maptrack_list *list)
{
    if (READ_ONCE(list->first) == MAPTRACK_NONE)
        return MAPTRACK_NONE;
    spin_lock(&list->lock);
    uint32_t handle = list->first;
    if (handle != MAPTRACK_NONE) {
        struct maptrack_entry *e = maptrack_entry(gt, handle);
        list->first = e->next_free;
        e->flags = MAPTRACK_BUSY;
    }
    spin_unlock(&list->lock);
    return handle;
}

/* Puts the chain that begins with @first and ends with @last on the list. */
static void list_push(struct grant_table *gt, struct maptrack_list *list, uint32_t first, uint32_t last)
{
    spin_lock(&list->lock);
    maptrack_entry(gt, last)->next_free = list->first;
    list->first = first;
    spin_unlock(&list->lock);
}

/* Another page of handles: one for the caller, busy as if it came from a list, the others for its list. */
static uint32_t maptrack_grow(struct grant_table *gt, struct maptrack_list *list)
{
    spin_lock(&gt->maptrack_lock);
    struct maptrack_entry *page = gt->maptrack_frames < gt->maptrack_max ? hv_alloc_pages(0) : NULL;
    uint32_t first = gt->maptrack_frames * (uint32_t)MAPTRACK_PER_PAGE;
    if (page) {
        for (uint32_t i = 0; i < MAPTRACK_PER_PAGE; i++)
            page[i].next_free = first + i + 1;
        page[0].flags = MAPTRACK_BUSY;
        gt->maptrack[gt->maptrack_frames] = page;
        __atomic_store_n(&gt->maptrack_frames, gt->maptrack_frames + 1, __ATOMIC_RELEASE);
    }
    spin_unlock(&gt->maptrack_lock);
    if (!page)
        return MAPTRACK_NONE;
    list_push(gt, list, first + 1, first + (uint32_t)MAPTRACK_PER_PAGE - 1);
    return first;
}

/* The handle, which is in use, goes on the list. */
static void maptrack_free(struct grant_table *gt, struct maptrack_list *list, uint32_t handle)
{
    __atomic_store_n(&maptrack_entry(gt, handle)->flags, 0, __ATOMIC_RELEASE);
    list_push(gt, list, handle, handle);
}

/*
 * dom0 maps every guest's console and more: the first page is there before guests are,
 * so that it isn't missing after them.
 */
static int maptrack_prepare(struct grant_table *gt)
{
    uint32_t handle = maptrack_grow(gt, &gt->lists[0]);
    if (handle == MAPTRACK_NONE)
        return -ENOMEM;
    maptrack_free(gt, &gt->lists[0], handle);
    return 0;
}

int maptrack_init(struct grant_table *gt)
{
    gt->lists = hv_zalloc_array(gt->domain->max_vcpus, sizeof(*gt->lists));
    if (!gt->lists)
        return -ENOMEM;
    for (uint32_t i = 0; i < gt->domain->max_vcpus; i++) {
        spin_lock_init(&gt->lists[i].lock, LOCK_GRANT_MAPTRACK);
        gt->lists[i].first = MAPTRACK_NONE;
    }
    return gt->domain->is_hardware && gt->maptrack_max ? maptrack_prepare(gt) : 0;
}

static uint32_t maptrack_steal(struct grant_table *gt, uint32_t self)
{
    uint32_t handle = MAPTRACK_NONE;
    for (uint32_t i = 1; i < gt->domain->max_vcpus && handle == MAPTRACK_NONE; i++)
        handle = list_pop(gt, &gt->lists[(self + i) % gt->domain->max_vcpus]);
    return handle;
}

uint32_t maptrack_take(struct grant_table *gt)
{
    uint32_t self = list_index(gt), handle = list_pop(gt, &gt->lists[self]);
    if (handle == MAPTRACK_NONE)
        handle = maptrack_steal(gt, self);
    if (handle == MAPTRACK_NONE)
        handle = maptrack_grow(gt, &gt->lists[self]);
    if (handle == MAPTRACK_NONE)
        return handle;
    __atomic_fetch_add(&gt->maptrack_used, 1, __ATOMIC_RELAXED);
    return handle;
}

void maptrack_release(struct grant_table *gt, uint32_t handle)
{
    maptrack_free(gt, &gt->lists[list_index(gt)], handle);
    __atomic_fetch_sub(&gt->maptrack_used, 1, __ATOMIC_RELAXED);
}

bool maptrack_trylock(struct grant_table *gt, uint32_t handle, struct maptrack_entry *out)
{
    struct maptrack_entry *e = maptrack_entry(gt, handle);
    uint16_t flags = e ? __atomic_load_n(&e->flags, __ATOMIC_ACQUIRE) : 0;
    do {
        if (!(flags & MAPTRACK_MAPPED) || (flags & MAPTRACK_BUSY))
            return false;
    } while (!__atomic_compare_exchange_n(&e->flags, &flags, flags | MAPTRACK_BUSY, true, __ATOMIC_ACQUIRE,
                                          __ATOMIC_ACQUIRE));
    *out = (struct maptrack_entry){ .ref = e->ref, .domid = e->domid, .flags = flags };
    return true;
}

void maptrack_unlock(struct grant_table *gt, uint32_t handle, const struct maptrack_entry *entry)
{
    struct maptrack_entry *e = maptrack_entry(gt, handle);
    if (!(entry->flags & MAPTRACK_MAPPED)) {
        maptrack_release(gt, handle);
        return;
    }
    e->ref = entry->ref;
    e->domid = entry->domid;
    __atomic_store_n(&e->flags, entry->flags, __ATOMIC_RELEASE);
}

/* The domain is paused and dying: its page tables go with it, only the counts are to be corrected. */
static void maptrack_drop(struct grant_table *gt, uint32_t handle)
{
    struct maptrack_entry e;
    if (!maptrack_trylock(gt, handle, &e))
        return;
    struct domain *owner = domain_get_by_id(e.domid);
    if (owner) {
        grant_unpin_mapping(owner->grants, e.ref, e.flags);
        domain_put(owner);
    }
    e.flags = 0;
    maptrack_unlock(gt, handle, &e);
}

/* teardown.cursor is the next handle: the domain's vCPUs, which alone take handles, do not run any more. */
int grant_table_release_mappings(struct domain *d)
{
    struct grant_table *gt = d->grants;
    /* Whoever makes the table larger for the domain from now on sees that it is dying. */
    spin_lock(&gt->lock);
    spin_unlock(&gt->lock);
    while (d->teardown.cursor < gt->maptrack_frames * MAPTRACK_PER_PAGE) {
        maptrack_drop(gt, (uint32_t)d->teardown.cursor++);
        if (hypercall_preempt_every(d->teardown.cursor, 128))
            return -ERESTART;
    }
    return 0;
}

uint32_t grant_table_maps(const struct domain *d)
{
    return d->grants ? READ_ONCE(d->grants->maptrack_used) : 0;
}
