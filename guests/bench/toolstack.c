/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a toolstack asks for again and again; only a control domain may. */
#include "bench/bench.h"

static uint32_t child;

static long domctl(unsigned int cmd, uint32_t domid, struct xen_domctl *op)
{
    op->cmd = cmd;
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op->domain = (domid_t)domid;
    return hypercall1(__HYPERVISOR_domctl, PTR(op));
}
static long sysctl(unsigned int cmd, struct xen_sysctl *op)
{
    op->cmd = cmd;
    op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return hypercall1(__HYPERVISOR_sysctl, PTR(op));
}

static long domain_info(void)
{
    struct xen_domctl op;
    return domctl(XEN_DOMCTL_getdomaininfo, 0, &op);
}
static long vcpu_info(void)
{
    struct xen_domctl op;

    op.u.getvcpuinfo.vcpu = 0;
    return domctl(XEN_DOMCTL_getvcpuinfo, 0, &op);
}
static long domain_list(void)
{
    static struct xen_domctl_getdomaininfo info[8];
    struct xen_sysctl op;

    op.u.getdomaininfolist.first_domain = 0;
    op.u.getdomaininfolist.max_domains = ARRAY_SIZE(info);
    set_xen_guest_handle_raw(op.u.getdomaininfolist.buffer, info);
    return sysctl(XEN_SYSCTL_getdomaininfolist, &op);
}
static long physinfo(void)
{
    struct xen_sysctl op;
    return sysctl(XEN_SYSCTL_physinfo, &op);
}
static long sched_id(void)
{
    struct xen_sysctl op;
    return sysctl(XEN_SYSCTL_sched_id, &op);
}
static long cpu_info(void)
{
    static struct xen_sysctl_cpuinfo info[8];
    struct xen_sysctl op;

    op.u.getcpuinfo.max_cpus = ARRAY_SIZE(info);
    set_xen_guest_handle_raw(op.u.getcpuinfo.info, info);
    return sysctl(XEN_SYSCTL_getcpuinfo, &op);
}
static long read_console(void)
{
    static char text[80];
    struct xen_sysctl op = { .u.readconsole = { .count = sizeof(text), .incremental = 1, .index = 0 } };

    set_xen_guest_handle_raw(op.u.readconsole.buffer, text);
    return sysctl(XEN_SYSCTL_readconsole, &op);
}

static long create(void)
{
    struct xen_domctl op = { .u.createdomain = { .max_vcpus = 1, .max_evtchn_port = -1, .max_grant_frames = 4,
                                                 .max_maptrack_frames = 4,
                                                 .grant_opts = XEN_DOMCTL_GRANT_version(1) } };
    long rc = domctl(XEN_DOMCTL_createdomain, 0, &op);

    child = op.domain;
    return rc;
}
static long destroy(void)
{
    struct xen_domctl op;
    long rc;

    while ((rc = domctl(XEN_DOMCTL_destroydomain, child, &op)) == -ERESTART)
        ;
    return rc;
}
static long create_destroy(void)
{
    long rc = create();
    return rc ?: destroy();
}
static long pause(void)
{
    struct xen_domctl op;
    long rc = domctl(XEN_DOMCTL_pausedomain, child, &op);
    return rc ?: domctl(XEN_DOMCTL_unpausedomain, child, &op);
}
static long max_mem(void)
{
    struct xen_domctl op;

    op.u.max_mem.max_memkb = 65536;
    return domctl(XEN_DOMCTL_max_mem, child, &op);
}
static void child_end(void)
{
    destroy();
}

static const struct bench_op ops[] = {
    {.name = "domctl, getdomaininfo", .run = domain_info},
    {.name = "domctl, getvcpuinfo", .run = vcpu_info},
    {.name = "sysctl, getdomaininfolist", .run = domain_list},
    {.name = "sysctl, physinfo", .run = physinfo},
    {.name = "sysctl, sched_id", .run = sched_id},
    {.name = "sysctl, getcpuinfo", .run = cpu_info},
    {.name = "sysctl, readconsole 80 bytes", .run = read_console},
    {.name = "domctl, create and destroy", .run = create_destroy, .rounds = 16},
    {.name = "domctl, max_mem", .begin = create, .run = max_mem},
    {.name = "domctl, pause and unpause", .run = pause, .end = child_end},
};
BENCH_TABLE(toolstack)
