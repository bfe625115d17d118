/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entry points: as they should be, and as they should not. */
#include "storm/storm.h"

extern char trap_stubs[], event_entry[], failsafe_entry[], syscall_entry[];

static void callback(unsigned int type, uint64_t address, unsigned int flags)
{
    struct callback_register r = { .type = (uint16_t)type, .flags = (uint16_t)flags, .address = address };

    hypercall2(__HYPERVISOR_callback_op, CALLBACKOP_register, PTR(&r));
}

void entry_mend(struct hostile *h)
{
    struct evtchn_bind_virq timer = { .virq = VIRQ_TIMER, .vcpu = h->id };
    struct mmuext_op user = { .cmd = MMUEXT_NEW_USER_BASEPTR, .arg1.mfn = storm_root };

    traps_init();
    hypercall2(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS, entry_top(h));
    hypercall4(__HYPERVISOR_mmuext_op, PTR(&user), 1, 0, DOMID_SELF);
    callback(CALLBACKTYPE_sysenter, PTR(syscall_entry), 0);
    callback(CALLBACKTYPE_syscall32, PTR(syscall_entry), 0);
    hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, PTR(&timer));
    shared_info->evtchn_mask[0] = 0;
    shared_info->vcpu_info[h->id].evtchn_upcall_mask = 0;
}

void vcpu_context(struct hostile *h, struct vcpu_guest_context *c)
{
    memset(c, 0, sizeof(*c));
    c->flags = VGCF_in_kernel;
    c->user_regs.rip = PTR(storm_secondary);
    c->user_regs.rdi = PTR(h);
    c->user_regs.rsp = stack_top(h);
    c->user_regs.cs = FLAT_KERNEL_CS;
    c->user_regs.ss = FLAT_KERNEL_SS;
    c->kernel_ss = FLAT_KERNEL_SS;
    c->kernel_sp = entry_top(h);
    c->ctrlreg[3] = xen_pfn_to_cr3(storm_root);
    c->event_callback_eip = PTR(event_entry);
    c->failsafe_callback_eip = PTR(failsafe_entry);
    c->syscall_callback_eip = PTR(syscall_entry);
    for (unsigned int i = 0; i < 256; i++)
        c->trap_ctxt[i] =
            (struct trap_info){ .vector = (uint8_t)i, .cs = FLAT_KERNEL_CS, .address = PTR(trap_stubs) + i * 16 };
}

static void traps_odd(struct hostile *h)
{
    struct trap_info *t = (void *)h->data;
    unsigned int n = 1 + (unsigned int)pick(h, 40);

    for (unsigned int i = 0; i < n; i++)
        t[i] = (struct trap_info){ .vector = (uint8_t)(one_in(h, 2) ? pick(h, 32) : pick(h, 256)),
                                   .flags = (uint8_t)pick(h, 8),
                                   .cs = (uint16_t)(one_in(h, 4) ? rnd_word(h) : FLAT_KERNEL_CS),
                                   .address = one_in(h, 8) ? rnd_address(h) : PTR(trap_stubs) + pick(h, 256) * 16 };
    memset(&t[n], 0, sizeof(t[n]));
    hypercall1(__HYPERVISOR_set_trap_table, one_in(h, 64) ? rnd_address(h) : PTR(t));
}

static void one_odd(struct hostile *h)
{
    static const uint8_t selector[] = { SEGBASE_FS, SEGBASE_GS_USER, SEGBASE_GS_KERNEL, SEGBASE_GS_USER_SEL, 4, 255 };

    switch (pick(h, 8)) {
    case 0: traps_odd(h); break;
    case 1:
        hypercall2(__HYPERVISOR_stack_switch, one_in(h, 2) ? FLAT_KERNEL_SS : rnd_word(h),
                   one_in(h, 24) ? rnd_address(h) : entry_top(h) - pick(h, 256));
        break;
    case 2:
        callback((unsigned int)pick(h, 9), one_in(h, 2) ? rnd_address(h) : PTR(syscall_entry),
                 (unsigned int)pick(h, 4));
        break;
    case 3:
        hypercall3(__HYPERVISOR_set_callbacks, PTR(event_entry), one_in(h, 2) ? rnd_address(h) : PTR(failsafe_entry),
                   one_in(h, 2) ? rnd_address(h) : PTR(syscall_entry));
        break;
    case 4:
        hypercall2(__HYPERVISOR_set_segment_base, selector[pick(h, sizeof(selector))],
                   one_in(h, 2) ? rnd_word(h) : rnd_address(h));
        break;
    case 5: hypercall2(__HYPERVISOR_set_debugreg, pick(h, 10), one_in(h, 2) ? rnd_word(h) : rnd_address(h)); break;
    case 6: hypercall2(__HYPERVISOR_vm_assist, pick(h, 3), pick(h, 40)); break;
    default: hypercall2(__HYPERVISOR_nmi_op, pick(h, 3), rnd_address(h)); break;
    }
}

void step_entry_points(struct hostile *h)
{
    h->dirty = true;
    for (unsigned int i = 0; i < 3; i++)
        one_odd(h);
    if (one_in(h, 2))
        hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_send_nmi, h->id, 0);
    if (one_in(h, 2))
        step_user(h);
    else
        step_instruction(h);
}
