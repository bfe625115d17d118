/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changing the layout of a domain's own table. All entries are lost but the first GNTTAB_NR_RESERVED_ENTRIES, in which
 * the toolstack put the console's and xenstore's frames. These may be in use, and stay so: the active records say it
 * again in the bits of the new layout. No other entry may be in use, because its meaning would go. Version 1 has no
 * status pages: they go back to the heap, which is refused while somebody has one of them mapped (XSA-255).
 */
#include "core/grant/grant.h"
#include "hv/guest_access.h"

#include <arch/current.h>

#define IN_USE ((uint16_t)(GTF_reading | GTF_writing))

/* A reserved entry in terms that both versions have. */
struct reserved {
    uint16_t flags; /* with the bits of IN_USE that are due */
    domid_t domid;
    uint64_t frame;
};

static bool version_in_use(struct grant_table *gt)
{
    for (uint32_t ref = GNTTAB_NR_RESERVED_ENTRIES; ref < grant_entries(gt); ref++) {
        const struct grant_active *a = grant_active_of(gt, ref);
        if (a->readers || a->writers)
            return true;
    }
    return false;
}

static struct reserved reserved_read(struct grant_table *gt, unsigned int i)
{
    const struct grant_entry_v1 *v1 = (const struct grant_entry_v1 *)gt->shared[0] + i;
    const union grant_entry_v2 *v2 = (const union grant_entry_v2 *)gt->shared[0] + i;
    if (gt->version == 1)
        return (struct reserved){ __atomic_load_n(&v1->flags, __ATOMIC_SEQ_CST), v1->domid, v1->frame };
    return (struct reserved){ __atomic_load_n(&v2->hdr.flags, __ATOMIC_SEQ_CST), v2->hdr.domid, v2->full_page.frame };
}

static uint16_t reserved_use(struct grant_table *gt, unsigned int i)
{
    const struct grant_active *a = grant_active_of(gt, i);
    return (uint16_t)(a->writers ? IN_USE : a->readers ? GTF_reading : 0);
}

/* The entries as the new version has them. -ERANGE: one names what version 1 cannot. */
static long reserved_collect(struct grant_table *gt, struct reserved out[GNTTAB_NR_RESERVED_ENTRIES])
{
    for (unsigned int i = 0; i < GNTTAB_NR_RESERVED_ENTRIES; i++) {
        struct reserved r = reserved_read(gt, i);
        uint16_t type = r.flags & GTF_type_mask;
        if (gt->version == 2 && (type == GTF_transitive || (type == GTF_permit_access && r.frame > UINT32_MAX)))
            return -ERANGE;
        bool whole = gt->version == 1 || !(r.flags & GTF_sub_page);
        r.flags &= GTF_type_mask | GTF_readonly;
        if (type != GTF_permit_access || !whole) /* a part of a page must not become the whole of it */
            r = (struct reserved){ 0 };
        out[i] = r;
        out[i].flags |= reserved_use(gt, i);
    }
    return 0;
}

static void reserved_write(struct grant_table *gt, const struct reserved *r, unsigned int i)
{
    struct grant_entry_v1 *v1 = (struct grant_entry_v1 *)gt->shared[0] + i;
    union grant_entry_v2 *v2 = (union grant_entry_v2 *)gt->shared[0] + i;
    if (gt->version == 1) {
        v1->domid = r->domid;
        v1->frame = (uint32_t)r->frame;
        __atomic_store_n(&v1->flags, r->flags, __ATOMIC_RELEASE);
        return;
    }
    gt->status[0][i] = r->flags & IN_USE;
    v2->full_page.hdr.domid = r->domid;
    v2->full_page.frame = r->frame;
    __atomic_store_n(&v2->hdr.flags, (uint16_t)(r->flags & ~IN_USE), __ATOMIC_RELEASE);
}

/* gt->lock held. What was a status page and is none any more is in @gone. */
static long version_change(struct grant_table *gt, uint8_t version, struct frame_list *gone)
{
    struct reserved keep[GNTTAB_NR_RESERVED_ENTRIES];
    if (version_in_use(gt))
        return -EBUSY;
    long rc = reserved_collect(gt, keep);
    if (!rc)
        rc = version == 1 ? grant_take_status(gt, gone) : grant_grow_status(gt, gt->nr_frames);
    if (rc)
        return rc;
    for (uint32_t i = 0; i < gt->nr_frames; i++)
        memset(gt->shared[i], 0, PAGE_SIZE);
    for (uint32_t i = 0; i < gt->nr_status; i++)
        memset(gt->status[i], 0, PAGE_SIZE);
    gt->version = version;
    for (unsigned int i = 0; i < GNTTAB_NR_RESERVED_ENTRIES; i++)
        reserved_write(gt, &keep[i], i);
    return 0;
}

static long version_check(const struct grant_table *gt, uint32_t version)
{
    if (version != 1 && version != 2)
        return -EINVAL;
    return version > gt->max_version ? -ENOSYS : 0; /* as before there was version 2 */
}

long grant_op_set_version(uint64_t uop)
{
    struct gnttab_set_version op;
    struct grant_table *gt = current_vcpu()->domain->grants;
    struct frame_list gone = FRAME_LIST_EMPTY;
    if (copy_from_guest_va(&op, uop))
        return -EFAULT;
    spin_lock(&gt->lock);
    long rc = version_check(gt, op.version);
    if (!rc && op.version != gt->version)
        rc = version_change(gt, (uint8_t)op.version, &gone);
    op.version = gt->version;
    spin_unlock(&gt->lock);
    grant_free_status(gt, &gone);
    return copy_to_guest_va(uop, &op) ? -EFAULT : rc;
}
