/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "matrix/matrix.h"

#define EVENT(name_, fl, ...)                                                                                        \
    {                                                                                                                \
        .name = "event_channel_op." #name_, .nr = __HYPERVISOR_event_channel_op, .flags = fl,                        \
        .size = sizeof(struct evtchn_##name_), .after = after_ports, .field = {                                      \
            IN_REGISTER(0, "cmd", FIXED, EVTCHNOP_##name_), IN_REGISTER(1, "arg", STRUCT, 0), __VA_ARGS__            \
        }                                                                                                            \
    }
#define F(type, member, kind, base) IN_STRUCT(struct evtchn_##type, member, kind, base)

const struct op event_ops[] = {
    {.name = "event_channel_op", .nr = __HYPERVISOR_event_channel_op, .size = 64, .field = {
        IN_REGISTER(0, "cmd", SUB, EVTCHNOP_send), IN_REGISTER(1, "arg", STRUCT, 0) }},
    {.name = "event_channel_op_compat", .nr = __HYPERVISOR_event_channel_op_compat, .size = sizeof(struct evtchn_op),
     .after = after_ports, .field = {
        IN_REGISTER(0, "op", STRUCT, 0), IN_STRUCT(struct evtchn_op, cmd, SUB, EVTCHNOP_send),
        IN_STRUCT(struct evtchn_op, u.send.port, PORT, T_PORT) }},
    {.name = "event_channel_op_compat.status", .nr = __HYPERVISOR_event_channel_op_compat,
        .size = sizeof(struct evtchn_op),
     .after = after_ports, .field = {
        IN_REGISTER(0, "op", STRUCT, 0), IN_STRUCT(struct evtchn_op, cmd, FIXED, EVTCHNOP_status),
        IN_STRUCT(struct evtchn_op, u.status.port, PORT, T_PORT), IN_STRUCT(struct evtchn_op, u.status.dom, DOMAIN,
            DOMID_SELF),
        IN_STRUCT(struct evtchn_op, u.status.status, SHOWN, 0) }},
    {.name = "event_channel_op_compat.reset", .nr = __HYPERVISOR_event_channel_op_compat,
        .size = sizeof(struct evtchn_op),
     .after = after_ports, .field = {
        IN_REGISTER(0, "op", STRUCT, 0), IN_STRUCT(struct evtchn_op, cmd, FIXED, EVTCHNOP_reset) }},
    EVENT(bind_interdomain, 0, F(bind_interdomain, remote_dom, DOMAIN, DOMID_SELF),
          F(bind_interdomain, remote_port, PORT, T_PORT), F(bind_interdomain, local_port, SHOWN, 0)),
    EVENT(bind_virq, 0, F(bind_virq, virq, VCPU, VIRQ_DEBUG), F(bind_virq, vcpu, VCPU, 0), F(bind_virq, port, SHOWN,
        0)),
    EVENT(bind_virq, 0, F(bind_virq, virq, ANY, VIRQ_TIMER), F(bind_virq, vcpu, VCPU, 1), F(bind_virq, port, SHOWN, 0)),
    EVENT(bind_virq, 0, F(bind_virq, virq, CPU, VIRQ_DOM_EXC), F(bind_virq, vcpu, VCPU, 1), F(bind_virq, port, SHOWN,
        0)),
    EVENT(bind_virq, 0, F(bind_virq, virq, FIXED, VIRQ_ARCH_0), F(bind_virq, vcpu, VCPU, 0), F(bind_virq, port, SHOWN,
        0)),
    EVENT(bind_virq, 0, F(bind_virq, virq, FIXED, VIRQ_XENPMU), F(bind_virq, vcpu, VCPU, 0), F(bind_virq, port, SHOWN,
        0)),
    EVENT(bind_virq, 0, F(bind_virq, virq, FIXED, 24), F(bind_virq, vcpu, VCPU, 0), F(bind_virq, port, SHOWN, 0)),
    EVENT(bind_virq, 0, F(bind_virq, virq, FIXED, 5), F(bind_virq, vcpu, VCPU, 0), F(bind_virq, port, SHOWN, 0)),
    EVENT(bind_pirq, 0, F(bind_pirq, pirq, CPU, 200), F(bind_pirq, flags, BITS, 0)),
    EVENT(bind_ipi, 0, F(bind_ipi, vcpu, VCPU, 0), F(bind_ipi, port, SHOWN, 0)),
    EVENT(close, 0, F(close, port, PORT, T_PORT)),
    EVENT(send, 0, F(send, port, PORT, T_PORT)),
    EVENT(status, 0, F(status, dom, DOMAIN, DOMID_SELF), F(status, port, PORT, T_PORT), F(status, status, SHOWN, 0),
          F(status, vcpu, SHOWN, 0)),
    EVENT(alloc_unbound, 0, F(alloc_unbound, dom, DOMAIN, DOMID_SELF), F(alloc_unbound, remote_dom, DOMAIN,
        DOMID_SELF)),
    EVENT(alloc_unbound, 0, F(alloc_unbound, dom, DOMAIN, T_OTHER), F(alloc_unbound, remote_dom, DOMAIN, DOMID_SELF)),
    EVENT(bind_vcpu, 0, F(bind_vcpu, port, PORT, T_PORT), F(bind_vcpu, vcpu, VCPU, 0)),
    EVENT(unmask, 0, F(unmask, port, PORT, T_PORT)),
    EVENT(reset, 0, F(reset, dom, DOMAIN, DOMID_SELF)),
    EVENT(set_priority, 0, F(set_priority, port, PORT, T_PORT), F(set_priority, priority, ANY, 7)),
    EVENT(expand_array, 0, F(expand_array, array_gfn, FRAME, T_FRAME)),
    {0}
};

/* After these a domain has events of the other kind for ever. */
const struct op fifo_ops[] = {
    EVENT(init_control, NO_BASE, F(init_control, control_gfn, FRAME, 0x7ffffff), F(init_control, offset, ANY, 0),
          F(init_control, vcpu, VCPU, 0)),
    EVENT(init_control, 0, F(init_control, control_gfn, FIXED, T_FRAME), F(init_control, offset, COUNT, 0),
          F(init_control, vcpu, VCPU, 0), F(init_control, link_bits, SHOWN, 0)),
    EVENT(expand_array, 0, F(expand_array, array_gfn, FRAME, 0x7ffffff)),
    EVENT(set_priority, 0, F(set_priority, port, PORT, T_PORT), F(set_priority, priority, ANY, 7)),
    EVENT(send, 0, F(send, port, PORT, T_PORT)),
    EVENT(unmask, 0, F(unmask, port, PORT, T_PORT)),
    {0}
};
