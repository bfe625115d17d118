/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a grant is mapped: in a page-table entry of a PV guest, at a guest frame of a container. */
#include "hv/domain.h"
#include "hv/grant.h"
#include "hvm/hvm.h"
#include "hvm/p2m.h"
#include "pv/mm/machine.h"
#include "pv/mm/mm.h"

#define PTE_AVAIL_SHIFT 9
#define PTE_AVAIL_BITS  7u

static enum p2m_type grant_type(uint32_t flags) { return flags & GNTMAP_readonly ? P2M_GRANT_RO : P2M_GRANT_RW; }

/* A whole guest frame, for the CPU alone: devices have no address of a container's. */
static int container_map(uint64_t host_addr, mfn_t m, uint32_t flags)
{
    if ((flags & ~(uint32_t)GNTMAP_readonly) != GNTMAP_host_map || host_addr % PAGE_SIZE)
        return -EINVAL;
    return hvm_physmap_add_foreign(current_vcpu()->domain, gfn(host_addr >> PAGE_SHIFT), m, grant_type(flags));
}

static int container_unmap(uint64_t host_addr, mfn_t m, uint32_t flags, uint64_t new_addr)
{
    if (new_addr || host_addr % PAGE_SIZE)
        return -EINVAL;
    return hvm_physmap_remove_foreign(current_vcpu()->domain, gfn(host_addr >> PAGE_SHIFT), m, grant_type(flags));
}

int arch_grant_map(uint64_t host_addr, mfn_t m, uint32_t flags)
{
    /* The bits that the guest may use as it likes go into the entry. */
    uint64_t avail = (uint64_t)(flags >> _GNTMAP_guest_avail0 & PTE_AVAIL_BITS) << PTE_AVAIL_SHIFT;

    if (current_vcpu()->domain->type == DOMAIN_HVM)
        return container_map(host_addr, m, flags) ? GNTST_general_error : GNTST_okay;
    int rc = pv_grant_map(host_addr, flags & GNTMAP_contains_pte, m, !(flags & GNTMAP_readonly), avail);
    return rc ? GNTST_general_error : GNTST_okay;
}

int arch_grant_unmap(uint64_t host_addr, mfn_t m, uint32_t flags, uint64_t new_addr)
{
    bool is_pte = flags & GNTMAP_contains_pte, writable = !(flags & GNTMAP_readonly);
    int rc;

    if (current_vcpu()->domain->type == DOMAIN_HVM)
        return container_unmap(host_addr, m, flags, new_addr) ? GNTST_general_error : GNTST_okay;
    if (new_addr)
        rc = is_pte ? -EINVAL : pv_grant_replace(host_addr, new_addr, m, writable);
    else
        rc = pv_grant_unmap(host_addr, is_pte, m, writable);
    return rc ? GNTST_general_error : GNTST_okay;
}

void arch_grant_flush(void)
{
    if (current_vcpu()->domain->type == DOMAIN_PV)
        guest_flush_tlb(true);
    /* A container's CPUs have forgotten when the entry went: hvm/p2m_private.h. */
}

void arch_grant_cache_flush(mfn_t m)
{
    machine_cache_flush_page(m);
}
