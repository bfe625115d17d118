/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vCPU's vcpu_info: in shared_info at first, then wherever the guest wants it, once. */
#include "core/domain/domain.h"

static int info_check(const struct vcpu *v, uint32_t offset)
{
    if (offset > PAGE_SIZE - sizeof(vcpu_info_t) || offset % _Alignof(vcpu_info_t))
        return -ENXIO;
    if (!mfn_eq(v->info_mfn, MFN_NONE))
        return -EINVAL;
    /* The old contents are copied: nobody may be changing them. */
    if (v != current_vcpu() && !(READ_ONCE(v->pause_flags) & VPF_DOWN))
        return -EINVAL;
    return 0;
}

static void info_move(struct vcpu *v, vcpu_info_t *to)
{
    *to = *v->info;
    if (v->info == v->info_fallback) {
        to->evtchn_upcall_pending = 0;
        to->evtchn_pending_sel = 0;
    }
    __atomic_store_n(&v->info, to, __ATOMIC_SEQ_CST);
}

int vcpu_map_info(struct vcpu *v, gfn_t g, uint32_t offset)
{
    struct domain *d = v->domain;
    spin_lock(&d->lock);
    int rc = info_check(v, offset);
    struct frame *f = rc ? NULL : arch_guest_frame_get(d, g, true);
    if (!rc && !f)
        rc = -EINVAL;
    if (!rc) {
        info_move(v, (void *)((char *)mfn_to_virt(frame_to_mfn(f)) + offset));
        v->info_mfn = frame_to_mfn(f);
        /* An event may have been written to the old place meanwhile. */
        vcpu_mark_events_pending(v);
    }
    spin_unlock(&d->lock);
    return rc;
}

void vcpu_unmap_info(struct vcpu *v)
{
    mfn_t m = v->info_mfn;
    if (mfn_eq(m, MFN_NONE))
        return;
    shared_info_t *s = v->domain->shared_info;
    vcpu_info_t *old = v->info_fallback ? v->info_fallback : &s->vcpu_info[v->id];
    old->evtchn_upcall_mask = 1;
    __atomic_store_n(&v->info, old, __ATOMIC_SEQ_CST);
    v->info_mfn = MFN_NONE;
    arch_guest_frame_put(mfn_to_frame(m), true);
}
