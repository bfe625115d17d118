/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest frames, by the kind of domain. A PV domain's are machine frames; it keeps its own list of them, and the M2P
 * says what each is to it. So preparing writes the M2P, and there is no map that populating could change. A container's
 * are in its p2m; of its frames the M2P says the same.
 */
#include "hv/physmap.h"
#include "hvm/p2m.h"
#include "pv/mm/types.h"

void arch_physmap_prepare(struct domain *d, gfn_t g, mfn_t m, unsigned int order)
{
    uint64_t step = g.nr == GFN_NONE.nr ? 0 : 1, pfn = step ? g.nr : M2P_INVALID, end = m.nr + (1ULL << order);

    for (; m.nr < end; m.nr++, pfn += step)
        m2p_set(m, pfn);
}

int arch_physmap_populate(struct domain *d, gfn_t g, mfn_t m, unsigned int order)
{
    return domain_is_translated(d) ? hvm_physmap_populate(d, g, m, order) : 0;
}

bool arch_physmap_give_back(struct domain *d, gfn_t g, struct heap_run *run)
{
    mfn_t m = mfn(g.nr);

    if (domain_is_translated(d))
        return hvm_physmap_give_back(d, g, run);
    return mfn_valid(m) && domain_give_back_frame(d, mfn_to_frame(m), run);
}

int arch_physmap_add(struct domain *d, gfn_t g, struct frame *f)
{
    return domain_is_translated(d) ? hvm_physmap_add(d, g, f) : -EACCES;
}

/* The entry holds the frame like a mapping does: written through it, so never a page table. */
int arch_physmap_add_foreign(struct domain *d, gfn_t g, struct frame *f)
{
    return domain_is_translated(d) ? hvm_physmap_add_foreign(d, g, frame_to_mfn(f), P2M_FOREIGN_RW) : -EACCES;
}

int arch_physmap_remove(struct domain *d, gfn_t g)
{
    return domain_is_translated(d) ? hvm_physmap_remove(d, g) : -EACCES;
}

int arch_physmap_populate_on_demand(struct domain *d, gfn_t g, unsigned int order)
{
    return domain_is_translated(d) ? hvm_pod_populate(d, g, order) : -EOPNOTSUPP;
}

int arch_physmap_pod_target(struct domain *d, bool set, struct xen_pod_target *op)
{
    struct hvm_pod pod;

    if (!domain_is_translated(d))
        return -EINVAL;
    int rc = hvm_pod_target(d, set ? &op->target_pages : NULL, &pod);
    op->tot_pages = pod.total;
    op->pod_cache_pages = pod.cache;
    op->pod_entries = pod.entries;
    return rc;
}

/* As a PV guest says in its shared_info: nobody else knows how long its list is. */
long arch_physmap_maximum(const struct domain *d)
{
    if (domain_is_translated(d))
        return hvm_physmap_maximum(d);
    long frames = (long)READ_ONCE(d->shared_info->arch.max_pfn);

    return frames > 0 ? frames - 1 : frames;
}
