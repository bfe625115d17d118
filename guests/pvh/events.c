/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events: by a vector of the local APIC, by the callback vector, and time from a one-shot timer. */
#include "pvh/pvh.h"

#define UPCALL   0xf3u

static void clear_pending(void)
{
    shared.vcpu_info[0].evtchn_upcall_pending = 0;
    shared.vcpu_info[0].evtchn_pending_sel = 0;
    for (unsigned int i = 0; i < ARRAY_SIZE(shared.evtchn_pending); i++)
        shared.evtchn_pending[i] = 0;
}

static uint32_t bind_timer(void)
{
    struct evtchn_bind_virq bind = { .virq = VIRQ_TIMER, .vcpu = 0 };

    check(!HYPERCALL2(event_channel_op, EVTCHNOP_bind_virq, &bind), "binding VIRQ_TIMER");
    return bind.port;
}

static void arm(void)
{
    struct xen_hvm_get_time now;
    struct vcpu_set_singleshot_timer set = { 0 };

    HYPERCALL2(hvm_op, HVMOP_get_time, &now);
    set.timeout_abs_ns = now.now + 2000000;
    check(!HYPERCALL3(vcpu_op, VCPUOP_set_singleshot_timer, 0, &set), "arming the one-shot timer");
}

static void check_upcall(uint32_t port)
{
    struct xen_hvm_evtchn_upcall_vector op = { .vcpu = 0, .vector = 15 };
    uint32_t before = interrupts[UPCALL];

    check(HYPERCALL2(hvm_op, HVMOP_set_evtchn_upcall_vector, &op) == -22, "an exception's number for events");
    op.vector = UPCALL;
    check(!HYPERCALL2(hvm_op, HVMOP_set_evtchn_upcall_vector, &op), "the vector for events");
    clear_pending();
    arm();
    while (interrupts[UPCALL] == before)
        __asm__ volatile("sti; hlt; cli");
    check(interrupts[UPCALL] == before + 1 && (shared.evtchn_pending[0] >> port & 1), "events: %u, pending %lx",
          interrupts[UPCALL] - before, (unsigned long)shared.evtchn_pending[0]);
    op.vector = 0;
}

/* It comes as long as the pending byte is set, without the local APIC: the handler has to clear that. */
static void check_callback(void)
{
    struct xen_hvm_param p = { .domid = DOMID_SELF, .index = HVM_PARAM_CALLBACK_IRQ, .value = 2ull << 56 | CALLBACK };
    uint32_t before = interrupts[CALLBACK];

    check(!HYPERCALL2(hvm_op, HVMOP_set_param, &p), "the callback vector");
    clear_pending();
    clear_upcall = true;
    arm();
    while (interrupts[CALLBACK] == before)
        __asm__ volatile("sti; hlt; cli");
    check(interrupts[CALLBACK] == before + 1, "callbacks: %u", interrupts[CALLBACK] - before);
    p.value = 0;
    HYPERCALL2(hvm_op, HVMOP_set_param, &p);
}

void check_events(void)
{
    uint32_t port = bind_timer();

    check_upcall(port);
    check_callback();
}
