/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps: event channels of every kind, both layouts, and what a guest registers for its vCPUs. */
#include "steps.h"

#include "hv/event.h"
#include "hv/log.h"

#include <hypercall_handlers.h>

static const uint32_t virqs[] = { VIRQ_TIMER, VIRQ_DEBUG, VIRQ_XENOPROF, VIRQ_DOM_EXC, VIRQ_CONSOLE };

static void port_set(struct being *b, uint32_t port, uint8_t state, domid_t remote, uint32_t number)
{
    if (!port || port >= PORTS || b->port[port].state != EVTCHN_FREE)
        panic("d%u was given port %u, which it has", b->d->id, port);
    b->port[port] = (struct port_model){ state, remote, number };
}

void port_unset(struct being *b, uint32_t port)
{
    struct port_model *p = &b->port[port];
    if (p->state == EVTCHN_INTERDOMAIN) {
        struct being *other = being_with_id(p->remote);
        if (!other)
            panic("d%u port %u is bound to nobody", b->d->id, port);
        other->port[p->port] = (struct port_model){ EVTCHN_UNBOUND, b->d->id, 0 };
    }
    *p = (struct port_model){ 0 };
}

void step_unbound(void)
{
    struct being *b = someone(), *by = one_in(3) ? &being[0] : b;
    struct evtchn_alloc_unbound *op = args_op(sizeof(*op));
    *op = (struct evtchn_alloc_unbound){ .dom = b->d->id, .remote_dom = any_id() };
    diary_note("alloc_unbound: d%u for d%u", b->d->id, op->remote_dom);
    if (!call_op(by, hypercall_event_channel_op, EVTCHNOP_alloc_unbound, op))
        port_set(b, op->port, EVTCHN_UNBOUND, op->remote_dom, 0);
}

void step_interdomain(void)
{
    struct being *b = someone(), *to = someone();
    struct evtchn_bind_interdomain *op = args_op(sizeof(*op));
    uint32_t at = pick(12);
    *op = (struct evtchn_bind_interdomain){ .remote_dom = to->d->id, .remote_port = at };
    bool may = to->port[at].state == EVTCHN_UNBOUND && to->port[at].remote == b->d->id && !b->dying && !to->dying;
    diary_note("bind_interdomain: d%u to d%u port %u", b->d->id, to->d->id, at);
    long rc = call_op(b, hypercall_event_channel_op, EVTCHNOP_bind_interdomain, op);
    if (rc == CALL_ABANDONED)
        return;
    if (rc && (rc != -EINVAL || may) && rc != -ENOSPC && rc != -ENOMEM)
        panic("bind_interdomain: %ld", rc);
    if (rc)
        return;
    if (!may)
        panic("bind_interdomain ought to be refused");
    seen[SEEN_CHANNEL]++;
    port_set(b, op->local_port, EVTCHN_INTERDOMAIN, to->d->id, at);
    to->port[at] = (struct port_model){ EVTCHN_INTERDOMAIN, b->d->id, op->local_port };
}

void step_bind(void)
{
    struct being *b = someone();
    uint32_t virq = virqs[pick(ARRAY_SIZE(virqs))];
    if (one_in(2)) {
        struct evtchn_bind_ipi *op = args_op(sizeof(*op));
        op->vcpu = pick(3);
        diary_note("bind_ipi: d%u vCPU %u", b->d->id, op->vcpu);
        if (!call_op(b, hypercall_event_channel_op, EVTCHNOP_bind_ipi, op))
            port_set(b, op->port, EVTCHN_IPI, 0, 0);
        return;
    }
    struct evtchn_bind_virq *op = args_op(sizeof(*op));
    *op = (struct evtchn_bind_virq){ .virq = virq, .vcpu = pick(3) };
    diary_note("bind_virq: d%u VIRQ %u", b->d->id, virq);
    if (!call_op(b, hypercall_event_channel_op, EVTCHNOP_bind_virq, op))
        port_set(b, op->port, EVTCHN_VIRQ, 0, virq);
}

void step_close(void)
{
    struct being *b = someone();
    struct evtchn_close *op = args_op(sizeof(*op));
    uint32_t port = op->port = one_in(20) ? pick(200) : pick(12);
    diary_note("close: d%u port %u", b->d->id, port);
    bool may = port && port < PORTS && b->port[port].state != EVTCHN_FREE;
    long rc = call_op(b, hypercall_event_channel_op, EVTCHNOP_close, op);
    if (rc == CALL_ABANDONED)
        return;
    if (rc != (may ? 0 : -EINVAL))
        panic("close: %ld", rc);
    if (may)
        port_unset(b, port);
}

/* Where its events go is its own page of ports: a byte that says that there is an event may clear the event's bit. */
static bool events_in_ports(const struct domain *d)
{
    struct vcpu *v;
    bool found = false;
    for_each_vcpu(d, v)
        found |= mfn_eq(v->info_mfn, virt_to_mfn(d->shared_info));
    return found;
}

void step_send(void)
{
    struct being *b = someone();
    struct evtchn_send *op = args_op(sizeof(*op));
    uint32_t port = op->port = 1 + pick(12);
    const struct port_model p = b->port[port];
    diary_note("send: d%u port %u", b->d->id, port);
    long rc = call_op(b, hypercall_event_channel_op, EVTCHNOP_send, op);
    if (rc == CALL_ABANDONED)
        return;
    bool ok = p.state == EVTCHN_INTERDOMAIN || p.state == EVTCHN_IPI || p.state == EVTCHN_UNBOUND;
    if (!ok != !!rc)
        panic("send through a port in state %u: %ld", p.state, rc);
    seen[SEEN_EVENT] += !rc;
    struct being *to = p.state == EVTCHN_INTERDOMAIN ? being_with_id(p.remote) : b;
    uint32_t at = p.state == EVTCHN_INTERDOMAIN ? p.port : port;
    if (rc || p.state == EVTCHN_UNBOUND || to->d->events.fifo || events_in_ports(to->d))
        return;
    if (!evtchn_port_pending(to->d, at))
        panic("an event was lost on its way to d%u port %u", to->d->id, at);
}

void step_unmask(void)
{
    struct being *b = someone();
    uint32_t port = 1 + pick(PORTS);
    if (one_in(2)) {
        struct evtchn_unmask *op = args_op(sizeof(*op));
        op->port = port;
        call_op(b, hypercall_event_channel_op, EVTCHNOP_unmask, op);
    } else {
        struct evtchn_bind_vcpu *op = args_op(sizeof(*op));
        *op = (struct evtchn_bind_vcpu){ .port = port, .vcpu = pick(3) };
        call_op(b, hypercall_event_channel_op, EVTCHNOP_bind_vcpu, op);
    }
}

void step_serve(void)
{
    struct being *b = someone();
    shared_info_t *s = b->d->shared_info;
    s->evtchn_pending[0] = one_in(4) ? sim_random(&chance_state) : 0;
    s->evtchn_mask[0] = one_in(2) ? 0 : sim_random(&chance_state);
    b->d->vcpu[0]->info->evtchn_upcall_pending = 0;
}

void step_fifo(void)
{
    struct being *b = someone_free();
    if (!b || b == &being[0])
        return;
    if (one_in(2)) {
        struct evtchn_init_control *op = args_op(sizeof(*op));
        *op = (struct evtchn_init_control){ .control_gfn = any_frame(b), .offset = pick(500) * 8, .vcpu = pick(2) };
        diary_note("init_control: d%u frame %lu", b->d->id, op->control_gfn);
        seen[SEEN_FIFO] += !call_op(b, hypercall_event_channel_op, EVTCHNOP_init_control, op);
    } else {
        struct evtchn_expand_array *op = args_op(sizeof(*op));
        op->array_gfn = any_frame(b);
        diary_note("expand_array: d%u frame %lu", b->d->id, op->array_gfn);
        call_op(b, hypercall_event_channel_op, EVTCHNOP_expand_array, op);
    }
}

void step_reset(void)
{
    struct being *b = someone(), *by = one_in(2) ? &being[0] : b;
    if (!one_in(8))
        return;
    struct evtchn_reset *op = args_op(sizeof(*op));
    op->dom = b->d->id;
    diary_note("reset: d%u", b->d->id);
    if (!call_op(by, hypercall_event_channel_op, EVTCHNOP_reset, op))
        relearn = true;
}

void step_many_ports(void)
{
    struct being *b = someone();
    if (!one_in(4))
        return;
    diary_note("many ports: d%u", b->d->id);
    for (unsigned int i = 0; i < 120; i++) {
        struct evtchn_bind_ipi *op = args_op(sizeof(*op));
        struct hypercall c = { .arg = { EVTCHNOP_bind_ipi, VA(op) } };
        if (call_part(b, hypercall_event_channel_op, &c))
            return;
        port_set(b, op->port, EVTCHN_IPI, 0, 0);
    }
}

void step_pirq(void)
{
    struct being *b = someone();
    struct evtchn_bind_pirq *op = args_op(sizeof(*op));
    op->pirq = pick(PIRQS);
    diary_note("bind_pirq: d%u pirq %u", b->d->id, op->pirq);
    uint32_t pirq = op->pirq;
    if (!call_op(b, hypercall_event_channel_op, EVTCHNOP_bind_pirq, op))
        port_set(b, op->port, EVTCHN_PIRQ, 0, pirq);
    if (b->d && one_in(2))
        pirq_raise(b->d, pick(PIRQS));
}

void step_vcpu_info(void)
{
    struct being *b = someone_free();
    if (!b || b == &being[0])
        return;
    struct vcpu_register_vcpu_info *op = args_op(sizeof(*op));
    *op = (struct vcpu_register_vcpu_info){ .mfn = any_frame(b), .offset = pick(60) * 64 + (one_in(9) ? 4 : 0) };
    struct hypercall c = { .arg = { VCPUOP_register_vcpu_info, pick(2), VA(op) } };
    diary_note("register_vcpu_info: d%u frame %lu", b->d->id, op->mfn);
    seen[SEEN_VCPU_INFO] += !call_as(b, hypercall_vcpu_op, &c);
}
