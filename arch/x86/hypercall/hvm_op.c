/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvm_op(op, arg): parameters and services of HVM containers, for themselves and for their toolstack. A PV domain has
 * none and gets an error; it only learns what time it is. Who is named is looked up first, so that a domain that does
 * not exist is distinguished from one of another kind.
 */
#include "hv/domain.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hvm/p2m.h"
#include "hvm/params.h"
#include "hv/time.h"
#include "hv/trace.h"
#include "hvm/hvm.h"
#include "public.h"

#include <arch/current.h>
#include <hypercall_handlers.h>

#define XENTRACE_EVENT_MAX 0x1000u /* the trace's number has 12 bits for guests */

/* The container that @id names, referenced, if the caller is it or controls it. 0, -ESRCH, -EINVAL, -EPERM. */
static long op_target(domid_t id, struct domain **out)
{
    const struct domain *caller = current_vcpu()->domain;
    struct domain *d = domain_get_by_any_id(id);
    long rc = 0;

    if (!d)
        return -ESRCH;
    if (d->type != DOMAIN_HVM)
        rc = -EINVAL;
    else if (d != caller && !caller->is_privileged)
        rc = -EPERM;
    if (rc)
        domain_put(d);
    else
        *out = d;
    return rc;
}

static long op_param(bool set, uint64_t arg)
{
    struct xen_hvm_param op;
    struct domain *d;

    if (copy_from_guest_va(&op, arg))
        return -EFAULT;
    long rc = op_target(op.domid, &d);
    if (rc)
        return rc;
    bool by_guest = d == current_vcpu()->domain;
    rc = set ? hvm_param_set(d, op.index, op.value, by_guest) : hvm_param_get(d, op.index, &op.value, by_guest);
    domain_put(d);
    return rc || set ? rc : copy_to_guest_va(arg, &op);
}

/* Shadow page tables would have to know. */
static long op_pagetable_dying(uint64_t arg)
{
    struct xen_hvm_pagetable_dying op;
    struct domain *d;

    if (copy_from_guest_va(&op, arg))
        return -EFAULT;
    long rc = op_target(op.domid, &d);
    if (rc)
        return rc;
    rc = d == current_vcpu()->domain ? -EOPNOTSUPP : -EINVAL;
    domain_put(d);
    return rc;
}

static uint16_t memory_type(enum p2m_type kind)
{
    if (kind == P2M_RAM_RO || kind == P2M_GRANT_RO || kind == P2M_FOREIGN_RO)
        return HVMMEM_ram_ro;
    return p2m_type_has_frame(kind) || kind == P2M_POD ? HVMMEM_ram_rw : HVMMEM_mmio_dm;
}

static long op_get_mem_type(uint64_t arg)
{
    struct xen_hvm_get_mem_type op;
    struct domain *d;
    enum p2m_type kind;

    if (copy_from_guest_va(&op, arg))
        return -EFAULT;
    long rc = op_target(op.domid, &d);
    if (rc)
        return rc;
    (void)hvm_p2m_lookup(d, gfn(op.pfn), &kind);
    domain_put(d);
    op.mem_type = memory_type(kind);
    return copy_to_guest_va(arg, &op);
}

/* Of the caller alone. A PV domain has no interrupt controller that could have the vector. */
static long op_upcall_vector(uint64_t arg)
{
    struct domain *d = current_vcpu()->domain;
    struct xen_hvm_evtchn_upcall_vector op;

    if (d->type != DOMAIN_HVM)
        return -EINVAL;
    return copy_from_guest_va(&op, arg) ? -EFAULT : hvm_upcall_vector_set(d, op.vcpu, op.vector);
}

static long op_flush_tlbs(uint64_t arg)
{
    struct domain *d = current_vcpu()->domain;

    if (d->type != DOMAIN_HVM || arg)
        return -EINVAL;
    hvm_flush_tlb(d);
    return 0;
}

static long op_get_time(uint64_t arg)
{
    const struct xen_hvm_get_time now = { now_ns() };

    return copy_to_guest_va(arg, &now);
}

/* A guest's own record: the class says that it is one, and who runs there says whose. */
static void trace_guest_record(const struct xen_hvm_xentrace *op)
{
    uint32_t word[TRACE_WORDS_MAX] = { 0 };

    _Static_assert(sizeof(op->extra) <= sizeof(word), "all of it fits");
    memcpy(word, op->extra, op->extra_bytes);
    trace_add(TRC_GUEST | op->event, word, ROUND_UP(op->extra_bytes, 4U) / 4);
}

static long op_xentrace(uint64_t arg)
{
    struct xen_hvm_xentrace op;

    if (copy_from_guest_va(&op, arg))
        return -EFAULT;
    if (op.extra_bytes > sizeof(op.extra) || op.event >= XENTRACE_EVENT_MAX)
        return -EINVAL;
    if (trace_on())
        trace_guest_record(&op);
    return 0;
}

long hypercall_hvm_op(struct hypercall *call)
{
    uint64_t arg = call->arg[1];

    switch (call->arg[0]) {
    case HVMOP_set_param: return op_param(true, arg);
    case HVMOP_get_param: return op_param(false, arg);
    case HVMOP_pagetable_dying: return op_pagetable_dying(arg);
    case HVMOP_get_mem_type: return op_get_mem_type(arg);
    case HVMOP_get_time: return op_get_time(arg);
    case HVMOP_xentrace: return op_xentrace(arg);
    case HVMOP_flush_tlbs: return op_flush_tlbs(arg);
    case HVMOP_set_evtchn_upcall_vector: return op_upcall_vector(arg);
    case HVMOP_guest_request_vm_event: return arg ? -EINVAL : 0; /* nobody listens */
    case HVMOP_altp2m: return -EOPNOTSUPP;
    default: return -ENOSYS;
    }
}

/* Performance counters are not shared out: as with vpmu=0. */
long hypercall_xenpmu_op(struct hypercall *call)
{
    return -EOPNOTSUPP;
}
