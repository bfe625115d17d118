/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Deserts EVTCHNOP_reset in the middle: an event is pending when it calls, so the call gives way after some ports; in
 * the callback it binds again what has been closed, and powers off. Whoever ends it (guests/nursery with channel=1,
 * who has the other end) must find its first port all the same. With desert=2 it resets once more before, as a kernel
 * after kexec does, and every port must be free.
 */
#include "common/guest.h"

#define PORTS 300u

static uint32_t remote_port;

static long channel_op(uint32_t cmd, void *op) { return hypercall2(__HYPERVISOR_event_channel_op, cmd, PTR(op)); }

static bool bind_first(void)
{
    struct evtchn_bind_interdomain op = { .remote_dom = 0, .remote_port = remote_port };
    return !channel_op(EVTCHNOP_bind_interdomain, &op) && op.local_port == 1;
}

static void reset(void)
{
    struct evtchn_reset op = { .dom = DOMID_SELF };
    long rc = channel_op(EVTCHNOP_reset, &op);
    struct evtchn_bind_ipi ipi = { .vcpu = 0 };
    channel_op(EVTCHNOP_bind_ipi, &ipi);
    printk("deserter: reset to its end: %ld, first free port %u", rc, ipi.port);
}

static bool on_event(struct trap_frame *f)
{
    if (f->vector != VECTOR_EVENT)
        return false;
    struct evtchn_status last = { .dom = DOMID_SELF, .port = PORTS };
    channel_op(EVTCHNOP_status, &last);
    bool first = bind_first();
    printk("deserter: reset given up half way: %u", first && last.status == EVTCHNSTAT_ipi);
    if (guest_option("desert", 1) == 2)
        reset();
    guest_shutdown(SHUTDOWN_poweroff);
}

void guest_main(void)
{
    struct evtchn_status s = { .dom = DOMID_SELF, .port = 1 };
    struct evtchn_bind_ipi ipi = { .vcpu = 0 };
    channel_op(EVTCHNOP_status, &s);
    remote_port = s.u.interdomain.port;
    while (ipi.port < PORTS && !channel_op(EVTCHNOP_bind_ipi, &ipi))
        ;
    trap_hook = on_event;
    shared_info->vcpu_info[0].evtchn_upcall_pending = 1;
    shared_info->vcpu_info[0].evtchn_upcall_mask = 0; /* nothing notices before the next call */
    reset();
}
