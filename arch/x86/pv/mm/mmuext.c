/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercall mmuext_op: pins, roots, flushes, LDT, pages cleared and copied. A list of operations, usually of one. */
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "pv/mm/batch.h"
#include "pv/mm/finish.h"
#include "pv/mm/foreign.h"
#include "pv/mm/machine.h"
#include "pv/mm/mm.h"
#include "pv/mm/pt_walk.h"
#include "pv/mm/types.h"
#include "pv/mm/update.h"

#include <hypercall_handlers.h>

#define LDT_ENTRIES_MAX 8192u

/*
 * A pin is a reference that a guest holds by name. Whoever clears the bit owes the references, so they are dropped
 * once. A domain that dies meanwhile: either we see that it dies after the pin is set, or the walk over its frames,
 * which begins after `life` has changed, sees the pin.
 */

static int pin_drop(struct frame *f)
{
    if (!frame_unpin(f))
        return -EINVAL;
    return frame_put_typed(f) ? UPDATE_LEFTOVER : 0;
}

/** Makes the frame of @d a table of @type while it stays pinned. 0, -EINVAL, -ERESTART (again), UPDATE_LEFTOVER. */
static int table_pin(mfn_t m, struct domain *d, enum frame_type type)
{
    int rc = frame_get_typed(m, d, type);
    struct frame *f;

    if (rc)
        return rc;
    f = mfn_to_frame(m);
    if (!frame_pin(f)) {
        frame_put_typed(f); /* not the last: the pin has one */
        return -EINVAL;
    }
    if (likely(__atomic_load_n(&d->life, __ATOMIC_SEQ_CST) < DOMAIN_DYING))
        return 0;
    pin_drop(f); /* what is left over, the end of the domain finds */
    return -EINVAL;
}

/** 0, -EINVAL (not pinned), UPDATE_LEFTOVER. */
static int table_unpin(mfn_t m, struct domain *d)
{
    struct frame *f;
    int rc;

    f = frame_get_mfn(m, d);
    if (!f)
        return -EINVAL;
    rc = pin_drop(f);
    frame_put(f);
    return rc;
}

static int writable_get(mfn_t m, const struct domain *d)
{
    int rc = frame_get_typed(m, d, FT_WRITABLE);

    return rc == -EBUSY ? -EINVAL : rc;
}

static int ext_clear_page(mfn_t m, struct domain *d)
{
    int rc = writable_get(m, d);

    if (rc)
        return rc;
    memset(mfn_to_virt(m), 0, PAGE_SIZE);
    frame_put_typed(mfn_to_frame(m));
    return 0;
}

static int ext_copy_page(mfn_t dst, mfn_t src, struct domain *d)
{
    int rc;

    if (!frame_get_mfn(src, d))
        return -EINVAL;
    rc = writable_get(dst, d);
    if (!rc) {
        memcpy(mfn_to_virt(dst), mfn_to_virt(src), PAGE_SIZE);
        frame_put_typed(mfn_to_frame(dst));
    }
    frame_put(mfn_to_frame(src));
    return rc;
}

static int ext_set_ldt(struct vcpu *v, vaddr_t base, uint32_t entries)
{
    vaddr_t last = base + entries * sizeof(uint64_t) - 1;

    if (!entries)
        base = 0; /* there is nothing at it */
    else if (entries > LDT_ENTRIES_MAX || base % PAGE_SIZE || last < base || !va_is_guests(base) ||
             !va_is_guests(last))
        return -EINVAL;
    pv_set_ldt(v, base, entries);
    return 0;
}

static int ext_flush_cache(const struct domain *d, bool everywhere)
{
    if (!d->arch.io) /* nothing of its can be uncached */
        return everywhere ? -EINVAL : -EACCES;
    machine_cache_flush(everywhere);
    return 0;
}

/** Number 0 means none; the hypervisor's own word for none, all ones, is no frame of anybody's. */
static int ext_user_root(struct vcpu *v, uint64_t nr)
{
    if (mfn_eq(mfn(nr), MFN_NONE))
        return -EINVAL;
    return pv_set_user_root(v, nr ? mfn(nr) : MFN_NONE);
}

/** What acts on the calling vCPU and takes no owner. */
static int ext_own(struct vcpu *v, const struct mmuext_op *op)
{
    vaddr_t va = op->arg1.linear_addr;

    switch (op->cmd) {
    case MMUEXT_NEW_BASEPTR:
        return pv_set_kernel_root(v, mfn(op->arg1.mfn));
    case MMUEXT_NEW_USER_BASEPTR:
        return ext_user_root(v, op->arg1.mfn);
    case MMUEXT_TLB_FLUSH_LOCAL:
    case MMUEXT_TLB_FLUSH_ALL:
        guest_flush_tlb(op->cmd == MMUEXT_TLB_FLUSH_ALL);
        return 0;
    case MMUEXT_INVLPG_LOCAL:
    case MMUEXT_INVLPG_ALL:
        guest_flush_page(va, op->cmd == MMUEXT_INVLPG_ALL);
        return 0;
    case MMUEXT_TLB_FLUSH_MULTI:
    case MMUEXT_INVLPG_MULTI:
        return guest_flush_masked(guest_handle_va(op->arg2.vcpumask), va, op->cmd == MMUEXT_INVLPG_MULTI) ? -EINVAL : 0;
    case MMUEXT_FLUSH_CACHE:
    case MMUEXT_FLUSH_CACHE_GLOBAL:
        return ext_flush_cache(v->domain, op->cmd == MMUEXT_FLUSH_CACHE_GLOBAL);
    case MMUEXT_SET_LDT:
        return ext_set_ldt(v, va, op->arg2.nr_ents);
    case MMUEXT_MARK_SUPER:
    case MMUEXT_UNMARK_SUPER:
        return -EOPNOTSUPP; /* no large pages */
    default:
        return -ENOSYS;
    }
}

static bool is_for_frames(unsigned int cmd)
{
    return cmd <= MMUEXT_UNPIN_TABLE || cmd == MMUEXT_CLEAR_PAGE || cmd == MMUEXT_COPY_PAGE;
}

static int ext_one(struct vcpu *v, const struct mmuext_op *op, struct domain *pg_owner)
{
    mfn_t m = mfn(op->arg1.mfn);

    if (pg_owner->type != DOMAIN_PV)
        return is_for_frames(op->cmd) ? -EINVAL : -EPERM; /* such frames are mapped, and never tables or cleared */
    switch (op->cmd) {
    case MMUEXT_PIN_L1_TABLE:
    case MMUEXT_PIN_L2_TABLE:
    case MMUEXT_PIN_L3_TABLE:
    case MMUEXT_PIN_L4_TABLE:
        return table_pin(m, pg_owner, (enum frame_type)(FT_L1 + (op->cmd - MMUEXT_PIN_L1_TABLE)));
    case MMUEXT_UNPIN_TABLE:
        return table_unpin(m, pg_owner);
    case MMUEXT_CLEAR_PAGE:
        return ext_clear_page(m, pg_owner);
    case MMUEXT_COPY_PAGE:
        return ext_copy_page(m, mfn(op->arg2.src_mfn), pg_owner);
    default:
        return pg_owner == v->domain ? ext_own(v, op) : -EPERM;
    }
}

/** Counts in *@done what succeeded. 0, an error, or -ERESTART. */
static int ext_list(struct domain *pg_owner, uint64_t ops, uint32_t count, uint32_t *done)
{
    struct vcpu *v = current_vcpu();

    while (*done < count) {
        struct mmuext_op op;
        int rc;

        if (*done && hypercall_preempt_check())
            return -ERESTART;
        if (copy_from_guest_va(&op, ops + (uint64_t)*done * sizeof(op)))
            return -EFAULT;
        rc = ext_one(v, &op, pg_owner);
        if (rc < 0)
            return rc;
        ++*done;
        if (rc == UPDATE_LEFTOVER && pv_mm_finish(v))
            return -ERESTART;
    }
    return 0;
}

/* Arguments: those of a batch, then the owner of the frames. */
long hypercall_mmuext_op(struct hypercall *call)
{
    struct op_batch batch;
    struct domain *pg_owner;
    uint32_t done = 0;
    int rc = (int)pv_mm_enter();

    if (!rc)
        rc = op_batch_begin(&batch, call, sizeof(struct mmuext_op));
    if (!rc)
        rc = foreign_get((domid_t)call->arg[3], &pg_owner);
    if (rc)
        return rc;
    rc = ext_list(pg_owner, call->arg[0], batch.count, &done);
    foreign_put(pg_owner);
    op_batch_end(&batch, call, sizeof(struct mmuext_op), done, rc);
    return rc;
}
