/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypercall mmu_update: a list of (machine address of an entry, new value). Linux sends nearly all of them one by one,
 * so the way of a single level 1 update is kept short: copy 16 bytes, lock the table (which proves that it is one and
 * keeps it one), compare the owner, update, unlock.
 */
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "pv/mm/batch.h"
#include "pv/mm/finish.h"
#include "pv/mm/mm.h"
#include "pv/mm/foreign.h"
#include "pv/mm/pt_walk.h"
#include "pv/mm/update.h"

#include <hypercall_handlers.h>

#define MMU_COMMAND_MASK 7u
#define PREEMPT_STEP     8u
#define UPDATE_DEAR      2 /* done, and it may have taken long: look around before the next */

struct mmu_owners {
    struct domain *pt_owner; /* whose tables are changed */
    struct domain *pg_owner; /* whose frames they are to map */
};

/** The address is not in a live page table: an ordinary store to a frame of the domain, if it may be written at all. */
static int mmu_store_data(mfn_t m, unsigned int index, uint64_t val, struct domain *d)
{
    int rc = frame_get_typed(m, d, FT_WRITABLE);

    if (rc)
        return rc;
    WRITE_ONCE(((uint64_t *)mfn_to_virt(m))[index], val);
    frame_put_typed(mfn_to_frame(m));
    return 0;
}

static int mmu_update_entry(const struct mmu_owners *b, uint64_t ptr, uint64_t val, enum pte_write how)
{
    mfn_t m = paddr_to_mfn(ptr);
    unsigned int index = ptr % PAGE_SIZE / sizeof(uint64_t);
    struct frame *f;
    enum frame_type type;
    int rc;

    if (unlikely(!mfn_valid(m) || (ptr & sizeof(uint64_t) / 2)))
        return -EINVAL;
    f = mfn_to_frame(m);
    type = frame_table_lock(f);
    if (unlikely(type == FT_NONE))
        return mmu_store_data(m, index, val, b->pt_owner);
    rc = -EPERM;
    if (unlikely(type != FT_L1 && b->pg_owner != b->pt_owner))
        rc = -EINVAL; /* a table's tables are its owner's; only what an L1 maps may be another's */
    else if (likely(frame_owner_id(f) == b->pt_owner->id))
        rc = table_update(f, type, index, val, b->pt_owner, b->pg_owner, how);
    frame_table_unlock(f);
    return rc || likely(type == FT_L1) ? rc : UPDATE_DEAR;
}

/** The number in @val is what @b's owner of frames calls it. */
static int mmu_update_translated(const struct mmu_owners *b, uint64_t ptr, uint64_t val, enum pte_write how)
{
    struct frame *held;
    int rc = foreign_frame(b->pg_owner, &val, &held);

    if (unlikely(rc))
        return rc;
    rc = mmu_update_entry(b, ptr, val, how);
    foreign_frame_put(held, val);
    return rc;
}

/** The number in @val is a machine frame's. Who logs what is written to a container's memory is to know. */
static int mmu_update_machine(const struct mmu_owners *b, uint64_t ptr, uint64_t val)
{
    int rc = mmu_update_entry(b, ptr, val, PTE_WRITE_PLAIN);

    if (rc >= 0 && unlikely(domain_is_translated(b->pg_owner)) && (val & PTE_P) && (val & PTE_RW))
        foreign_frame_written(b->pg_owner, pte_mfn(val));
    return rc;
}

/**
 * The M2P is what guests read; a wrong number in the entry of an own frame harms the owner alone. Of a container's
 * frames it is what its map says, and ours to write.
 */
static int mmu_machphys_update(const struct mmu_owners *b, uint64_t ptr, uint64_t val)
{
    mfn_t m = paddr_to_mfn(ptr);

    if (b->pg_owner->type != DOMAIN_PV || !frame_get_mfn(m, b->pg_owner))
        return -EINVAL;
    m2p_set(m, val);
    frame_put(mfn_to_frame(m));
    return 0;
}

static int mmu_update_one(const struct mmu_owners *b, const struct mmu_update *req)
{
    uint64_t ptr = req->ptr & ~(uint64_t)MMU_COMMAND_MASK;

    switch (req->ptr & MMU_COMMAND_MASK) {
    case MMU_NORMAL_PT_UPDATE:
        return mmu_update_translated(b, ptr, req->val, PTE_WRITE_PLAIN);
    case MMU_PT_UPDATE_NO_TRANSLATE: /* a machine frame, as XENMEM_acquire_resource gives them */
        return mmu_update_machine(b, ptr, req->val);
    case MMU_PT_UPDATE_PRESERVE_AD:
        return mmu_update_translated(b, ptr, req->val, PTE_WRITE_PRESERVE_AD);
    case MMU_MACHPHYS_UPDATE:
        return mmu_machphys_update(b, ptr, req->val);
    default:
        return -ENOSYS;
    }
}

/** Counts in *@done what succeeded. 0, an error, or -ERESTART. */
static int mmu_update_list(const struct mmu_owners *b, uint64_t reqs, uint32_t count, uint32_t *done)
{
    while (*done < count) {
        struct mmu_update req;
        int rc;

        if (hypercall_preempt_every(*done, PREEMPT_STEP))
            return -ERESTART;
        if (copy_from_guest_va(&req, reqs + (uint64_t)*done * sizeof(req)))
            return -EFAULT;
        rc = mmu_update_one(b, &req);
        if (unlikely(rc < 0))
            return rc;
        ++*done;
        if (unlikely(rc == UPDATE_LEFTOVER) && pv_mm_finish(current_vcpu()))
            return -ERESTART;
        if (unlikely(rc == UPDATE_DEAR) && *done < count && hypercall_preempt_check())
            return -ERESTART;
    }
    return 0;
}

/** Two owners in one argument: bits 0-15 of the frames, bits 16-31 of the tables plus one, 0 meaning the caller. */
static int mmu_owners_get(uint32_t foreign, struct mmu_owners *b)
{
    int rc = foreign_get((domid_t)foreign, &b->pg_owner);

    if (rc)
        return rc;
    rc = foreign_get_tables(foreign >> 16, &b->pt_owner);
    if (rc)
        foreign_put(b->pg_owner);
    return rc;
}

/* Arguments: those of a batch, then the owners. */
long hypercall_mmu_update(struct hypercall *call)
{
    struct op_batch batch;
    struct mmu_owners owners;
    uint32_t done = 0;
    int rc = (int)pv_mm_enter();

    if (!rc)
        rc = op_batch_begin(&batch, call, sizeof(struct mmu_update));
    if (!rc)
        rc = mmu_owners_get((uint32_t)call->arg[3], &owners);
    if (rc)
        return rc;
    rc = mmu_update_list(&owners, call->arg[0], batch.count, &done);
    foreign_put(owners.pt_owner);
    foreign_put(owners.pg_owner);
    op_batch_end(&batch, call, sizeof(struct mmu_update), done, rc);
    return rc;
}

/*
 * Hypercalls update_va_mapping and update_va_mapping_otherdomain: the level 1 entry of an address, and a flush with it.
 */

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
