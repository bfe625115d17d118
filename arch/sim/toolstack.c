/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the simulated machine tells a toolstack: CPUs without threads, a socket for each four, no PCI. */
#include "hv/heap.h"
#include "hv/toolstack.h"

#include "sim.h"

int arch_createdomain_check(const struct layout_createdomain *c)
{
    return c->flags & XEN_DOMCTL_CDF_hvm ? -EOPNOTSUPP : 0;
}

void arch_domain_info(const struct domain *d, struct xen_domctl_getdomaininfo *info) { info->gpaddr_bits = 52; }

void arch_physinfo(struct xen_sysctl_physinfo *info)
{
    info->threads_per_core = 1;
    info->cores_per_socket = 4;
    info->cpu_khz = 1000000;
    info->capabilities |= XEN_SYSCTL_PHYSCAP_pv;
}

uint64_t arch_ram_frames(void) { return heap_total_frames(); }

void arch_cpu_topology(unsigned int cpu, struct xen_sysctl_cputopo *topo)
{
    topo->core = cpu % 4;
    topo->socket = cpu / 4;
}
