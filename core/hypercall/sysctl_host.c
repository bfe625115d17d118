/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host as tools see it: CPUs, memory, topology, all domains. One NUMA node. */
#include "core/sched/policy.h"
#include "hv/cpupool.h"
#include "hv/claim.h"
#include "hv/guest_access.h"
#include "hv/heap.h"
#include "hv/toolstack.h"

#include <toolstack_handlers.h>

#define NODES 1u
#define DISTANCE_LOCAL 10u /* ACPI SLIT */

long sysctl_physinfo(struct sysctl_call *c)
{
    struct xen_sysctl_physinfo *info = &c->op.u.physinfo;

    memset(info, 0, sizeof(*info));
    info->nr_cpus = cpumask_weight(&cpu_online);
    info->max_cpu_id = cpu_count - 1;
    info->nr_nodes = NODES;
    info->max_node_id = NODES - 1;
    info->total_pages = arch_ram_frames();
    info->free_pages = heap_free_frames();
    info->scrub_pages = heap_dirty_frames();
    info->outstanding_pages = claim_outstanding();
    info->max_mfn = frame_table_end - 1;
    info->capabilities = XEN_SYSCTL_PHYSCAP_gnttab_v1 | XEN_SYSCTL_PHYSCAP_gnttab_v2;
    arch_physinfo(info);
    c->copy_back = true;
    return 0;
}

long sysctl_sched_id(struct sysctl_call *c)
{
    c->op.u.sched_id.sched_id = cpupool_default_policy()->id;
    c->copy_back = true;
    return 0;
}

long sysctl_getdomaininfolist(struct sysctl_call *c)
{
    struct xen_sysctl_getdomaininfolist *list = &c->op.u.getdomaininfolist;
    struct xen_domctl_getdomaininfo info;
    struct domain *d;
    uint32_t nr = 0;

    for (domid_t id = list->first_domain; nr < list->max_domains && (d = domain_get_next(id)); nr++) {
        domain_info_fill(d, &info);
        id = d->id + 1;
        domain_put(d);
        if (copy_to_handle(list->buffer, nr, &info))
            return -EFAULT;
    }
    list->num_domains = nr;
    c->copy_back = true;
    return 0;
}

long sysctl_getcpuinfo(struct sysctl_call *c)
{
    struct xen_sysctl_getcpuinfo *op = &c->op.u.getcpuinfo;
    uint32_t nr = MIN(op->max_cpus, cpu_count);

    for (uint32_t i = 0; i < nr; i++) {
        struct xen_sysctl_cpuinfo info = { .idletime = cpumask_test(&cpu_online, i) ? cpu_idle_time(i) : 0 };
        if (copy_to_handle(op->info, i, &info))
            return -EFAULT;
    }
    op->nr_cpus = nr;
    c->copy_back = true;
    return 0;
}

/* The heap is one, so widths mean something only where they exclude no RAM. */
long sysctl_availheap(struct sysctl_call *c)
{
    struct xen_sysctl_availheap *op = &c->op.u.availheap;
    bool unlimited = !op->max_bitwidth || op->max_bitwidth >= 64;
    bool all = op->min_bitwidth <= PAGE_SHIFT &&
               (unlimited || (frame_table_end << PAGE_SHIFT) >> op->max_bitwidth == 0);

    if (op->node >= (int32_t)NODES)
        return -EINVAL;
    if (!all)
        return -EOPNOTSUPP;
    op->avail_bytes = heap_free_frames() << PAGE_SHIFT;
    c->copy_back = true;
    return 0;
}

static int cputopo_put(const struct xen_sysctl_cputopoinfo *op, uint32_t cpu)
{
    struct xen_sysctl_cputopo topo = { XEN_INVALID_CORE_ID, XEN_INVALID_SOCKET_ID, XEN_INVALID_NODE_ID };

    if (cpumask_test(&cpu_online, cpu)) {
        arch_cpu_topology(cpu, &topo);
        topo.node = 0;
    }
    return copy_to_handle(op->cputopo, cpu, &topo);
}

long sysctl_cputopoinfo(struct sysctl_call *c)
{
    struct xen_sysctl_cputopoinfo *op = &c->op.u.cputopoinfo;
    bool ask = guest_handle_null(op->cputopo);
    uint32_t nr = ask ? cpu_count : MIN(op->num_cpus, cpu_count);

    for (uint32_t i = 0; i < nr && !ask; i++)
        if (cputopo_put(op, i))
            return -EFAULT;
    op->num_cpus = nr;
    c->copy_back = true;
    return 0;
}

long sysctl_numainfo(struct sysctl_call *c)
{
    struct xen_sysctl_numainfo *op = &c->op.u.numainfo;
    const struct xen_sysctl_meminfo memory = { arch_ram_frames() << PAGE_SHIFT, heap_free_frames() << PAGE_SHIFT };
    const uint32_t distance = DISTANCE_LOCAL;
    bool ask = guest_handle_null(op->meminfo) && guest_handle_null(op->distance);

    if (!ask && op->num_nodes) {
        if (!guest_handle_null(op->meminfo) && copy_to_handle(op->meminfo, 0, &memory))
            return -EFAULT;
        if (!guest_handle_null(op->distance) && copy_to_handle(op->distance, 0, &distance))
            return -EFAULT;
    }
    op->num_nodes = ask ? NODES : MIN(op->num_nodes, NODES);
    c->copy_back = true;
    return 0;
}

/* num_devs counts what is done, also when the call is interrupted: the tool goes on from there. */
long sysctl_pcitopoinfo(struct sysctl_call *c)
{
    struct xen_sysctl_pcitopoinfo *op = &c->op.u.pcitopoinfo;
    uint32_t i;
    long rc = 0;

    if (guest_handle_null(op->devs) || guest_handle_null(op->nodes))
        return -EINVAL;
    for (i = 0; i < op->num_devs && !rc && !hypercall_preempt_every(i, 64); i++) {
        struct physdev_pci_device dev;
        uint32_t node = XEN_INVALID_DEV;
        rc = copy_from_handle(&dev, op->devs, i);
        if (!rc && arch_pci_known(&dev))
            node = 0;
        rc = rc ? rc : copy_to_handle(op->nodes, i, &node);
    }
    op->num_devs = i;
    c->copy_back = !rc;
    return rc;
}
