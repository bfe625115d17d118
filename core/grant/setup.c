/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A domain and its own table: size, where its frames are; exchanging two entries. */
#include "core/grant/grant.h"
#include "hv/guest_access.h"
#include "hv/physmap.h"

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

/* As the table's domain knows it: where a translated one has mapped it; all ones: nowhere. */
static uint64_t frame_number(const struct grant_table *gt, mfn_t m)
{
    return domain_is_translated(gt->domain) ? m2p_get(m) : m.nr;
}

/* The number of frame @i, of entries or status. False: there is none now, for the table may change all the time. */
static bool setup_frame(struct grant_table *gt, uint32_t i, bool status, uint64_t *nr)
{
    spin_lock(&gt->lock);
    bool there = i < (status ? gt->nr_status : gt->nr_frames);
    if (there)
        *nr = frame_number(gt, virt_to_mfn(status ? (void *)gt->status[i] : gt->shared[i]));
    spin_unlock(&gt->lock);
    return there;
}

/* Writes the numbers of the first @nr frames to the guest's list. */
static int setup_list(struct grant_table *gt, uint64_t list, uint32_t nr, bool status)
{
    for (uint32_t i = 0; i < nr; i++) {
        uint64_t m;
        if (!setup_frame(gt, i, status, &m))
            return GNTST_general_error;
        if (copy_to_guest_va(list + i * sizeof(m), &m))
            return GNTST_bad_virt_addr;
    }
    return GNTST_okay;
}

/*
 * Both lists: of entries, for which the table grows to @nr frames, or of the status frames that there are. The
 * operation's status; @d goes.
 */
static int16_t setup_frames(struct domain *d, uint64_t list, uint32_t nr, bool status)
{
    struct grant_table *gt = d->grants;
    bool there;
    spin_lock(&gt->lock);
    if (status)
        there = gt->version == 2 && nr <= gt->nr_status;
    else
        there = d->life < DOMAIN_DYING && !grant_grow(gt, nr);
    spin_unlock(&gt->lock);
    int16_t rc = there ? (int16_t)setup_list(gt, list, nr, status) : GNTST_general_error;
    domain_put(d);
    return rc;
}

long grant_op_setup_table(uint64_t uop)
{
    struct gnttab_setup_table op;
    if (copy_from_guest_va(&op, uop))
        return -EFAULT;
    struct domain *d = grant_target(op.dom, &op.status);
    if (d)
        op.status = setup_frames(d, guest_handle_va(op.frame_list), op.nr_frames, false);
    return copy_to_guest_va(uop + offsetof(struct gnttab_setup_table, status), &op.status);
}

long grant_op_get_status_frames(uint64_t uop)
{
    struct gnttab_get_status_frames op;
    if (copy_from_guest_va(&op, uop))
        return -EFAULT;
    struct domain *d = grant_target(op.dom, &op.status);
    if (d)
        op.status = setup_frames(d, guest_handle_va(op.frame_list), op.nr_frames, true);
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
    } else if (op->ref_a == op->ref_b) {
        op->status = GNTST_okay;
    } else if (!swap_unused(gt, op->ref_a) || !swap_unused(gt, op->ref_b)) {
        op->status = GNTST_eagain;
    } else {
        char entry[sizeof(union grant_entry_v2)];
        size_t size = gt->version == 2 ? sizeof(union grant_entry_v2) : sizeof(struct grant_entry_v1),
               per = PAGE_SIZE / size;
        char *a = (char *)gt->shared[op->ref_a / per] + op->ref_a % per * size;
        char *b = (char *)gt->shared[op->ref_b / per] + op->ref_b % per * size;
        memcpy(entry, a, size);
        memcpy(a, b, size);
        memcpy(b, entry, size);
        op->status = GNTST_okay;
    }
    spin_unlock(&gt->lock);
}
