/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event_channel_op(cmd, arg): decoding, who may, and writing the answer. What the operations do is in core/event. */
#include "hv/domain.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"

#include <arch/current.h>
#include <hypercall_handlers.h>

typedef int (*evtchn_op_fn)(struct domain *d, void *op);

static int op_bind_interdomain(struct domain *d, void *arg)
{
    struct evtchn_bind_interdomain *op = arg;
    struct domain *remote = domain_get_by_any_id(op->remote_dom);
    if (!remote)
        return -ESRCH;
    int rc = evtchn_bind_interdomain(d, remote, op->remote_port);
    domain_put(remote);
    op->local_port = (uint32_t)rc;
    return rc;
}

static int op_bind_virq(struct domain *d, void *arg)
{
    struct evtchn_bind_virq *op = arg;
    int rc = evtchn_bind_virq(d, op->virq, op->vcpu);
    op->port = (uint32_t)rc;
    return rc;
}

static int op_bind_pirq(struct domain *d, void *arg)
{
    struct evtchn_bind_pirq *op = arg;
    int rc = evtchn_bind_pirq(d, op->pirq, op->flags);
    op->port = (uint32_t)rc;
    return rc;
}

static int op_bind_ipi(struct domain *d, void *arg)
{
    struct evtchn_bind_ipi *op = arg;
    int rc = evtchn_bind_ipi(d, op->vcpu);
    op->port = (uint32_t)rc;
    return rc;
}

static int op_close(struct domain *d, void *arg)
{
    return evtchn_close(d, ((struct evtchn_close *)arg)->port);
}

static int op_send(struct domain *d, void *arg)
{
    return evtchn_send(d, ((struct evtchn_send *)arg)->port);
}

static int op_bind_vcpu(struct domain *d, void *arg)
{
    struct evtchn_bind_vcpu *op = arg;
    return evtchn_bind_vcpu(d, op->port, op->vcpu);
}

static int op_unmask(struct domain *d, void *arg)
{
    return evtchn_unmask(d, ((struct evtchn_unmask *)arg)->port);
}

/* The domain that @id names, if the caller may act for it. */
static int op_target(struct domain *d, domid_t id, struct domain **out)
{
    *out = domain_get_by_any_id(id);
    if (!*out)
        return -ESRCH;
    if (*out == d || d->is_privileged)
        return 0;
    domain_put(*out);
    return -EPERM;
}

static int op_status(struct domain *d, void *arg)
{
    struct evtchn_status *op = arg;
    struct domain *target;
    int rc = op_target(d, op->dom, &target);
    if (rc)
        return rc;
    rc = evtchn_status(target, op->port, op);
    domain_put(target);
    return rc;
}

static int op_alloc_unbound(struct domain *d, void *arg)
{
    struct evtchn_alloc_unbound *op = arg;
    struct domain *target;
    int rc = op_target(d, op->dom, &target);
    if (rc)
        return rc;
    rc = evtchn_alloc_unbound(target, op->remote_dom == DOMID_SELF ? d->id : op->remote_dom);
    domain_put(target);
    op->port = (uint32_t)rc;
    return rc;
}

static int op_reset(struct domain *d, void *arg)
{
    struct domain *target;
    int rc = op_target(d, ((struct evtchn_reset *)arg)->dom, &target);
    if (rc)
        return rc;
    /* Whose ports are closed by another must not be using them. */
    rc = target != d && !READ_ONCE(target->controller_pauses) ? -EINVAL : evtchn_reset(target);
    domain_put(target);
    return rc;
}

static int op_init_control(struct domain *d, void *arg)
{
    struct evtchn_init_control *op = arg;
    op->link_bits = EVTCHN_FIFO_LINK_BITS;
    return evtchn_fifo_init_control(d, op->control_gfn, op->offset, op->vcpu);
}

static int op_expand_array(struct domain *d, void *arg)
{
    return evtchn_fifo_expand(d, ((struct evtchn_expand_array *)arg)->array_gfn);
}

static int op_set_priority(struct domain *d, void *arg)
{
    struct evtchn_set_priority *op = arg;
    return evtchn_set_priority(d, op->port, op->priority);
}

/* A function that returns a port has stored it in its answer; the caller sees 0. */
static const struct {
    evtchn_op_fn fn;
    uint8_t size;
    bool answers;
} ops[] = {
    [EVTCHNOP_bind_interdomain] = { op_bind_interdomain, sizeof(struct evtchn_bind_interdomain), true },
    [EVTCHNOP_bind_virq]        = { op_bind_virq, sizeof(struct evtchn_bind_virq), true },
    [EVTCHNOP_bind_pirq]        = { op_bind_pirq, sizeof(struct evtchn_bind_pirq), true },
    [EVTCHNOP_close]            = { op_close, sizeof(struct evtchn_close), false },
    [EVTCHNOP_send]             = { op_send, sizeof(struct evtchn_send), false },
    [EVTCHNOP_status]           = { op_status, sizeof(struct evtchn_status), true },
    [EVTCHNOP_alloc_unbound]    = { op_alloc_unbound, sizeof(struct evtchn_alloc_unbound), true },
    [EVTCHNOP_bind_ipi]         = { op_bind_ipi, sizeof(struct evtchn_bind_ipi), true },
    [EVTCHNOP_bind_vcpu]        = { op_bind_vcpu, sizeof(struct evtchn_bind_vcpu), false },
    [EVTCHNOP_unmask]           = { op_unmask, sizeof(struct evtchn_unmask), false },
    [EVTCHNOP_reset]            = { op_reset, sizeof(struct evtchn_reset), false },
    [EVTCHNOP_init_control]     = { op_init_control, sizeof(struct evtchn_init_control), true },
    [EVTCHNOP_expand_array]     = { op_expand_array, sizeof(struct evtchn_expand_array), false },
    [EVTCHNOP_set_priority]     = { op_set_priority, sizeof(struct evtchn_set_priority), false },
};

long hypercall_event_channel_op(struct hypercall *call)
{
    uint32_t cmd = (uint32_t)call->arg[0];
    union {
        uint64_t align;
        uint8_t bytes[sizeof(struct evtchn_status) + sizeof(struct evtchn_init_control)];
    } op;

    if (cmd >= ARRAY_SIZE(ops) || !ops[cmd].fn)
        return -ENOSYS;
    if (copy_from_guest_bytes(&op, call->arg[1], 1, ops[cmd].size))
        return -EFAULT;
    int rc = ops[cmd].fn(current_vcpu()->domain, &op);
    if (rc < 0)
        return rc;
    if (ops[cmd].answers && copy_to_guest_bytes(call->arg[1], &op, 1, ops[cmd].size))
        return -EFAULT;
    return 0;
}

/* The form of Xen 3.0: command and argument are one structure, and what came later isn't there. */
long hypercall_event_channel_op_compat(struct hypercall *call)
{
    struct evtchn_op op;
    uint64_t uop = call->arg[0];
    if (copy_from_guest_va(&op, uop))
        return -EFAULT;
    if (op.cmd > EVTCHNOP_unmask)
        return -ENOSYS;
    struct hypercall now = *call;
    now.arg[0] = op.cmd;
    now.arg[1] = uop + offsetof(struct evtchn_op, u);
    return hypercall_event_channel_op(&now);
}
