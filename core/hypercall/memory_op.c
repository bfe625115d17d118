/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory_op(cmd, arg): the operations' table, the one place where their structures are read and answered, and those
 * that only ask.
 */
#include "core/hypercall/memory.h"
#include "hv/claim.h"
#include "hv/compiler.h"
#include "hv/guest_access.h"
#include "hv/heap.h"
#include "hv/hypercall.h"
#include "hv/physmap.h"

#include <arch/current.h>
#include <hypercall_handlers.h>

/*
 * The command's low bits say what to do, the others count the extents that earlier parts of a continued call have done
 * (the ABI leaves them zero for the first part).
 */
#define MEMORY_CMD_BITS 6
#define MEMORY_CMD_MASK ((1u << MEMORY_CMD_BITS) - 1)

#define NODE_ANY  0xffu
#define NODES_MAX 64u /* as the ABI's tools count them */
#define ORDER_GUEST    9u
#define ORDER_HARDWARE 12u
#define ORDER_CONTROL  18u

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

/* The target exists and may be changed by the caller; what else is asked of it has the answer @rc. */
static long memory_refuse(domid_t id, long refusal)
{
    struct domain *d;
    long rc = memory_target(id, &d);

    if (rc)
        return rc;
    domain_put(d);
    return refusal;
}

/* The three that only name a domain: asked often, so without a row's detour. Read here, once. */
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
        rc = arch_physmap_maximum(d);
        break;
    }
    domain_put(d);
    return rc;
}

/* A toolstack's: a domain that asks about itself is told that it has nothing to set. */
static long memory_pod(struct memory_call *m)
{
    struct domain *d;
    long rc = memory_target(m->op.pod.domid, &d);

    if (rc)
        return rc;
    rc = d == current_vcpu()->domain ? -EINVAL :
                                       arch_physmap_pod_target(d, m->cmd == XENMEM_set_pod_target, &m->op.pod);
    m->answer = !rc;
    domain_put(d);
    return rc;
}

static long memory_claim(struct memory_call *m)
{
    const struct xen_memory_reservation *op = &m->op.reservation;
    if (!current_vcpu()->domain->is_privileged)
        return -EPERM;
    if (!guest_handle_null(op->extent_start) || op->extent_order || op->mem_flags)
        return -EINVAL;
    struct domain *d = domain_get_by_id(op->domid);
    if (!d)
        return -EINVAL;
    long rc = domain_claim(d, op->nr_extents);
    domain_put(d);
    return rc;
}

/* No domain has virtual NUMA nodes. libxl takes this one error for that, and saves a domain only then. */
static long memory_vnuma(struct memory_call *m)
{
    return memory_refuse(m->op.vnuma.domid, m->op.vnuma.pad ? -EINVAL : -EOPNOTSUPP);
}

/* No domain's pages are shared. */
static long memory_sharing(struct memory_call *m)
{
    return 0;
}

/* For 32-bit toolstacks. */
static long memory_compat_list(struct memory_call *m)
{
    return -EOPNOTSUPP;
}

static const struct memory_row rows[] = {
    [XENMEM_increase_reservation] = { memory_reservation, MEMORY_IN(reservation), .counts = true },
    [XENMEM_decrease_reservation] = { memory_reservation, MEMORY_IN(reservation), .counts = true },
    [XENMEM_populate_physmap] = { memory_reservation, MEMORY_IN(reservation), .counts = true },
    [XENMEM_add_to_physmap] = { memory_add, MEMORY_IN(add) },
    [XENMEM_add_to_physmap_batch] = { memory_add_batch, MEMORY_IN(batch) },
    [XENMEM_remove_from_physmap] = { memory_remove, MEMORY_IN(remove) },
    [XENMEM_set_pod_target] = { memory_pod, MEMORY_IN(pod), MEMORY_ANSWER(pod) },
    [XENMEM_get_pod_target] = { memory_pod, MEMORY_IN(pod), MEMORY_ANSWER(pod) },
    [XENMEM_acquire_resource] = { memory_acquire_resource, MEMORY_IN(resource),
                                  MEMORY_ANSWER_FIELD(xen_mem_acquire_resource, resource, nr_frames) },
    [XENMEM_get_vnumainfo] = { memory_vnuma, MEMORY_IN(vnuma) },
    [XENMEM_claim_pages] = { memory_claim, MEMORY_IN(reservation) },
    [XENMEM_get_sharing_freed_pages] = { memory_sharing },
    [XENMEM_get_sharing_shared_pages] = { memory_sharing },
    [XENMEM_machphys_compat_mfn_list] = { memory_compat_list },
};

static const struct memory_row *memory_row(uint32_t cmd)
{
    return cmd < ARRAY_SIZE(rows) && rows[cmd].fn ? &rows[cmd] : arch_memory_row(cmd);
}

/* What a row asks besides its structure; 0, or what the caller is told. */
static long memory_refused_by_row(const struct memory_call *m, const struct memory_row *row)
{
    if (m->start && row->no_start)
        return row->no_start;
    return row->control && !current_vcpu()->domain->is_privileged ? -EPERM : 0;
}

static long memory_finish(struct hypercall *call, const struct memory_call *m, const struct memory_row *row, long rc)
{
    uint64_t to = call->arg[1] + row->answer_at;

    if (m->answer && arch_copy_to_guest(to, (const char *)&m->op + row->answer_at, row->answer_size))
        rc = -EFAULT;
    if (rc == -ERESTART)
        call->arg[0] = m->start << MEMORY_CMD_BITS | m->cmd;
    return rc;
}

static long memory_by_row(struct hypercall *call, uint32_t cmd)
{
    struct memory_call m; /* member by member: the compiler would clear it as a whole before */
    const struct memory_row *row = memory_row(cmd);
    long rc;

    if (!row)
        return -ENOSYS;
    m.cmd = cmd;
    m.start = call->arg[0] >> MEMORY_CMD_BITS;
    m.answer = false;
    if (unlikely(m.start || row->control) && (rc = memory_refused_by_row(&m, row)) != 0)
        return rc;
    if (row->size && arch_copy_from_guest(&m.op, call->arg[1], row->size))
        return row->counts ? (long)m.start : -EFAULT;
    rc = row->fn(&m);
    return unlikely(m.answer || rc == -ERESTART) ? memory_finish(call, &m, row, rc) : rc;
}

long hypercall_memory_op(struct hypercall *call)
{
    uint32_t cmd = call->arg[0] & MEMORY_CMD_MASK;

    switch (cmd) {
    case XENMEM_maximum_ram_page:
        return (long)(frame_table_end - 1);
    case XENMEM_current_reservation:
    case XENMEM_maximum_reservation:
    case XENMEM_maximum_gpfn:
        return memory_query(cmd, call->arg[1]);
    }
    return memory_by_row(call, cmd);
}
