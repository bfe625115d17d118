/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vcpu_op, and two vCPUs: on one CPU they take turns, on two they call each other. The second one waits for its port
 * and answers, or gives way, or sleeps.
 */
#include "bench/bench.h"

#define OTHER 1u

static long is_up(void)
{
    return vcpu_op(VCPUOP_is_up, 0, NULL);
}
static long runstate(void)
{
    struct vcpu_runstate_info info;
    return vcpu_op(VCPUOP_get_runstate_info, 0, &info);
}
static long runstate_area(void)
{
    static struct vcpu_runstate_info area;
    struct vcpu_register_runstate_memory_area r = { .addr.h.p = &area };
    return vcpu_op(VCPUOP_register_runstate_memory_area, 0, &r);
}
static void runstate_area_end(void)
{
    struct vcpu_register_runstate_memory_area r = { .addr.h.p = NULL };
    vcpu_op(VCPUOP_register_runstate_memory_area, 0, &r);
}
static long time_area(void)
{
    static struct vcpu_time_info area;
    struct vcpu_register_time_memory_area r = { .addr.h.p = &area };
    return vcpu_op(VCPUOP_register_vcpu_time_memory_area, 0, &r);
}
static void time_area_end(void)
{
    struct vcpu_register_time_memory_area r = { .addr.h.p = NULL };
    vcpu_op(VCPUOP_register_vcpu_time_memory_area, 0, &r);
}

static uint8_t stack[8192] __attribute__((aligned(16)));
static uint32_t to_other, to_first;
static volatile enum { GIVES_WAY, ANSWERS, SLEEPS } role = GIVES_WAY;
static volatile uint64_t turns;

/* Until the port has an event, which is taken. */
static void wait_for(uint32_t port)
{
    struct sched_poll poll = { .nr_ports = 1 };
    evtchn_port_t p = port;

    set_xen_guest_handle(poll.ports, &p);
    while (!(__atomic_load_n(&shared_info->evtchn_pending[0], __ATOMIC_SEQ_CST) >> port & 1))
        sched_op(SCHEDOP_poll, &poll);
    __atomic_fetch_and(&shared_info->evtchn_pending[0], ~(1ul << port), __ATOMIC_SEQ_CST);
}

static void other_main(void)
{
    for (;; turns++) {
        if (role == GIVES_WAY) {
            sched_op(SCHEDOP_yield, NULL);
            continue;
        }
        wait_for(to_other);
        if (role == ANSWERS)
            port_send(to_first);
    }
}

static long other_begin(void)
{
    static struct vcpu_guest_context c;

    if (vcpu_op(VCPUOP_is_up, OTHER, NULL))
        return vcpu_op(VCPUOP_is_up, OTHER, NULL) == 1 ? 0 : -1;
    shared_info->vcpu_info[OTHER].evtchn_upcall_mask = 1;
    to_other = (uint32_t)ipi_bind(OTHER);
    to_first = (uint32_t)ipi_bind(0);
    shared_info->evtchn_mask[0] |= 1ul << to_other | 1ul << to_first; /* they are polled */
    vcpu_prepare(&c, other_main, stack + sizeof(stack));
    long rc = vcpu_op(VCPUOP_initialise, OTHER, &c);
    return rc ?: vcpu_op(VCPUOP_up, OTHER, NULL);
}

/* The other one's turn and back: two changes. */
static long switch_twice(void)
{
    uint64_t before = turns;

    for (unsigned int i = 0; turns == before; i++)
        if (sched_op(SCHEDOP_yield, NULL) || i > 1000)
            return -1;
    return 0;
}
static long call_begin(void)
{
    long rc = other_begin();
    role = ANSWERS;
    return rc;
}
static long call(void)
{
    long rc = port_send(to_other);
    wait_for(to_first);
    return rc;
}
/* An event to one that sleeps, which goes on sleeping. */
static long wake_begin(void)
{
    role = SLEEPS;
    return 0;
}
static long wake(void)
{
    uint64_t before = turns;
    long rc = port_send(to_other);

    while (turns == before)
        sched_op(SCHEDOP_yield, NULL);
    return rc;
}
static long flush_all(void)
{
    struct mmuext_op op = { .cmd = MMUEXT_TLB_FLUSH_ALL };
    return mmuext(&op, 1);
}
static long other_runstate(void)
{
    struct vcpu_runstate_info info;
    return vcpu_op(VCPUOP_get_runstate_info, OTHER, &info);
}
static long down_up(void)
{
    long rc = vcpu_op(VCPUOP_down, OTHER, NULL);
    return rc ?: vcpu_op(VCPUOP_up, OTHER, NULL);
}
static void other_end(void)
{
    vcpu_op(VCPUOP_down, OTHER, NULL);
}

static const struct bench_op ops[] = {
    {.name = "vcpu_op, is_up", .run = is_up},
    {.name = "vcpu_op, get_runstate_info", .run = runstate},
    {.name = "vcpu_op, register runstate area", .run = runstate_area, .end = runstate_area_end},
    {.name = "vcpu_op, register time area", .run = time_area, .end = time_area_end},
    {.name = "to another vCPU and back, by yield", .begin = other_begin, .run = switch_twice},
    {.name = "event to another vCPU and its answer", .begin = call_begin, .run = call, .rounds = 64},
    {.name = "event to another vCPU, until it sleeps", .begin = wake_begin, .run = wake, .rounds = 64},
    {.name = "TLB flush all, two vCPUs", .run = flush_all},
    {.name = "runstate of another vCPU", .run = other_runstate},
    {.name = "vcpu_op, down and up", .run = down_up, .rounds = 64, .end = other_end},
};
BENCH_TABLE(vcpus)
