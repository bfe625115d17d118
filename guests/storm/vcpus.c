/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other vCPUs: initialised with odd contexts, started, stopped, their areas put anywhere. */
#include "storm/storm.h"

static struct vcpu_guest_context context[STORM_VCPUS];

static long op(struct hostile *h, unsigned int cmd, const void *arg)
{
    uint64_t id = one_in(h, 16) ? rnd_word(h) : one_in(h, 2) ? h->id : pick(h, storm_vcpus);

    return hypercall3(__HYPERVISOR_vcpu_op, cmd, id, one_in(h, 16) ? rnd_address(h) : PTR(arg));
}

static void start(struct hostile *h)
{
    struct vcpu_guest_context *c = &context[h->id];
    struct hostile *other = &hostile[pick(h, STORM_VCPUS)];
    uint64_t *word = (uint64_t *)c;

    vcpu_context(other, c);
    if (one_in(h, 2))
        for (unsigned int i = 0; i < 3; i++)
            word[one_in(h, 2) ? pick(h, 80) : pick(h, sizeof(*c) / 8)] = rnd_word(h);
    if (one_in(h, 4))
        c->ctrlreg[pick(h, 4)] = xen_pfn_to_cr3(rnd_frame(h));
    if (one_in(h, 4)) {
        c->gdt_ents = pick(h, 1024);
        c->gdt_frames[0] = rnd_frame(h);
        c->gdt_frames[1] = rnd_frame(h);
    }
    hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_initialise, one_in(h, 8) ? rnd_word(h) : other->id, PTR(c));
    hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_up, other->id, 0);
}

void step_vcpus(struct hostile *h)
{
    uint64_t *arg = (void *)h->data;

    for (unsigned int i = 0; i < 8; i++)
        arg[i] = one_in(h, 2) ? rnd_address(h) : rnd_word(h);
    switch (pick(h, 14)) {
    case 0:
    case 1: start(h); break;
    case 2: op(h, VCPUOP_up, NULL); break;
    case 3:
        if (h->id && !one_in(h, 4))
            hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_down, pick(h, storm_vcpus), 0);
        break;
    case 4: op(h, VCPUOP_register_runstate_memory_area, arg); break;
    case 5: op(h, VCPUOP_register_vcpu_time_memory_area, arg); break;
    case 6: op(h, VCPUOP_get_runstate_info, arg); break;
    case 7:
        arg[0] = one_in(h, 2) ? 1000000 : rnd_word(h);
        op(h, VCPUOP_set_periodic_timer, arg);
        op(h, VCPUOP_stop_periodic_timer, NULL);
        break;
    case 8: op(h, VCPUOP_set_singleshot_timer, arg); break;
    case 9:
        arg[0] = rnd_frame(h);
        arg[1] = one_in(h, 2) ? pick(h, 64) * 64 : rnd_word(h);
        if (h->id || one_in(h, 8))
            op(h, VCPUOP_register_vcpu_info, arg);
        break;
    case 10: op(h, VCPUOP_send_nmi, NULL); break;
    case 11: op(h, VCPUOP_get_physid, arg); break;
    case 12: op(h, (unsigned int)pick(h, 20) + 14, arg); break;
    default: hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0); break;
    }
}
