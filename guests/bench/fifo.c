/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event channels with queues. There is no way back from them to bitmaps, so this comes last. */
#include "bench/bench.h"

static uint32_t words[1024] __attribute__((aligned(4096)));
static struct evtchn_fifo_control_block control __attribute__((aligned(4096)));
static long port;

static long fifo_begin(void)
{
    struct evtchn_init_control init = { .control_gfn = va_to_mfn(&control), .offset = 0, .vcpu = 0 };
    struct evtchn_expand_array expand = { .array_gfn = va_to_mfn(words) };
    long rc = event_op(EVTCHNOP_init_control, &init);

    rc = rc ?: event_op(EVTCHNOP_expand_array, &expand);
    port = rc ?: ipi_bind(0);
    bench_fifo_word = &words[port < 0 ? 0 : port];
    bench_fifo_head = &control.head[EVTCHN_FIFO_PRIORITY_DEFAULT];
    return port;
}
static void take(void)
{
    shared_info->vcpu_info[0].evtchn_upcall_pending = 0;
    *bench_fifo_word = 0;
    *bench_fifo_head = 0;
    control.ready = 0;
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

    control.ready = 0;
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
static long bind(void)
{
    long p = ipi_bind(0);
    return p < 0 ? p : port_close((uint32_t)p);
}

static const struct bench_op ops[] = {
    {.name = "FIFO: send to oneself, masked", .begin = fifo_begin, .run = send},
    {.name = "FIFO: send, pending already", .run = send_again, .end = send_again_end},
    {.name = "FIFO: send to oneself and upcall", .begin = upcall_begin, .run = upcall, .end = upcall_end},
    {.name = "FIFO: unmask", .run = unmask},
    {.name = "FIFO: bind_ipi and close", .run = bind},
};
BENCH_TABLE(fifo)
