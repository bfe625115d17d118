/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event channels, timers and vCPU operations with what no honest kernel passes; and that all still works afterwards. */
#include "selftest/selftest.h"

static long op(unsigned int cmd, void *arg)
{
    return hypercall2(__HYPERVISOR_event_channel_op, cmd, PTR(arg));
}

static long bind_ipi(uint32_t *port)
{
    struct evtchn_bind_ipi b = { .vcpu = 0 };
    long rc = op(EVTCHNOP_bind_ipi, &b);

    *port = b.port;
    return rc;
}

static long send(uint32_t port)
{
    return op(EVTCHNOP_send, &(struct evtchn_send){ port });
}

static long reset(void)
{
    return op(EVTCHNOP_reset, &(struct evtchn_reset){ DOMID_SELF });
}

static long control(uint64_t gfn, uint32_t offset, uint32_t vcpu)
{
    return op(EVTCHNOP_init_control, &(struct evtchn_init_control){ .control_gfn = gfn, .offset = offset,
                                                                    .vcpu = vcpu });
}

static long expand(uint64_t gfn)
{
    return op(EVTCHNOP_expand_array, &(struct evtchn_expand_array){ gfn });
}

/*
 * The bits of the hypervisor's words that a guest writes decide about this guest's events alone (188, 342, 343, 358).
 */
static void fifo(void)
{
    volatile struct evtchn_fifo_control_block *block = (void *)page_a;
    volatile event_word_t *word = (void *)page_b;
    struct mmuext_op pin = { .cmd = MMUEXT_PIN_L1_TABLE, .arg1.mfn = va_to_mfn(page_b) };
    uint32_t port, other;

    shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
    memset(page_a, 0, PAGE_SIZE);
    memset(page_b, 0, PAGE_SIZE);
    check_rc("an array before there is a control block", -EOPNOTSUPP, expand(va_to_mfn(page_b)));
    check_rc("a control block that ends in the next page", -EINVAL, control(va_to_mfn(page_a), PAGE_SIZE - 8, 0));
    check_rc("... that is not aligned", -EINVAL, control(va_to_mfn(page_a), 4, 0));
    check_rc("... of a vCPU that does not exist", -ENOENT, control(va_to_mfn(page_a), 0, 9999));
    check_rc("... in a page table", -EINVAL, control(va_to_mfn((void *)start_info->pt_base), 0, 0));
    check_rc("... in a frame that is not ours", -EINVAL, control(0xf0, 0, 0));
    check_rc("an array after a control block was refused (188)", -EOPNOTSUPP, expand(va_to_mfn(page_b)));
    check_rc("a control block", 0, control(va_to_mfn(page_a), 0, 0));
    check_rc("... once only", -EINVAL, control(va_to_mfn(page_a), 0, 0));
    check_rc("an array in a page table", -EINVAL, expand(va_to_mfn((void *)start_info->pt_base)));
    check_rc("an array", 0, expand(va_to_mfn(page_b)));
    check_rc("two ports", 0, bind_ipi(&port) | bind_ipi(&other));
    check_rc("an event", 0, send(port));
    check("... is pending and linked", 5, word[port] >> 29);
    check("... at the head of its queue", port, block->head[EVTCHN_FIFO_PRIORITY_DEFAULT]);
    word[port] |= EVTCHN_FIFO_LINK_MASK; /* a link to a port that cannot be */
    block->head[EVTCHN_FIFO_PRIORITY_DEFAULT] = 0x1ffff;
    check_rc("another, the queue being garbled", 0, send(other));
    word[port] = word[other] = 0xffffffffu;
    check_rc("another, all bits being set", 0, send(port) | send(other));
    word[port] = 0;
    check_rc("another, all being clear", 0, send(port));
    check_rc("a priority that does not exist", -EINVAL,
             op(EVTCHNOP_set_priority, &(struct evtchn_set_priority){ port, 16 }));
    check_rc("all ports closed at once (188, 343)", 0, reset());
    check_rc("a port that was one before (338)", -EINVAL, send(other));
    memset(page_b, 0, PAGE_SIZE);
    check_rc("... the pages are ours again", 0,
             map_at(page_a, va_to_mfn(page_a), PTE_KERNEL_RO) | map_at(page_b, va_to_mfn(page_b), PTE_KERNEL_RO));
    check_rc("... and can become a table", 0, hypercall4(__HYPERVISOR_mmuext_op, PTR(&pin), 1, 0, DOMID_SELF));
    pin.cmd = MMUEXT_UNPIN_TABLE;
    hypercall4(__HYPERVISOR_mmuext_op, PTR(&pin), 1, 0, DOMID_SELF);
    map_at(page_a, va_to_mfn(page_a), PTE_KERNEL_RW);
    map_at(page_b, va_to_mfn(page_b), PTE_KERNEL_RW);
}

static void every_port(void)
{
    struct evtchn_alloc_unbound a = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };
    unsigned int n = 0;
    long rc;

    while (!(rc = op(EVTCHNOP_alloc_unbound, &a)) && n < 200000)
        n++;
    check_rc("ports come to an end", -ENOSPC, rc);
    check_in("... at what two levels can hold", 1000, 4095, n);
    struct evtchn_bind_interdomain b = { .remote_dom = DOMID_SELF, .remote_port = a.port };
    check_rc("binding one when there is none left", -ENOSPC, op(EVTCHNOP_bind_interdomain, &b));
    check_rc("closing them all", 0, reset());
}

static void bad_ports(void)
{
    static const uint32_t bad[] = { 0, 4096, 0x10000, 0x7fffffff, 0xffffffff };
    unsigned int accepted = 0;

    for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
        accepted += send(bad[i]) >= 0;
        accepted += op(EVTCHNOP_close, &(struct evtchn_close){ bad[i] }) >= 0;
        accepted += op(EVTCHNOP_bind_vcpu, &(struct evtchn_bind_vcpu){ bad[i], 0 }) >= 0;
        accepted += op(EVTCHNOP_bind_interdomain,
                       &(struct evtchn_bind_interdomain){ .remote_dom = DOMID_SELF, .remote_port = bad[i] }) >= 0;
        accepted += op(EVTCHNOP_bind_pirq, &(struct evtchn_bind_pirq){ .pirq = bad[i] | 0x8000 }) >= 0;
        accepted += op(EVTCHNOP_bind_virq, &(struct evtchn_bind_virq){ .virq = bad[i] | NR_VIRQS }) >= 0;
        accepted += op(EVTCHNOP_bind_ipi, &(struct evtchn_bind_ipi){ .vcpu = bad[i] | 0x2000 }) >= 0;
    }
    check("ports, interrupts and vCPUs that do not exist: accepted", 0, accepted);
}

/* Times at the edges of what 64 bits hold (20). */
static void timers(void)
{
    struct vcpu_set_periodic_timer p = { .period_ns = ~0ul };
    struct vcpu_set_singleshot_timer s = { .timeout_abs_ns = ~0ul };

    check_rc("a period of 2^64 ns (20)", -EINVAL,
             hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_set_periodic_timer, 0, PTR(&p)));
    p.period_ns = 1ul << 62;
    check_rc("a period of 2^62 ns (20)", -EINVAL,
             hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_set_periodic_timer, 0, PTR(&p)));
    p.period_ns = 999999;
    check_rc("a period under 1 ms", -EINVAL, hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_set_periodic_timer, 0, PTR(&p)));
    check_rc("a single shot at the end of time", 0,
             hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, PTR(&s)));
    check_rc("... stopped", 0, hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_stop_singleshot_timer, 0, 0));
    check_rc("set_timer_op at the end of time", 0, hypercall1(__HYPERVISOR_set_timer_op, ~0ul));
    check_rc("... in the middle of it", 0, hypercall1(__HYPERVISOR_set_timer_op, 1ul << 63));
    check_rc("... stopped", 0, hypercall1(__HYPERVISOR_set_timer_op, 0));
}

/* An NMI that nobody handles may not keep hypercalls from being finished. */
static void unwanted_nmi(void)
{
    static uint64_t pte[64][2];
    unsigned int done = 0;

    for (unsigned int i = 0; i < 64; i++) {
        pte[i][0] = pte_maddr(page_a, 1);
        pte[i][1] = va_to_mfn(page_a) << 12 | PTE_KERNEL_RW;
    }
    traps_init_without(2);
    check_rc("an NMI without a handler", 0, hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_send_nmi, 0, 0));
    check_rc("... a list of 64 updates", 0, hypercall4(__HYPERVISOR_mmu_update, PTR(pte), 64, PTR(&done), DOMID_SELF));
    check("... all of them done", 64, done);
    traps_init();
}

void test_advisories_events(void)
{
    reset();
    fifo();
    every_port();
    bad_ports();
    timers();
    unwanted_nmi();
}
