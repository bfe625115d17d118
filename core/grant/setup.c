/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A domain and its own table: size, where its frames are, version; exchanging two entries. */
#include "core/grant/grant.h"
#include "hv/guest_access.h"

#include <arch/current.h>

struct domain *grant_target(domid_t id, int16_t *status)
{
    const struct domain *caller = current_vcpu()->domain;
    struct domain *d = domain_get_by_any_id(id);
    *status = d ? GNTST_okay : GNTST_bad_domain;
    if (!d || d == caller || caller->is_privileged)
        return d;
    *status = GNTST_permission_denied;
    domain_put(d);
    return NULL;
}

/* Writes the numbers of the first @nr frames (of entries or status) to the guest's list. */
static int setup_list(struct grant_table *gt, uint64_t list, uint32_t nr, bool status)
{
    for (uint32_t i = 0; i < nr; i++) {
        uint64_t m = virt_to_mfn(status ? (void *)gt->status[i] : gt->shared[i]).nr;
        if (copy_to_guest_va(list + i * sizeof(m), &m))
            return GNTST_bad_virt_addr;
    }
    return GNTST_okay;
}

long grant_op_setup_table(uint64_t uop)
{
    struct gnttab_setup_table op;
    if (copy_from_guest_va(&op, uop))
        return -EFAULT;
    struct domain *d = grant_target(op.dom, &op.status);
    if (d) {
        struct grant_table *gt = d->grants;
        spin_lock(&gt->lock);
        int rc = d->life >= DOMAIN_DYING ? -EINVAL : grant_grow(gt, op.nr_frames);
        spin_unlock(&gt->lock);
        op.status =
            rc ? GNTST_general_error : (int16_t)setup_list(gt, guest_handle_va(op.frame_list), op.nr_frames, false);
        domain_put(d);
    }
    return copy_to_guest_va(uop + offsetof(struct gnttab_setup_table, status), &op.status);
}

long grant_op_get_status_frames(uint64_t uop)
{
    struct gnttab_get_status_frames op;
    if (copy_from_guest_va(&op, uop))
        return -EFAULT;
    struct domain *d = grant_target(op.dom, &op.status);
    if (d) {
        struct grant_table *gt = d->grants;
        spin_lock(&gt->lock);
        bool there = gt->version == 2 && op.nr_frames <= gt->nr_status;
        spin_unlock(&gt->lock);
        op.status =
            there ? (int16_t)setup_list(gt, guest_handle_va(op.frame_list), op.nr_frames, true) : GNTST_general_error;
        domain_put(d);
    }
    return copy_to_guest_va(uop + offsetof(struct gnttab_get_status_frames, status), &op.status);
}

long grant_op_query_size(uint64_t uop)
{
    struct gnttab_query_size op;
    if (copy_from_guest_va(&op, uop))
        return -EFAULT;
    struct domain *d = grant_target(op.dom, &op.status);
    if (d) {
        op.nr_frames = d->grants->nr_frames;
        op.max_nr_frames = d->grants->max_frames;
        domain_put(d);
    }
    return copy_to_guest_va(uop, &op);
}

long grant_op_get_version(uint64_t uop)
{
    struct gnttab_get_version op;
    int16_t status;
    if (copy_from_guest_va(&op, uop))
        return -EFAULT;
    struct domain *d = grant_target(op.dom, &status);
    if (!d)
        return status == GNTST_bad_domain ? -ESRCH : -EPERM;
    op.version = d->grants->version;
    domain_put(d);
    return copy_to_guest_va(uop, &op);
}

static bool version_in_use(struct grant_table *gt)
{
    for (uint32_t ref = 0; ref < grant_entries(gt); ref++) {
        const struct grant_active *a = grant_active_of(gt, ref);
        if (a->readers || a->writers)
            return true;
    }
    return false;
}

/* The first entries survive a change of version: the toolstack put the console's and xenstore's there. */
struct reserved { uint16_t flags; domid_t domid; uint64_t frame; };

static void reserved_read(struct grant_table *gt, struct reserved out[GNTTAB_NR_RESERVED_ENTRIES])
{
    for (unsigned int i = 0; i < GNTTAB_NR_RESERVED_ENTRIES; i++) {
        const struct grant_entry_v1 *v1 = gt->shared[0];
        const union grant_entry_v2 *v2 = gt->shared[0];
        if (gt->version == 1)
            out[i] = (struct reserved){ v1[i].flags, v1[i].domid, v1[i].frame };
        else
            out[i] = (struct reserved){ v2[i].hdr.flags, v2[i].hdr.domid, v2[i].full_page.frame };
        /* What the other version cannot say is not carried over. */
        bool plain = (out[i].flags & GTF_type_mask) == GTF_permit_access && !(out[i].flags & GTF_sub_page);
        if (!plain || out[i].frame > UINT32_MAX)
            out[i] = (struct reserved){ 0 };
        out[i].flags &= GTF_type_mask | GTF_readonly;
    }
}

static void reserved_write(struct grant_table *gt, const struct reserved in[GNTTAB_NR_RESERVED_ENTRIES])
{
    for (unsigned int i = 0; i < GNTTAB_NR_RESERVED_ENTRIES; i++) {
        struct grant_entry_v1 *v1 = gt->shared[0];
        union grant_entry_v2 *v2 = gt->shared[0];
        if (gt->version == 1) {
            v1[i].domid = in[i].domid;
            v1[i].frame = (uint32_t)in[i].frame;
            __atomic_store_n(&v1[i].flags, in[i].flags, __ATOMIC_RELEASE);
        } else {
            v2[i].full_page.hdr.domid = in[i].domid;
            v2[i].full_page.frame = in[i].frame;
            __atomic_store_n(&v2[i].hdr.flags, in[i].flags, __ATOMIC_RELEASE);
        }
    }
}

/* gt->lock held. */
static long version_change(struct grant_table *gt, uint8_t version)
{
    struct reserved keep[GNTTAB_NR_RESERVED_ENTRIES];
    if (version_in_use(gt))
        return -EBUSY;
    if (version == 2 && grant_grow_status(gt))
        return -ENOMEM;
    reserved_read(gt, keep);
    for (uint32_t i = 0; i < gt->nr_frames; i++)
        memset(gt->shared[i], 0, PAGE_SIZE);
    for (uint32_t i = 0; i < gt->nr_status; i++)
        memset(gt->status[i], 0, PAGE_SIZE);
    gt->version = version;
    reserved_write(gt, keep);
    return 0;
}

long grant_op_set_version(uint64_t uop)
{
    struct gnttab_set_version op;
    struct grant_table *gt = current_vcpu()->domain->grants;
    if (copy_from_guest_va(&op, uop))
        return -EFAULT;
    bool exists = op.version >= 1 && op.version <= gt->max_version;
    spin_lock(&gt->lock);
    long rc = exists ? 0 : -EINVAL;
    if (exists && op.version != gt->version)
        rc = version_change(gt, (uint8_t)op.version);
    op.version = gt->version;
    spin_unlock(&gt->lock);
    if (copy_to_guest_va(uop, &op))
        return -EFAULT;
    return rc;
}

static bool swap_unused(struct grant_table *gt, uint32_t ref)
{
    const struct grant_active *a = grant_active_of(gt, ref);
    return !a->readers && !a->writers;
}

void grant_op_swap(struct gnttab_swap_grant_ref *op)
{
    struct grant_table *gt = current_vcpu()->domain->grants;
    spin_lock(&gt->lock);
    if (op->ref_a >= grant_entries(gt) || op->ref_b >= grant_entries(gt)) {
        op->status = GNTST_bad_gntref;
    } else if (!swap_unused(gt, op->ref_a) || !swap_unused(gt, op->ref_b)) {
        op->status = GNTST_eagain;
    } else {
        char entry[sizeof(union grant_entry_v2)];
        size_t size = gt->version == 2 ? sizeof(union grant_entry_v2) : sizeof(struct grant_entry_v1),
               per = PAGE_SIZE / size;
        char *a = (char *)gt->shared[op->ref_a / per] + op->ref_a % per * size;
        char *b = (char *)gt->shared[op->ref_b / per] + op->ref_b % per * size;
        memcpy(entry, a, size);
        memmove(a, b, size);
        memcpy(b, entry, size);
        op->status = GNTST_okay;
    }
    spin_unlock(&gt->lock);
}
