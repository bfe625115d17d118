/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event channels with bitmaps: made, sent, delivered, taken away. */
#include "bench/bench.h"

static long port;

static long port_begin(void)
{
    return port = ipi_bind(0);
}
static void port_end(void)
{
    port_close((uint32_t)port);
}
/* As an upcall would take it. */
static void take(void)
{
    shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
    shared_info->vcpu_info[0].evtchn_pending_sel = 0;
    shared_info->evtchn_pending[0] = 0;
    __asm__ volatile("" ::: "memory");
}

static long send(void)
{
    long rc = port_send((uint32_t)port);
    take();
    return rc;
}
static long send_again(void)
{
    return port_send((uint32_t)port);
}
static void send_again_end(void)
{
    take();
}
static long upcall_begin(void)
{
    upcalls_allow(true);
    return 0;
}
static long upcall(void)
{
    uint64_t before = bench_upcalls;
    long rc = port_send((uint32_t)port);
    return rc ?: bench_upcalls == before + 1 ? 0 : -1;
}
static void upcall_end(void)
{
    upcalls_allow(false);
}

static long unmask(void)
{
    struct evtchn_unmask u = { .port = (evtchn_port_t)port };
    return event_op(EVTCHNOP_unmask, &u);
}
static long unmask_pending(void)
{
    shared_info->evtchn_pending[0] |= 1ul << port;
    shared_info->evtchn_mask[0] |= 1ul << port;
    long rc = unmask();
    take();
    return rc;
}
static long status(void)
{
    struct evtchn_status s = { .dom = DOMID_SELF, .port = (evtchn_port_t)port };
    return event_op(EVTCHNOP_status, &s);
}
static long bind_vcpu(void)
{
    struct evtchn_bind_vcpu b = { .port = (evtchn_port_t)port };
    return event_op(EVTCHNOP_bind_vcpu, &b);
}

static long ipi(void)
{
    long p = ipi_bind(0);
    return p < 0 ? p : port_close((uint32_t)p);
}
static long virq(void)
{
    struct evtchn_bind_virq b = { .virq = VIRQ_DEBUG, .vcpu = 0 };
    long rc = event_op(EVTCHNOP_bind_virq, &b);
    return rc ?: port_close(b.port);
}
static long unbound(void)
{
    struct evtchn_alloc_unbound a = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };
    long rc = event_op(EVTCHNOP_alloc_unbound, &a);
    return rc ?: port_close(a.port);
}
static long pair_make(evtchn_port_t *a, evtchn_port_t *b)
{
    struct evtchn_alloc_unbound u = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };
    struct evtchn_bind_interdomain i = { .remote_dom = DOMID_SELF };
    long rc = event_op(EVTCHNOP_alloc_unbound, &u);

    i.remote_port = u.port;
    rc = rc ?: event_op(EVTCHNOP_bind_interdomain, &i);
    *a = u.port;
    *b = i.local_port;
    return rc;
}
static long pair(void)
{
    evtchn_port_t a, b;
    long rc = pair_make(&a, &b);

    take();
    rc = rc ?: port_close(b);
    return rc ?: port_close(a);
}
static evtchn_port_t end_a, end_b;
static long pair_begin(void)
{
    return pair_make(&end_a, &end_b);
}
static long pair_send(void)
{
    long rc = port_send(end_a);
    take();
    return rc;
}
static void pair_end(void)
{
    port_close(end_b);
    port_close(end_a);
}

static long poll(void)
{
    evtchn_port_t p = (evtchn_port_t)port;
    struct sched_poll poll = { .nr_ports = 1 };

    set_xen_guest_handle(poll.ports, &p);
    return sched_op(SCHEDOP_poll, &poll);
}
static long poll_begin(void)
{
    shared_info->evtchn_pending[0] |= 1ul << port;
    return 0;
}
static long block(void)
{
    shared_info->vcpu_info[0].evtchn_upcall_pending = 1;
    long rc = sched_op(SCHEDOP_block, NULL);
    upcalls_allow(false);
    return rc;
}

static const struct bench_op ops[] = {
    {.name = "send to oneself, masked", .begin = port_begin, .run = send},
    {.name = "send, pending already", .run = send_again, .end = send_again_end},
    {.name = "send to oneself and upcall", .begin = upcall_begin, .run = upcall, .end = upcall_end},
    {.name = "evtchn unmask", .run = unmask},
    {.name = "evtchn unmask, pending", .run = unmask_pending},
    {.name = "evtchn status", .run = status},
    {.name = "evtchn bind_vcpu", .run = bind_vcpu},
    {.name = "poll, pending", .begin = poll_begin, .run = poll, .end = send_again_end},
    {.name = "block, pending, and upcall", .run = block, .end = port_end},
    {.name = "bind_ipi and close", .run = ipi},
    {.name = "bind_virq and close", .run = virq},
    {.name = "alloc_unbound and close", .run = unbound},
    {.name = "interdomain pair and close", .run = pair},
    {.name = "interdomain send, masked", .begin = pair_begin, .run = pair_send, .end = pair_end},
};
BENCH_TABLE(events)
