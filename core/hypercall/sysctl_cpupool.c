/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The toolstack's view of CPU pools, and the parameters of their schedulers. */
#include "core/sched/policy.h"
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

    const struct sched_policy *policy;

    int rc = cpupool_info(&op->cpupool_id, &op->n_dom, &cpus, &policy);
    if (rc)
        return rc;
    op->sched_id = policy->id;
    if (toolstack_bitmap_write(&op->cpumap, cpus.bits, cpu_count))
        return -EFAULT;
    c->copy_back = true;
    return 0;
}

static long pool_create(struct sysctl_call *c)
{
    struct xen_sysctl_cpupool_op *op = &c->op.u.cpupool_op;

    const struct sched_policy *policy = sched_policy_by_id(op->sched_id);

    if (!policy) {
        guest_log(current_vcpu(), LOG_WARNING,
                  "cpupool: scheduler %u is not here; create the pool with sched=\"credit2\" or sched=\"null\"",
                  op->sched_id);
        return -ENOENT;
    }
    int rc = cpupool_create(&op->cpupool_id, policy);
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

/* Parameters of a pool's scheduler. */
long sysctl_scheduler_op(struct sysctl_call *c)
{
    struct xen_sysctl_scheduler_op *op = &c->op.u.scheduler_op;
    const struct sched_policy *policy = cpupool_policy(op->cpupool_id);

    if (!policy)
        return -ESRCH;
    if (op->sched_id != policy->id)
        return -EINVAL;
    c->copy_back = op->cmd == XEN_SYSCTL_SCHEDOP_getinfo;
    return policy->pool_params(op);
}
