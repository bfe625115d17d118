/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memory_op(cmd, arg): dispatch, and the operations that only ask. */
#include "core/hypercall/memory.h"
#include "hv/claim.h"
#include "hv/guest_access.h"
#include "hv/heap.h"

#include <arch/current.h>
#include <hypercall_handlers.h>

#define NODE_ANY  0xffu
#define NODES_MAX 64u /* as the ABI's tools count them */
#define ORDER_GUEST    9u
#define ORDER_HARDWARE 12u
#define ORDER_CONTROL  18u

long memory_continue(struct hypercall *call, uint32_t cmd, uint64_t done)
{
    call->arg[0] = done << MEMORY_CMD_BITS | cmd;
    return -ERESTART;
}

int memory_target(domid_t id, struct domain **out)
{
    const struct domain *caller = current_vcpu()->domain;
    *out = domain_get_by_any_id(id);
    if (!*out)
        return -ESRCH;
    if (*out == caller || caller->is_privileged)
        return 0;
    domain_put(*out);
    return -EPERM;
}

unsigned int memory_max_order(const struct domain *d)
{
    return d->is_privileged ? ORDER_CONTROL : d->is_hardware ? ORDER_HARDWARE : ORDER_GUEST;
}

/*
 * All memory is node 0's. A control domain may name a node: one that is not there serves as well as another, unless it
 * insists, and one that cannot be is an error. Another domain has no say in it: if it insists, it gets nothing.
 */
static bool memory_node_ok(unsigned int mem_flags)
{
    const struct domain *caller = current_vcpu()->domain;
    unsigned int node = XENMEMF_get_node(mem_flags);
    bool exact = mem_flags & XENMEMF_exact_node_request;
    if (node == NODE_ANY || (mem_flags & XENMEMF_vnode))
        return true;
    if (!caller->is_privileged && !caller->is_hardware)
        return !exact;
    return node < NODES_MAX && !(exact && node);
}

int memory_heap_flags(unsigned int mem_flags, unsigned int *heap_flags)
{
    unsigned int bits = XENMEMF_get_address_bits(mem_flags);
    *heap_flags = 0;
    if (!memory_node_ok(mem_flags))
        return -EINVAL;
    if (!bits)
        return 0;
    if (bits <= PAGE_SHIFT)
        return -EINVAL;
    if (bits < 64)
        *heap_flags = HEAP_ADDR_BITS(bits);
    return 0;
}

/* The ABI's results are ints for most callers. */
static long memory_count(uint64_t pages)
{
    return (long)MIN(pages, 0xffffffffULL);
}

static long memory_query(uint32_t cmd, uint64_t arg)
{
    struct xen_memory_domain op;
    struct domain *d;
    if (copy_from_guest_va(&op, arg))
        return -EFAULT;
    long rc = memory_target(op.domid, &d);
    if (rc)
        return rc;
    switch (cmd) {
    case XENMEM_current_reservation:
        rc = memory_count(d->tot_pages);
        break;
    case XENMEM_maximum_reservation:
        rc = memory_count(d->max_pages);
        break;
    case XENMEM_maximum_gpfn:
        rc = d->type == DOMAIN_PV ? (long)READ_ONCE(d->shared_info->arch.max_pfn) : -ENOSYS;
        rc = rc > 0 ? rc - 1 : rc;
        break;
    }
    domain_put(d);
    return rc;
}

/* A PV guest has no physical map of ours to change; the arch knows about the others. */
static long memory_physmap(struct hypercall *call, uint32_t cmd, uint64_t arg, domid_t id)
{
    struct domain *d;
    long rc = memory_target(id, &d);
    if (rc)
        return rc;
    bool pv = d->type == DOMAIN_PV;
    domain_put(d);
    return pv ? -EACCES : arch_memory_op(call, cmd, arg);
}

static long memory_add(struct hypercall *call, uint64_t arg)
{
    struct xen_add_to_physmap op;
    if (copy_from_guest_va(&op, arg))
        return -EFAULT;
    if (op.space == XENMAPSPACE_gmfn_foreign) /* says nothing of whose: that is the batch's */
        return -ENOSYS;
    return memory_physmap(call, XENMEM_add_to_physmap, arg, op.domid);
}

static long memory_add_batch(struct hypercall *call, uint64_t arg)
{
    struct xen_add_to_physmap_batch op;
    if (copy_from_guest_va(&op, arg))
        return -EFAULT;
    if (op.space == XENMAPSPACE_gmfn_range) /* a batch of ranges is not offered */
        return -EOPNOTSUPP;
    return memory_physmap(call, XENMEM_add_to_physmap_batch, arg, op.domid);
}

static long memory_remove(struct hypercall *call, uint64_t arg)
{
    struct xen_remove_from_physmap op;
    return copy_from_guest_va(&op, arg) ? -EFAULT : memory_physmap(call, XENMEM_remove_from_physmap, arg, op.domid);
}

/* What a PV domain gets is populated at once. */
static long memory_pod(uint64_t arg)
{
    struct xen_pod_target op;
    struct domain *d;
    if (copy_from_guest_va(&op, arg))
        return -EFAULT;
    long rc = memory_target(op.domid, &d);
    if (rc)
        return rc;
    domain_put(d);
    return -EINVAL;
}

static long memory_claim(uint64_t arg)
{
    struct xen_memory_reservation op;
    if (copy_from_guest_va(&op, arg))
        return -EFAULT;
    if (!current_vcpu()->domain->is_privileged)
        return -EPERM;
    if (!guest_handle_null(op.extent_start) || op.extent_order || op.mem_flags)
        return -EINVAL;
    struct domain *d = domain_get_by_id(op.domid);
    if (!d)
        return -EINVAL;
    long rc = domain_claim(d, op.nr_extents);
    domain_put(d);
    return rc;
}

/* No domain has virtual NUMA nodes. libxl takes this one error for that, and saves a domain only then. */
static long memory_vnuma(uint64_t arg)
{
    struct xen_vnuma_topology_info op;
    struct domain *d;
    if (copy_from_guest_va(&op, arg))
        return -EFAULT;
    long rc = memory_target(op.domid, &d);
    if (rc)
        return rc;
    domain_put(d);
    return op.pad ? -EINVAL : -EOPNOTSUPP;
}

long hypercall_memory_op(struct hypercall *call)
{
    uint32_t cmd = call->arg[0] & MEMORY_CMD_MASK;
    uint64_t start = call->arg[0] >> MEMORY_CMD_BITS, arg = call->arg[1];
    switch (cmd) {
    case XENMEM_increase_reservation:
    case XENMEM_decrease_reservation:
    case XENMEM_populate_physmap:
        return memory_reservation(call, cmd, start, arg);
    case XENMEM_exchange:
        return start ? -EINVAL : memory_exchange(arg);
    case XENMEM_maximum_ram_page:
        return (long)(frame_table_end - 1);
    case XENMEM_current_reservation:
    case XENMEM_maximum_reservation:
    case XENMEM_maximum_gpfn:
        return memory_query(cmd, arg);
    case XENMEM_add_to_physmap:
        return memory_add(call, arg);
    case XENMEM_add_to_physmap_batch:
        return memory_add_batch(call, arg);
    case XENMEM_remove_from_physmap:
        return memory_remove(call, arg);
    case XENMEM_set_pod_target:
    case XENMEM_get_pod_target:
        return memory_pod(arg);
    case XENMEM_acquire_resource:
        return memory_acquire_resource(call, start, arg);
    case XENMEM_get_vnumainfo:
        return memory_vnuma(arg);
    case XENMEM_claim_pages:
        return memory_claim(arg);
    case XENMEM_get_sharing_freed_pages:
    case XENMEM_get_sharing_shared_pages:
        return 0; /* no domain's pages are shared */
    case XENMEM_machphys_compat_mfn_list: /* for 32-bit toolstacks */
        return -EOPNOTSUPP;
    }
    return start ? -ENOSYS : arch_memory_op(call, cmd, arg);
}
