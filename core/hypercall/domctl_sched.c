/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scheduler parameters of a domain, in credit2's terms: weight (0 in a request: as it is)
 * and cap in percent of one CPU, at most what its vCPUs could use.
 */
#include "hv/toolstack.h"

#include <toolstack_handlers.h>

static long sched_put(struct domain *d, const struct xen_domctl_sched_credit2 *in)
{
    const struct vcpu *v;
    uint32_t most = 0;

    for_each_vcpu(d, v)
        most += 100;
    if (in->cap > most)
        return -EINVAL;
    if (in->weight)
        WRITE_ONCE(d->sched.weight, in->weight);
    WRITE_ONCE(d->sched.cap, in->cap);
    return 0;
}

long domctl_scheduler_op(struct domctl_call *c)
{
    struct xen_domctl_scheduler_op *op = &c->op.u.scheduler_op;

    c->copy_back = true;
    if (op->sched_id != XEN_SCHEDULER_CREDIT2)
        return -EINVAL;
    switch (op->cmd) {
    case XEN_DOMCTL_SCHEDOP_putinfo:
        return sched_put(c->d, &op->u.credit2);
    case XEN_DOMCTL_SCHEDOP_getinfo:
        op->u.credit2.weight = (uint16_t)c->d->sched.weight;
        op->u.credit2.cap = (uint16_t)c->d->sched.cap;
        return 0;
    }
    return -EINVAL;
}
