/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An event channel between the nursery and its child, as a toolstack makes for console and store: its port 1. */
#include "nursery/nursery.h"

static uint32_t port;

static long channel_op(uint32_t cmd, void *op)
{
    return hypercall2(__HYPERVISOR_event_channel_op, cmd, PTR(op));
}

bool child_channel_open(const struct child *c)
{
    struct evtchn_alloc_unbound theirs = { .dom = (domid_t)c->domid, .remote_dom = 0 };
    struct evtchn_bind_interdomain ours = { .remote_dom = (domid_t)c->domid };

    if (channel_op(EVTCHNOP_alloc_unbound, &theirs))
        return false;
    ours.remote_port = theirs.port;
    long rc = channel_op(EVTCHNOP_bind_interdomain, &ours);
    port = rc ? 0 : ours.local_port;
    return !rc;
}

bool child_channel_closed(void)
{
    struct evtchn_status s = { .dom = DOMID_SELF, .port = port };
    struct evtchn_close close = { .port = port };
    struct evtchn_send send = { .port = port };
    long status = channel_op(EVTCHNOP_status, &s), sent = channel_op(EVTCHNOP_send, &send);

    for (unsigned int i = 0; i < 100; i++) /* where the other end might lie if it had been freed with the child */
        channel_op(EVTCHNOP_send, &send);
    long closed = channel_op(EVTCHNOP_close, &close);
    printk("nursery: channel: state %u (%ld), send %ld, close %ld", s.status, status, sent, closed);
    return !status && s.status == EVTCHNSTAT_unbound && !sent && !closed;
}
