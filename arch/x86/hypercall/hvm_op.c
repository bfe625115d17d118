/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvm_op(op, arg): parameters and services of HVM containers. A PV domain has none and gets an error; it only learns
 * what time it is. Who is named is looked up first, so that a domain that does not exist is distinguished from one of
 * another kind.
 */
#include "hv/domain.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hv/time.h"
#include "hv/trace.h"
#include "hvm/hvm.h"
#include "public.h"

#include <arch/current.h>
#include <hypercall_handlers.h>

#define XENTRACE_EVENT_MAX 0x1000u /* the trace's number has 12 bits for guests */

_Static_assert(sizeof(struct xen_hvm_param) <= sizeof(struct xen_hvm_get_mem_type) &&
                   sizeof(struct xen_hvm_pagetable_dying) <= sizeof(struct xen_hvm_get_mem_type),
               "op_on_domain() has room for the largest");

/* The first field of the structure names the target domain. */
static long op_on_domain(uint64_t arg, size_t size)
{
    union {
        domid_t id;
        uint8_t bytes[sizeof(struct xen_hvm_get_mem_type)];
    } op;

    if (copy_from_guest_bytes(&op, arg, 1, size))
        return -EFAULT;
    struct domain *d = domain_get_by_any_id(op.id);
    if (!d)
        return -ESRCH;
    domain_put(d);
    return -EINVAL;
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
    case HVMOP_set_param:
    case HVMOP_get_param: return op_on_domain(arg, sizeof(struct xen_hvm_param));
    case HVMOP_pagetable_dying: return op_on_domain(arg, sizeof(struct xen_hvm_pagetable_dying));
    case HVMOP_get_mem_type: return op_on_domain(arg, sizeof(struct xen_hvm_get_mem_type));
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
