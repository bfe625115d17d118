/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scheduler parameters of a domain, in credit2's terms: weight (0 in a request: as it is)
 * and cap in percent of one CPU.
 */
#include "hv/toolstack.h"

#include <toolstack_handlers.h>

#define CAP_UNCHANGED 0xffffu

static void sched_put(struct domain *d, const struct xen_domctl_sched_credit2 *in)
{
    if (in->weight)
        WRITE_ONCE(d->sched.weight, in->weight);
    if (in->cap != CAP_UNCHANGED)
        WRITE_ONCE(d->sched.cap, in->cap);
}

long domctl_scheduler_op(struct domctl_call *c)
{
    struct xen_domctl_scheduler_op *op = &c->op.u.scheduler_op;

    if (op->sched_id != XEN_SCHEDULER_CREDIT2)
        return -EINVAL;
    switch (op->cmd) {
    case XEN_DOMCTL_SCHEDOP_putinfo:
        sched_put(c->d, &op->u.credit2);
        return 0;
    case XEN_DOMCTL_SCHEDOP_getinfo:
        op->u.credit2.weight = (uint16_t)c->d->sched.weight;
        op->u.credit2.cap = (uint16_t)c->d->sched.cap;
        c->copy_back = true;
        return 0;
    }
    return -EINVAL;
}
