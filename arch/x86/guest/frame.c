/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's frame held by the hypervisor itself, for vcpu_info, event arrays and the like, or by another's map.
 *
 * Here alone a frame of a guest that is not the caller gets its writable type: log-dirty mode of its owner hears of it.
 */
#include "hv/debugger.h"
#include "hvm/dirty.h"
#include "hvm/hvm.h"
#include "hvm/p2m.h"
#include "pv/mm/pt_walk.h"
#include "pv/mm/types.h"

/* A container's frames are no page tables of ours, but who holds one for writing holds a type as for any other. */
static struct frame *container_frame_get(struct domain *d, gfn_t g, bool write)
{
    struct frame *f = hvm_frame_get(d, g, write);

    if (!f || !write)
        return f;
    if (frame_type_get(f, FT_WRITABLE)) {
        frame_put(f);
        return NULL;
    }
    hvm_dirty_mark(d, f);
    return f;
}

struct frame *arch_guest_frame_get(struct domain *d, gfn_t g, bool write)
{
    mfn_t m = mfn(g.nr);

    if (d->type == DOMAIN_HVM)
        return container_frame_get(d, g, write);
    if (d->type != DOMAIN_PV)
        return NULL;
    if (write)
        return frame_get_typed(m, d, FT_WRITABLE) ? NULL : mfn_to_frame(m);
    return frame_get_mfn(m, d);
}

struct frame *arch_guest_va_frame_get(const struct vcpu *v, vaddr_t va, bool write)
{
    gfn_t g;

    if (v->domain->type == DOMAIN_HVM)
        return hvm_linear_to_gfn(v, va, &g) ? container_frame_get(v->domain, g, write) : NULL;
    uint64_t entry = v->domain->type == DOMAIN_PV ? pt_walk_l1e(v, va) : 0;

    return entry & PTE_P ? arch_guest_frame_get(v->domain, gfn(pte_mfn(entry).nr), write) : NULL;
}

void arch_guest_frame_put(struct frame *f, bool write)
{
    if (write)
        frame_put_typed(f);
    else
        frame_put(f);
}
