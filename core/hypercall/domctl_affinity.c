/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where vCPUs run: hard affinity (must) and soft (should), and the one NUMA node. */
#include "hv/guest_access.h"
#include "hv/toolstack.h"

#include <toolstack_handlers.h>

#define ALL_NODES 1ull /* bit map of the machine's nodes */

static int affinity_check(const struct xen_domctl_vcpuaffinity *op)
{
    if (!op->flags) /* unknown ones have no meaning */
        return -EINVAL;
    if (op->flags & XEN_VCPUAFFINITY_HARD && guest_handle_null(op->cpumap_hard.bitmap))
        return -EINVAL;
    return op->flags & XEN_VCPUAFFINITY_SOFT && guest_handle_null(op->cpumap_soft.bitmap) ? -EINVAL : 0;
}

static int affinity_read(const struct xen_domctl_vcpuaffinity *op, cpumask_t *hard, cpumask_t *soft)
{
    int rc = op->flags & XEN_VCPUAFFINITY_HARD ? toolstack_bitmap_read(hard->bits, cpu_count, &op->cpumap_hard) : 0;

    if (!rc && op->flags & XEN_VCPUAFFINITY_SOFT)
        rc = toolstack_bitmap_read(soft->bits, cpu_count, &op->cpumap_soft);
    return rc;
}

/* What is asked for is remembered for CPUs that are not online; what is in effect goes back. */
static int affinity_reply(const struct xen_domctl_vcpuaffinity *op, const struct vcpu *v, bool effective)
{
    cpumask_t hard = v->hard_affinity, soft = v->soft_affinity;
    int rc = 0;

    if (effective) {
        cpumask_and(&hard, &v->cpus, &cpu_online);
        cpumask_and(&soft, &soft, &hard);
    }
    if (op->flags & XEN_VCPUAFFINITY_HARD)
        rc = toolstack_bitmap_write(&op->cpumap_hard, hard.bits, cpu_count);
    if (!rc && op->flags & XEN_VCPUAFFINITY_SOFT)
        rc = toolstack_bitmap_write(&op->cpumap_soft, soft.bits, cpu_count);
    return rc;
}

static int affinity_set(struct vcpu *v, uint32_t flags, const cpumask_t *hard, const cpumask_t *soft)
{
    bool pinned = flags & XEN_VCPUAFFINITY_HARD && v->affinity_overridden;

    if (pinned && !(flags & XEN_VCPUAFFINITY_FORCE))
        return -EBUSY;
    int rc = vcpu_set_affinity(v, flags & XEN_VCPUAFFINITY_HARD ? hard : NULL,
                               flags & XEN_VCPUAFFINITY_SOFT ? soft : NULL);
    if (!rc && pinned)
        v->affinity_overridden = false;
    return rc;
}

long domctl_setvcpuaffinity(struct domctl_call *c)
{
    const struct xen_domctl_vcpuaffinity *op = &c->op.u.vcpuaffinity;
    cpumask_t hard = { { 0 } }, soft = { { 0 } };
    struct vcpu *v;
    int rc = domctl_vcpu(c, op->vcpu, &v);

    rc = rc ? rc : affinity_check(op);
    rc = rc ? rc : affinity_read(op, &hard, &soft);
    rc = rc ? rc : affinity_set(v, op->flags, &hard, &soft);
    return rc ? rc : affinity_reply(op, v, true);
}

long domctl_getvcpuaffinity(struct domctl_call *c)
{
    const struct xen_domctl_vcpuaffinity *op = &c->op.u.vcpuaffinity;
    struct vcpu *v;
    int rc = domctl_vcpu(c, op->vcpu, &v);

    rc = rc ? rc : affinity_check(op);
    return rc ? rc : affinity_reply(op, v, false);
}

long domctl_setnodeaffinity(struct domctl_call *c)
{
    uint64_t nodes = 0;
    int rc = toolstack_bitmap_read(&nodes, 64, &c->op.u.nodeaffinity.nodemap);

    return rc ? rc : nodes & ALL_NODES ? 0 : -EINVAL;
}

long domctl_getnodeaffinity(struct domctl_call *c)
{
    const uint64_t nodes = ALL_NODES;

    return toolstack_bitmap_write(&c->op.u.nodeaffinity.nodemap, &nodes, 1);
}
