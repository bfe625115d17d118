/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The toolstack's view of CPU pools, and the parameters of their scheduler, which is the same in all of them. */
#include "hv/cpupool.h"
#include "hv/guest_access.h"
#include "hv/log.h"
#include "hv/sched.h"
#include "hv/toolstack.h"

#include <arch/current.h>
#include <toolstack_handlers.h>

_Static_assert(XEN_SYSCTL_CPUPOOL_PAR_ANY == CPUPOOL_ANY, "the ABI's wildcard is ours");

/* The first pool from the given number on. */
static long pool_info(struct sysctl_call *c)
{
    struct xen_sysctl_cpupool_op *op = &c->op.u.cpupool_op;
    cpumask_t cpus;

    int rc = cpupool_info(&op->cpupool_id, &op->n_dom, &cpus);
    if (rc)
        return rc;
    op->sched_id = XEN_SCHEDULER_CREDIT2;
    if (toolstack_bitmap_write(&op->cpumap, cpus.bits, cpu_count))
        return -EFAULT;
    c->copy_back = true;
    return 0;
}

static long pool_create(struct sysctl_call *c)
{
    struct xen_sysctl_cpupool_op *op = &c->op.u.cpupool_op;

    if (op->sched_id != XEN_SCHEDULER_CREDIT2) {
        guest_log(current_vcpu(), LOG_WARNING,
                  "cpupool: scheduler %u is not here; create the pool with sched=\"credit2\"", op->sched_id);
        return -ENOENT;
    }
    int rc = cpupool_create(&op->cpupool_id);
    c->copy_back = !rc;
    return rc;
}

static long pool_move(const struct xen_sysctl_cpupool_op *op)
{
    if (!op->domid)
        return -EPERM; /* the control domain stays where it is */
    struct domain *d = op->domid < DOMID_FIRST_RESERVED ? domain_get_by_id((domid_t)op->domid) : NULL;
    if (!d)
        return -ESRCH;
    long rc = cpupool_id_of(d) == op->cpupool_id ? 0 : cpupool_move_domain(d, op->cpupool_id);
    domain_put(d);
    return rc;
}

static long pool_free_cpus(const struct xen_sysctl_cpupool_op *op)
{
    const cpumask_t cpus = cpupool_free_cpus();

    return toolstack_bitmap_write(&op->cpumap, cpus.bits, cpu_count);
}

long sysctl_cpupool_op(struct sysctl_call *c)
{
    const struct xen_sysctl_cpupool_op *op = &c->op.u.cpupool_op;

    switch (op->op) {
    case XEN_SYSCTL_CPUPOOL_OP_CREATE:
        return pool_create(c);
    case XEN_SYSCTL_CPUPOOL_OP_DESTROY:
        return cpupool_destroy(op->cpupool_id);
    case XEN_SYSCTL_CPUPOOL_OP_INFO:
        return pool_info(c);
    case XEN_SYSCTL_CPUPOOL_OP_ADDCPU:
        return cpupool_add_cpu(op->cpupool_id, op->cpu);
    case XEN_SYSCTL_CPUPOOL_OP_RMCPU:
        return cpupool_remove_cpu(op->cpupool_id, op->cpu);
    case XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN:
        return pool_move(op);
    case XEN_SYSCTL_CPUPOOL_OP_FREEINFO:
        return pool_free_cpus(op);
    }
    return -ENOSYS;
}

/* 0 means none. */
static long ratelimit_set(uint32_t us)
{
    if (us && (us < XEN_SYSCTL_SCHED_RATELIMIT_MIN || us > XEN_SYSCTL_SCHED_RATELIMIT_MAX))
        return -EINVAL;
    sched_set_ratelimit_us(us);
    return 0;
}

/* Parameters of a pool's scheduler: one value serves all pools. */
long sysctl_scheduler_op(struct sysctl_call *c)
{
    struct xen_sysctl_scheduler_op *op = &c->op.u.scheduler_op;

    if (!cpupool_exists(op->cpupool_id))
        return -ESRCH;
    if (op->sched_id != XEN_SCHEDULER_CREDIT2)
        return -EINVAL;
    switch (op->cmd) {
    case XEN_SYSCTL_SCHEDOP_putinfo:
        return ratelimit_set(op->u.sched_credit2.ratelimit_us);
    case XEN_SYSCTL_SCHEDOP_getinfo:
        op->u.sched_credit2.ratelimit_us = sched_ratelimit_us();
        c->copy_back = true;
        return 0;
    }
    return -EINVAL;
}
