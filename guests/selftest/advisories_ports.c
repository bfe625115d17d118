/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event channels of vCPUs that have no place for them, and at their limits. The numbers are public advisories'. */
#include "selftest/selftest.h"

static long op(unsigned int cmd, void *arg)
{
    return hypercall2(__HYPERVISOR_event_channel_op, cmd, PTR(arg));
}

static long reset(void)
{
    return op(EVTCHNOP_reset, &(struct evtchn_reset){ DOMID_SELF });
}

static long control(const void *page, uint32_t vcpu)
{
    return op(EVTCHNOP_init_control, &(struct evtchn_init_control){ .control_gfn = va_to_mfn(page), .vcpu = vcpu });
}

static bool has_second(void)
{
    return hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_is_up, 1, 0) >= 0;
}

/* The FIFO layout is the domain's, a control block is a vCPU's: one may be missing (107). */
static void no_control_block(void)
{
    struct evtchn_bind_ipi ipi = { .vcpu = 1 };
    struct evtchn_bind_virq virq = { .virq = VIRQ_DEBUG, .vcpu = 1 };
    volatile event_word_t *word = (void *)page_b;

    shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
    memset(page_a, 0, 2 * PAGE_SIZE);
    check_rc("a control block of the first vCPU", 0, control(page_a, 0));
    check_rc("a port of the second, which has none (107)", 0, op(EVTCHNOP_bind_ipi, &ipi));
    check_rc("... and a virtual interrupt", 0, op(EVTCHNOP_bind_virq, &virq));
    check_rc("an event before there is an array (107)", 0, op(EVTCHNOP_send, &(struct evtchn_send){ ipi.port }));
    check_rc("... unmasked", 0, op(EVTCHNOP_unmask, &(struct evtchn_unmask){ ipi.port }));
    check_rc("an array", 0, op(EVTCHNOP_expand_array, &(struct evtchn_expand_array){ va_to_mfn(page_b) }));
    check_rc("an event (107)", 0, op(EVTCHNOP_send, &(struct evtchn_send){ ipi.port }));
    check_rc("... of another priority (107)", 0,
             op(EVTCHNOP_set_priority, &(struct evtchn_set_priority){ ipi.port, 0 }) |
                 op(EVTCHNOP_send, &(struct evtchn_send){ ipi.port }));
    check("... is on no queue", 0, word[ipi.port] & 1u << EVTCHN_FIFO_LINKED);
    check_rc("all closed", 0, reset());
}

/* A port that could not be had leaves nothing behind: neither a port nor a lock (317). */
static void exhausted(void)
{
    struct evtchn_alloc_unbound a = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };
    struct evtchn_bind_ipi ipi = { .vcpu = 0 };
    struct evtchn_bind_virq virq = { .virq = VIRQ_DEBUG, .vcpu = 0 };
    uint32_t last = 0, odd = 0;
    unsigned int n = 0;

    while (!op(EVTCHNOP_alloc_unbound, &a) && n++ < 200000)
        last = a.port;
    for (unsigned int i = 0; i < 20; i++) {
        odd += op(EVTCHNOP_bind_ipi, &ipi) != -ENOSPC;
        odd += op(EVTCHNOP_bind_virq, &virq) != -ENOSPC;
        odd += op(EVTCHNOP_alloc_unbound, &a) != -ENOSPC;
    }
    check("ports, there being none left: other than -ENOSPC (317)", 0, odd);
    check_rc("one closed", 0, op(EVTCHNOP_close, &(struct evtchn_close){ last }));
    check_rc("... and had again (317)", 0, op(EVTCHNOP_bind_virq, &virq));
    check("... it is that one", last, virq.port);
    check_rc("all closed", 0, reset());
}

/* Where a vCPU's own state is written: all of it in one page of ours, aligned (327). */
static void infos(void)
{
    static const struct {
        const char *name;
        uint32_t offset;
        long expected;
    } at[] = {
        {"a vcpu_info at an odd address (327)",  1,              -ENXIO},
        {"... not aligned to a word (327)",      4,              -ENXIO},
        {"... that ends in the next page (327)", PAGE_SIZE - 56, -ENXIO},
        {"... beyond it (327)",                  0xfffffff8u,    -ENXIO},
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(at); i++) {
        struct vcpu_register_vcpu_info v = { .mfn = va_to_mfn(page_a), .offset = at[i].offset };
        check_rc(at[i].name, at[i].expected, hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 0, PTR(&v)));
    }
    struct vcpu_register_vcpu_info v = { .mfn = va_to_mfn((void *)start_info->pt_base) };
    check_rc("... in a page table", -EINVAL, hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 0, PTR(&v)));
}

/* Hypercalls that once were open to everybody, and are not there (15, 47, 84, 313). */
static void gone(void)
{
    static const unsigned int nr[] = { __HYPERVISOR_tmem_op, __HYPERVISOR_xsm_op, __HYPERVISOR_xenoprof_op,
                                       __HYPERVISOR_xenpmu_op };
    unsigned int accepted = 0;

    for (unsigned int i = 0; i < ARRAY_SIZE(nr); i++)
        for (uint64_t cmd = 0x70; cmd < 0x90; cmd++) {
            memset(page_a, 0xff, PAGE_SIZE);
            accepted += hypercall3(nr[i], cmd, PTR(page_a), ~0u) >= 0;
            accepted += hypercall3(nr[i], PTR(page_a), 0, 0) >= 0;
        }
    check("operations of tmem, XSM, profiling that do not exist: accepted", 0, accepted);
    memset(page_a, 0, PAGE_SIZE);
}

void test_advisories_ports(void)
{
    reset();
    if (has_second())
        no_control_block();
    exhausted();
    infos();
    gone();
}
