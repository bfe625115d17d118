/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scheduler parameters of a domain, in the terms of its pool's policy. */
#include "core/sched/policy.h"
#include "hv/cpupool.h"
#include "hv/toolstack.h"
#include "hv/trace.h"

#include <toolstack_handlers.h>

long domctl_scheduler_op(struct domctl_call *c)
{
    struct xen_domctl_scheduler_op *op = &c->op.u.scheduler_op;
    const struct sched_policy *policy = cpupool_policy_of(c->d);

    c->copy_back = true;
    long rc = op->sched_id == policy->id ? policy->domain_params(c->d, op) : -EINVAL;
    if (!rc)
        TRACE(TRC_SCHED_ADJDOM, c->d->id);
    return rc;
}
