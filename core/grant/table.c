/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pages of a grant table: made, grown, shown to others, given up. */
#include "core/grant/grant.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hv/options.h"

uint32_t grant_entries(const struct grant_table *gt)
{
    return gt->nr_frames * (uint32_t)(gt->version == 2 ? ENTRIES_V2 : ENTRIES_V1);
}

struct grant_active *grant_active_of(struct grant_table *gt, uint32_t ref)
{
    return &gt->active[ref / ENTRIES_V1][ref % ENTRIES_V1];
}

static int grant_add_frame(struct grant_table *gt)
{
    struct grant_active *active = hv_zalloc_array(ENTRIES_V1, sizeof(*active));
    void *page = active ? hv_alloc_pages(0) : NULL;
    if (!page) {
        hv_free(active);
        return -ENOMEM;
    }
    frame_share_with(page, gt->domain, false);
    gt->active[gt->nr_frames] = active;
    gt->shared[gt->nr_frames++] = page;
    return 0;
}

int grant_grow_status(struct grant_table *gt, uint32_t nr_frames)
{
    uint32_t wanted = (uint32_t)((nr_frames * ENTRIES_V2 + ENTRIES_STATUS - 1) / ENTRIES_STATUS);
    while (gt->nr_status < wanted) {
        grant_status_t *page = hv_alloc_pages(0);
        if (!page)
            return -ENOMEM;
        frame_share_with(page, gt->domain, false);
        gt->status[gt->nr_status++] = page;
    }
    return 0;
}

long grant_take_status(struct grant_table *gt, struct frame_list *gone)
{
    for (uint32_t i = 0; i < gt->nr_status; i++) {
        if (frame_unshare_unused(gt->status[i], gt->domain))
            continue;
        while (i--)
            frame_share_resume(gt->status[i], gt->domain);
        return -EBUSY;
    }
    for (uint32_t i = 0; i < gt->nr_status; i++) {
        frame_list_add_tail(gone, mfn_to_frame(virt_to_mfn(gt->status[i])));
        gt->status[i] = NULL;
    }
    gt->nr_status = 0;
    return 0;
}

void grant_free_status(struct grant_table *gt, struct frame_list *gone)
{
    for (struct frame *f; (f = frame_list_first(gone));) {
        void *page = mfn_to_virt(frame_to_mfn(f));
        frame_list_del(gone, f);
        BUG_ON(!frame_unshare(page, gt->domain));
        hv_free_pages(page, 0);
    }
}

int grant_grow(struct grant_table *gt, uint32_t nr)
{
    int rc = nr > gt->max_frames ? -EINVAL : 0;
    if (!rc && gt->version == 2)
        rc = grant_grow_status(gt, nr); /* first: an entry is there from when its frame is counted, and has its flags */
    while (!rc && gt->nr_frames < nr)
        rc = grant_add_frame(gt);
    return rc;
}

static int grant_table_arrays(struct grant_table *gt)
{
    gt->shared = hv_zalloc_array(gt->max_frames, sizeof(*gt->shared));
    gt->active = hv_zalloc_array(gt->max_frames, sizeof(*gt->active));
    gt->status = hv_zalloc_array(gt->max_frames * ENTRIES_V2 / ENTRIES_STATUS + 1, sizeof(*gt->status));
    gt->maptrack = hv_zalloc_array(gt->maptrack_max, sizeof(*gt->maptrack));
    bool mapping = !gt->maptrack_max || gt->maptrack; /* with no frames at all a domain can map nothing */
    return gt->shared && gt->active && gt->status && mapping ? maptrack_init(gt) : -ENOMEM;
}

int grant_table_init(struct domain *d, uint32_t max_frames, uint32_t max_maptrack_frames, uint32_t opts)
{
    uint32_t version = opts & XEN_DOMCTL_GRANT_version_mask;
    if (version > 2)
        return -EINVAL;
    if (!max_frames || max_frames > hv_options.gnttab_max_frames ||
        max_maptrack_frames > hv_options.gnttab_max_maptrack_frames) {
        log_warning("Domain %u: grant tables of 1 to %lu frames and maptracks of up to %lu frames are allowed, "
                    "%u and %u are wanted: see gnttab_max_frames= and gnttab_max_maptrack_frames=",
                    d->id, hv_options.gnttab_max_frames, hv_options.gnttab_max_maptrack_frames,
                    max_frames, max_maptrack_frames);
        return -EINVAL;
    }
    struct grant_table *gt = hv_zalloc(sizeof(*gt));
    if (!gt)
        return -ENOMEM;
    gt->domain = d;
    gt->version = 1;
    gt->max_version = version ? (uint8_t)version : 2;
    gt->max_frames = max_frames;
    gt->maptrack_max = max_maptrack_frames;
    spin_lock_init(&gt->lock, LOCK_GRANT);
    spin_lock_init(&gt->maptrack_lock, LOCK_GRANT_MAPTRACK);
    d->grants = gt;
    int rc = grant_table_arrays(gt);
    return rc ? rc : grant_grow(gt, 1); /* the caller frees what is half made */
}

bool grant_table_unshare(struct domain *d)
{
    struct grant_table *gt = d->grants;
    bool all = true;
    for (uint32_t i = 0; i < gt->nr_frames; i++)
        all &= frame_unshare(gt->shared[i], d);
    for (uint32_t i = 0; i < gt->nr_status; i++)
        all &= frame_unshare(gt->status[i], d);
    return all;
}

void grant_table_free(struct domain *d)
{
    struct grant_table *gt = d->grants;
    if (!gt)
        return;
    BUG_ON(!grant_table_unshare(d));
    for (uint32_t i = 0; i < gt->nr_frames; i++) {
        hv_free_pages(gt->shared[i], 0);
        hv_free(gt->active[i]);
    }
    for (uint32_t i = 0; i < gt->nr_status; i++)
        hv_free_pages(gt->status[i], 0);
    for (uint32_t i = 0; i < gt->maptrack_frames; i++)
        hv_free_pages(gt->maptrack[i], 0);
    hv_free(gt->shared);
    hv_free(gt->active);
    hv_free(gt->status);
    hv_free(gt->maptrack);
    hv_free(gt->lists);
    hv_free(gt);
    d->grants = NULL;
}

static int grant_table_frame(struct grant_table *gt, uint32_t id, uint64_t i, uint64_t *mfn_out)
{
    bool status = id == XENMEM_resource_grant_table_id_status;
    if (i >= (status ? gt->nr_status : gt->nr_frames))
        return -EINVAL;
    *mfn_out = virt_to_mfn(status ? (void *)gt->status[i] : gt->shared[i]).nr;
    return 0;
}

/* How many frames of entries there must be for @end frames of the table that @id names. */
static int grant_table_need(const struct grant_table *gt, uint32_t id, uint64_t end, uint32_t *frames)
{
    uint64_t need = end;
    if (id == XENMEM_resource_grant_table_id_status)
        need = (end - 1) * (ENTRIES_STATUS / ENTRIES_V2) + 1;
    if (id > XENMEM_resource_grant_table_id_status || need > gt->max_frames)
        return -EINVAL;
    if (id == XENMEM_resource_grant_table_id_status && gt->version != 2)
        return -EINVAL;
    *frames = (uint32_t)need;
    return 0;
}

int grant_table_acquire(struct domain *d, uint32_t id, uint64_t frame, uint32_t nr, uint64_t *mfns)
{
    struct grant_table *gt = d->grants;
    uint32_t frames;
    spin_lock(&gt->lock);
    int rc = d->life >= DOMAIN_DYING ? -EINVAL : grant_table_need(gt, id, frame + nr, &frames);
    rc = rc ? rc : grant_grow(gt, frames);
    for (uint32_t i = 0; !rc && i < nr; i++)
        rc = grant_table_frame(gt, id, frame + i, &mfns[i]);
    spin_unlock(&gt->lock);
    return rc;
}

uint32_t grant_table_max_frames(struct domain *d, uint32_t id)
{
    uint32_t max = d->grants->max_frames;
    if (id == XENMEM_resource_grant_table_id_shared)
        return max;
    return id == XENMEM_resource_grant_table_id_status
               ? (uint32_t)((max * ENTRIES_V2 + ENTRIES_STATUS - 1) / ENTRIES_STATUS)
               : 0;
}
