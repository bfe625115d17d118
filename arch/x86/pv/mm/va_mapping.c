/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypercalls update_va_mapping and update_va_mapping_otherdomain: the level 1 entry of an address, and a flush with it.
 */
#include "hv/hypercall.h"
#include "pv/mm/finish.h"
#include "pv/mm/flush.h"
#include "pv/mm/foreign.h"
#include "pv/mm/pt_walk.h"
#include "pv/mm/update.h"

#include <hypercall_handlers.h>

/** @flags: what to flush in bits 0-1; above, 0 for this CPU, UVMF_ALL, or the address of a vCPU bitmap. */
static int va_mapping_flush(vaddr_t va, uint64_t flags)
{
    uint64_t where = flags & ~UVMF_FLUSHTYPE_MASK;
    bool one_page = (flags & UVMF_FLUSHTYPE_MASK) == UVMF_INVLPG;

    if (!one_page && (flags & UVMF_FLUSHTYPE_MASK) != UVMF_TLB_FLUSH)
        return 0;
    if (where != UVMF_LOCAL && where != UVMF_ALL)
        return guest_flush_masked(where, va, one_page);
    if (one_page)
        guest_flush_page(va, where == UVMF_ALL);
    else
        guest_flush_tlb(where == UVMF_ALL);
    return 0;
}

static long va_mapping_update(struct vcpu *v, vaddr_t va, uint64_t e, uint64_t flags, struct domain *pg_owner)
{
    struct frame *table, *held;
    int rc = foreign_frame(pg_owner, &e, &held);

    if (rc)
        return rc;
    rc = -EINVAL;
    if (pt_walk_l1_lock(v, va, &table)) {
        rc = l1_update(table, pte_index(va, 1), e, v->domain, pg_owner, PTE_WRITE_PLAIN);
        frame_table_unlock(table);
    }
    foreign_frame_put(held, e);
    return rc ? rc : va_mapping_flush(va, flags);
}

/** Arguments: address, entry, flags UVMF_*. */
long hypercall_update_va_mapping(struct hypercall *call)
{
    struct vcpu *v = current_vcpu();
    long rc = pv_mm_enter();

    return rc ? rc : va_mapping_update(v, call->arg[0], call->arg[1], call->arg[2], v->domain);
}

/** The same with the owner of the frame as the fourth argument. */
long hypercall_update_va_mapping_otherdomain(struct hypercall *call)
{
    struct vcpu *v = current_vcpu();
    struct domain *pg_owner;
    long rc = pv_mm_enter();

    if (rc)
        return rc;
    rc = foreign_get((domid_t)call->arg[3], &pg_owner);
    if (rc)
        return rc;
    rc = va_mapping_update(v, call->arg[0], call->arg[1], call->arg[2], pg_owner);
    foreign_put(pg_owner);
    return rc;
}
