/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An event from ourselves: masked, unmasked, and what the frame says. */
#include "selftest/selftest.h"

static void send(unsigned int port)
{
    struct evtchn_send s = { .port = port };
    hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_send, PTR(&s));
}

void test_events(void)
{
    struct evtchn_bind_ipi bind = { .vcpu = 0 };
    volatile struct vcpu_info *info = &shared_info->vcpu_info[0];

    check_rc("binding an IPI", 0, hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, PTR(&bind)));
    check_true("a port is not 0", bind.port != 0);
    info->evtchn_upcall_mask = 1;
    uint64_t before = events_seen;
    send(bind.port);
    check("masked: no call", before, events_seen);
    check("masked: pending", 1, info->evtchn_upcall_pending);
    info->evtchn_upcall_mask = 0;
    hypercall2(__HYPERVISOR_xen_version, XENVER_version, 0);
    check("unmasked: one call at the next hypercall", before + 1, events_seen);
    check("unmasked again after it", 0, info->evtchn_upcall_mask);
    send(bind.port);
    check("unmasked: a call at once", before + 2, events_seen);
    check_true("closing",
               hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_close,
                          PTR(&(struct evtchn_close){ bind.port })) == 0);
    check_true("sending to a closed port",
               hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_send, PTR(&(struct evtchn_send){ bind.port })) < 0);
    info->evtchn_upcall_mask = 1;
}
