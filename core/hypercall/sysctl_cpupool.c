/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU pools. There is one, number 0: it has every CPU and every domain, and cannot lose them. So there are never free CPUs, and
 * what would make or need a second pool is refused with an error that says which side is at fault.
 */
#include "hv/guest_access.h"
#include "hv/log.h"
#include "hv/sched.h"
#include "hv/toolstack.h"

#include <arch/current.h>
#include <toolstack_handlers.h>

#define RATELIMIT_US 1000u /* core/sched/policy.h */

static uint32_t pool_domains(void)
{
    uint32_t nr = 0;
    struct domain *d;

    for (domid_t id = 0; (d = domain_get_next(id)); nr++) {
        id = d->id + 1;
        domain_put(d);
    }
    return nr;
}

/* The first pool from the given number on. */
static long pool_info(struct sysctl_call *c)
{
    struct xen_sysctl_cpupool_op *op = &c->op.u.cpupool_op;

    if (op->cpupool_id)
        return -ENOENT;
    op->cpupool_id = 0;
    op->sched_id = XEN_SCHEDULER_CREDIT2;
    op->n_dom = pool_domains();
    if (toolstack_bitmap_write(&op->cpumap, cpu_online.bits, cpu_count))
        return -EFAULT;
    c->copy_back = true;
    return 0;
}

static long pool_create(const struct xen_sysctl_cpupool_op *op)
{
    if (!op->cpupool_id)
        return -EEXIST;
    guest_log(current_vcpu(), LOG_WARNING, "cpupool: this hypervisor has one pool only");
    return op->sched_id == XEN_SCHEDULER_CREDIT2 ? -EOPNOTSUPP : -ENOENT;
}

static long pool_cpu(const struct xen_sysctl_cpupool_op *op, bool add)
{
    if (op->cpupool_id)
        return -ENOENT;
    if (op->cpu == XEN_SYSCTL_CPUPOOL_PAR_ANY)
        return add ? -ENODEV : -EBUSY; /* no CPU is free; all are needed */
    if (op->cpu >= cpu_count || !cpumask_test(&cpu_online, op->cpu))
        return add ? -EINVAL : -ENODEV;
    return add ? -EBUSY : -EOPNOTSUPP;
}

static long pool_move(const struct xen_sysctl_cpupool_op *op)
{
    if (op->cpupool_id)
        return -ENOENT;
    if (op->domid > DOMID_FIRST_RESERVED)
        return -EINVAL;
    struct domain *d = domain_get_by_id((domid_t)op->domid);
    if (!d)
        return -ESRCH;
    domain_put(d); /* it is there already */
    return 0;
}

static long pool_free_cpus(const struct xen_sysctl_cpupool_op *op)
{
    const cpumask_t none = { { 0 } };

    return toolstack_bitmap_write(&op->cpumap, none.bits, cpu_count);
}

long sysctl_cpupool_op(struct sysctl_call *c)
{
    const struct xen_sysctl_cpupool_op *op = &c->op.u.cpupool_op;

    switch (op->op) {
    case XEN_SYSCTL_CPUPOOL_OP_CREATE:
        return pool_create(op);
    case XEN_SYSCTL_CPUPOOL_OP_DESTROY:
        return op->cpupool_id ? -ENOENT : -EBUSY;
    case XEN_SYSCTL_CPUPOOL_OP_INFO:
        return pool_info(c);
    case XEN_SYSCTL_CPUPOOL_OP_ADDCPU:
        return pool_cpu(op, true);
    case XEN_SYSCTL_CPUPOOL_OP_RMCPU:
        return pool_cpu(op, false);
    case XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN:
        return pool_move(op);
    case XEN_SYSCTL_CPUPOOL_OP_FREEINFO:
        return pool_free_cpus(op);
    }
    return -ENOSYS;
}

/* Parameters of a pool's scheduler. */
long sysctl_scheduler_op(struct sysctl_call *c)
{
    struct xen_sysctl_scheduler_op *op = &c->op.u.scheduler_op;

    if (op->cpupool_id)
        return -ESRCH;
    if (op->sched_id != XEN_SCHEDULER_CREDIT2)
        return -EINVAL;
    switch (op->cmd) {
    case XEN_SYSCTL_SCHEDOP_putinfo:
        if (op->u.sched_credit2.ratelimit_us == RATELIMIT_US)
            return 0;
        guest_log(current_vcpu(), LOG_WARNING, "scheduler: the rate limit is %u us and cannot be changed", RATELIMIT_US);
        return -EOPNOTSUPP;
    case XEN_SYSCTL_SCHEDOP_getinfo:
        op->u.sched_credit2.ratelimit_us = RATELIMIT_US;
        c->copy_back = true;
        return 0;
    }
    return -EINVAL;
}
