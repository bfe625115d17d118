/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a grant is mapped: in a page-table entry of a PV guest. */
#include "hv/domain.h"
#include "hv/grant.h"
#include "pv/mm/flush.h"
#include "pv/mm/machine.h"
#include "pv/mm/mm.h"

#define PTE_AVAIL_SHIFT 9
#define PTE_AVAIL_BITS  7u

int arch_grant_map(uint64_t host_addr, mfn_t m, uint32_t flags)
{
    /* The bits that the guest may use as it likes go into the entry. */
    uint64_t avail = (uint64_t)(flags >> _GNTMAP_guest_avail0 & PTE_AVAIL_BITS) << PTE_AVAIL_SHIFT;

    if (current_vcpu()->domain->type != DOMAIN_PV)
        return GNTST_general_error;
    int rc = pv_grant_map(host_addr, flags & GNTMAP_contains_pte, m, !(flags & GNTMAP_readonly), avail);
    return rc ? GNTST_general_error : GNTST_okay;
}

int arch_grant_unmap(uint64_t host_addr, mfn_t m, uint32_t flags, uint64_t new_addr)
{
    bool is_pte = flags & GNTMAP_contains_pte, writable = !(flags & GNTMAP_readonly);
    int rc;

    if (new_addr)
        rc = is_pte ? -EINVAL : pv_grant_replace(host_addr, new_addr, m, writable);
    else
        rc = pv_grant_unmap(host_addr, is_pte, m, writable);
    return rc ? GNTST_general_error : GNTST_okay;
}

void arch_grant_flush(void)
{
    guest_flush_tlb(true);
}

void arch_grant_cache_flush(mfn_t m)
{
    machine_cache_flush_page(m);
}
