/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registration of the guest kernel's entry points and of its stack. Addresses are checked when they
 * are used, by the CPU.
 */
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hw/native/exception.h"
#include "mm/va.h"
#include "pv/pv.h"

#include <hypercall_handlers.h>

static struct pv_callback *callback_slot(struct pv_vcpu *pv, unsigned int type)
{
    switch (type) {
    case CALLBACKTYPE_event:
        return &pv->event;
    case CALLBACKTYPE_failsafe:
        return &pv->failsafe;
    case CALLBACKTYPE_syscall:
        return &pv->syscall64;
    case CALLBACKTYPE_syscall32:
        return &pv->syscall32;
    case CALLBACKTYPE_sysenter:
        return &pv->sysenter;
    default:
        return NULL;
    }
}

static void nmi_set(struct pv_vcpu *pv, uint64_t address)
{
    pv->trap[TRAP_NMI] = (struct trap_info){ .vector = TRAP_NMI, .cs = FLAT_KERNEL_CS, .address = address };
}

static long callback_register(struct pv_vcpu *pv, uint64_t arg)
{
    struct callback_register reg;

    if (copy_from_guest_va(&reg, arg))
        return -EFAULT;
    if (!va_is_canonical(reg.address))
        return -EINVAL;
    if (reg.type == CALLBACKTYPE_nmi) {
        nmi_set(pv, reg.address);
        return 0;
    }
    struct pv_callback *slot = callback_slot(pv, reg.type);
    if (!slot)
        return -ENOSYS;
    bool masks = slot == &pv->event || reg.flags & CALLBACKF_mask_events;
    *slot = (struct pv_callback){ .address = reg.address, .mask_events = masks };
    return 0;
}

static long callback_unregister(struct pv_vcpu *pv, uint64_t arg)
{
    struct callback_unregister unreg;

    if (copy_from_guest_va(&unreg, arg))
        return -EFAULT;
    switch (unreg.type) {
    case CALLBACKTYPE_event:
    case CALLBACKTYPE_failsafe:
    case CALLBACKTYPE_syscall:
    case CALLBACKTYPE_sysenter:
    case CALLBACKTYPE_syscall32:
        return -EINVAL; /* a kernel cannot do without what it once had */
    case CALLBACKTYPE_nmi:
        nmi_set(pv, 0);
        return 0;
    default:
        return -ENOSYS;
    }
}

long hypercall_callback_op(struct hypercall *call)
{
    struct pv_vcpu *pv = &current_vcpu()->arch.pv;

    switch ((uint32_t)call->arg[0]) {
    case CALLBACKOP_register:
        return callback_register(pv, call->arg[1]);
    case CALLBACKOP_unregister:
        return callback_unregister(pv, call->arg[1]);
    default:
        return -ENOSYS;
    }
}

/* The old hypercall does not refuse anything, so bits 63-48 become those that a processor accepts. */
long hypercall_set_callbacks(struct hypercall *call)
{
    struct pv_vcpu *pv = &current_vcpu()->arch.pv;

    pv->event = (struct pv_callback){ va_canonical(call->arg[0]), true };
    pv->failsafe = (struct pv_callback){ va_canonical(call->arg[1]), false };
    pv->syscall64 = (struct pv_callback){ va_canonical(call->arg[2]), false };
    return 0;
}

long hypercall_nmi_op(struct hypercall *call)
{
    struct vcpu *v = current_vcpu();
    struct xennmi_callback cb;

    switch ((uint32_t)call->arg[0]) {
    case XENNMI_register_callback:
        if (copy_from_guest_va(&cb, call->arg[1]))
            return -EFAULT;
        if (!va_is_canonical(cb.handler_address))
            return -EINVAL;
        nmi_set(&v->arch.pv, cb.handler_address);
        return 0;
    case XENNMI_unregister_callback:
        nmi_set(&v->arch.pv, 0);
        return 0;
    default:
        return -ENOSYS;
    }
}

/*
 * The stack for entries from guest user mode. SS is the guest's flat one whatever it says: long mode ignores its base.
 */
long hypercall_stack_switch(struct hypercall *call)
{
    struct pv_vcpu *pv = &current_vcpu()->arch.pv;

    pv->kernel_ss = (call->arg[0] & 0xffff) | 3;
    pv->kernel_sp = call->arg[1];
    return 0;
}
