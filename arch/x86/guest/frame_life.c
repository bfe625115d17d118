/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames at the edges of their life with a domain. One that leaves its owner must not be reachable through a
 * translation that is still cached, as a page or as a table. A domain that runs nowhere has no dirty CPUs, so the end
 * of a domain costs no flush. A page of the hypervisor's that a domain may map has its one type from the start and for
 * good: it holds a type reference by itself, so it never becomes a page table.
 */
#include "hv/domain.h"
#include "hv/lock_debug.h"
#include "hv/log.h"
#include "hv/smp.h"
#include "hvm/hvm.h"
#include "pv/mm/machine.h"
#include "pv/mm/mm.h"
#include "pv/mm/types.h"

void arch_frame_shared(struct frame *f, bool readonly)
{
    __atomic_store_n(&f->type, ftw_make(readonly ? FT_SHARED : FT_WRITABLE, FTW_VALID | 1), __ATOMIC_RELEASE);
}

int arch_domain_relinquish(struct domain *d)
{
    if (d->type == DOMAIN_HVM)
        return hvm_domain_relinquish(d);
    return d->type == DOMAIN_PV ? pv_mm_relinquish(d) : 0;
}

bool arch_frame_write_held(const struct frame *f)
{
    uint64_t w = ftw_load(f);

    return ftw_type(w) == FT_WRITABLE && ftw_count(w);
}

void arch_frame_leaves_domain(struct frame *f)
{
    uint64_t w = ftw_load(f), own = f->count & FRAME_HV ? 1 : 0;
    const struct domain *d = domain_by_owner_id(frame_owner_id(f));

    lock_debug_may_wait(LOCK_WAIT_CPUS);
    BUG_ON(ftw_count(w) != own || (w & (FTW_PARTIAL | FTW_LOCKED | FTW_PINNED)));
    if (d && own)
        arch_tlb_flush_mask(&d->arch.dirty_cpus, false); /* its word was never idle, so it has no stamp */
    else if (d)
        frame_flush_stamped(w, d);
    if (w & FTW_NONCOHERENT)
        machine_cache_flush_page(frame_to_mfn(f));
    __atomic_store_n(&f->type, 0, __ATOMIC_RELEASE);
    m2p_set(frame_to_mfn(f), M2P_INVALID);
}
