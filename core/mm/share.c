/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypervisor memory that a domain may map: its shared_info, grant tables, the trace and log rings. The domain is the
 * frame's owner as far as references go, but the frame is neither on its list nor in its count, and FRAME_HV keeps it
 * from the heap.
 */
#include "hv/domain.h"
#include "hv/frame.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "mm.h"

static uint64_t shared_with(const struct domain *d)
{
    return FRAME_HV | (uint64_t)d->id << FRAME_OWNER_SHIFT;
}

void frame_share_with(void *page, struct domain *d, bool readonly)
{
    struct frame *f = mfn_to_frame(virt_to_mfn(page));

    BUG_ON(frame_refs(f) || frame_owner_id(f) != FRAME_OWNER_NONE);
    arch_frame_shared(f, readonly);
    spin_lock(&d->frames_lock);
    d->hv_pages++;
    spin_unlock(&d->frames_lock);
    __atomic_store_n(&f->count, shared_with(d) | FRAME_ALLOCATED | 1, __ATOMIC_RELEASE);
}

bool frame_unshare_unused(void *page, const struct domain *d)
{
    struct frame *f = mfn_to_frame(virt_to_mfn(page));
    uint64_t unused = shared_with(d) | FRAME_ALLOCATED | 1;

    return __atomic_compare_exchange_n(&f->count, &unused, shared_with(d), false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

void frame_share_resume(void *page, const struct domain *d)
{
    struct frame *f = mfn_to_frame(virt_to_mfn(page));

    BUG_ON(f->count != shared_with(d));
    __atomic_store_n(&f->count, shared_with(d) | FRAME_ALLOCATED | 1, __ATOMIC_RELEASE);
}

bool frame_unshare(void *page, struct domain *d)
{
    struct frame *f = mfn_to_frame(virt_to_mfn(page));

    if (frame_clear_allocated(f))
        frame_put(f);
    if (frame_refs(f))
        return false;
    if (frame_owner_id(f) == FRAME_OWNER_NONE)
        return true; /* asked again */
    arch_frame_leaves_domain(f);
    spin_lock(&d->frames_lock);
    d->hv_pages--;
    spin_unlock(&d->frames_lock);
    frame_make_private(f);
    return true;
}
