/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest frames, by the kind of domain. A PV domain's are machine frames; it keeps its own list of them, and the M2P
 * says what each is to it. So preparing writes the M2P, and there is no map that populating could change.
 */
#include "hv/physmap.h"

void arch_physmap_prepare(struct domain *d, gfn_t g, mfn_t m, unsigned int order)
{
    uint64_t step = g.nr == GFN_NONE.nr ? 0 : 1, pfn = step ? g.nr : M2P_INVALID, end = m.nr + (1ULL << order);

    for (; m.nr < end; m.nr++, pfn += step)
        m2p_set(m, pfn);
}

int arch_physmap_populate(struct domain *d, gfn_t g, mfn_t m, unsigned int order) { return 0; }

bool arch_physmap_give_back(struct domain *d, gfn_t g, struct heap_run *run)
{
    mfn_t m = mfn(g.nr);

    return mfn_valid(m) && domain_give_back_frame(d, mfn_to_frame(m), run);
}

int arch_physmap_add(struct domain *d, gfn_t g, struct frame *f) { return -EACCES; }

int arch_physmap_remove(struct domain *d, gfn_t g) { return -EACCES; }

/* As the guest says in its shared_info: nobody else knows how long its list is. */
long arch_physmap_maximum(const struct domain *d)
{
    long frames = (long)READ_ONCE(d->shared_info->arch.max_pfn);

    return frames > 0 ? frames - 1 : frames;
}
