/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What waits for a vCPU, in the order in which it is delivered: an event that was cut short, an NMI, the callback
 * vector, the local APIC. Of these one goes with each entry; for the others the guest is stopped again as soon as it
 * can take them.
 */
#include "hvm/hvm.h"
#include "hvm/inject.h"
#include "hvm/lapic.h"
#include "hvm/vendor.h"
#include "hw/native/cpu.h"
#include "hw/native/exception.h"

static bool nmi_waits(const struct vcpu *v)
{
    return (__atomic_load_n(&v->arch.hvm.signals, __ATOMIC_SEQ_CST) & HVM_SIGNAL_NMI) && !v->arch.hvm.nmi_blocked;
}

/* It has no state but the guest's own pending byte: it comes again until the guest has cleared that. */
static uint8_t callback(const struct vcpu *v)
{
    uint8_t vector = READ_ONCE(v->domain->arch.hvm.callback_vector);

    return vector && READ_ONCE(v->info->evtchn_upcall_pending) ? vector : 0;
}

bool hvm_event_deliverable(const struct vcpu *v)
{
    const struct hvm_lapic *l = v->arch.hvm.lapic;
    uint32_t signals = __atomic_load_n(&v->arch.hvm.signals, __ATOMIC_SEQ_CST);

    if (v->arch.hvm.event.valid || (signals & (HVM_SIGNAL_INIT | HVM_SIGNAL_STARTUP)) || nmi_waits(v))
        return true;
    if (__atomic_load_n(&l->due, __ATOMIC_SEQ_CST)) /* what comes of it is not known yet */
        return true;
    return (hvm_regs(v)->rflags & RFLAGS_IF) && (callback(v) || vlapic_next(&l->apic) >= 0);
}

void hvm_event_raised(struct vcpu *v)
{
    uint8_t vector = READ_ONCE(v->arch.hvm.upcall_vector);

    if (vector)
        hvm_lapic_raise(v, vector);
}

/* An exception's number is no interrupt's. */
int hvm_upcall_vector_set(struct domain *d, uint32_t id, uint8_t vector)
{
    struct vcpu *v = domain_vcpu(d, id);

    if (!v || vector < 16)
        return -EINVAL;
    WRITE_ONCE(v->arch.hvm.upcall_vector, vector);
    if (READ_ONCE(v->info->evtchn_upcall_pending))
        hvm_event_raised(v);
    return 0;
}

/* Lines of interrupt controllers that a guest does not have are kept, and nothing comes by them. */
void hvm_callback_set(struct domain *d, uint64_t via)
{
    bool is_vector = via >> 56 == HVM_PARAM_CALLBACK_TYPE_VECTOR;
    struct vcpu *v;

    WRITE_ONCE(d->arch.hvm.callback_vector, is_vector ? (uint8_t)via : 0);
    for_each_vcpu(d, v)
        vcpu_notify(v);
}

static void inject_interrupt(struct vcpu *v, uint8_t vector)
{
    hvm_vendor->inject(v, &(struct hvm_event){ .valid = true, .kind = HVM_EVENT_INTERRUPT, .vector = vector });
}

/* @now: one can be taken at this entry. What is left waits for a window. */
static void interrupt_deliver(struct vcpu *v, bool now)
{
    struct vlapic *a = &v->arch.hvm.lapic->apic;
    uint8_t by_callback = callback(v);
    int vector = by_callback ? by_callback : now ? vlapic_next(a) : vlapic_waiting(a);

    if (vector >= 0 && now) {
        if (!by_callback)
            vlapic_take(a, (uint8_t)vector);
        inject_interrupt(v, (uint8_t)vector);
        vector = vlapic_waiting(a);
        by_callback = 0;
    } else if (vector < 0 && now && vlapic_waiting(a) >= 0) {
        hvm_vendor->tpr_watch(v); /* the task priority holds it back, and no window need open */
    }
    if (vector >= 0)
        hvm_vendor->window(v, (uint8_t)vector, !by_callback);
}

static void nmi_deliver(struct vcpu *v)
{
    struct hvm_vcpu *h = &v->arch.hvm;

    __atomic_fetch_and(&h->signals, ~HVM_SIGNAL_NMI, __ATOMIC_SEQ_CST);
    hvm_vendor->inject(v, &(struct hvm_event){ .valid = true, .kind = HVM_EVENT_NMI, .vector = TRAP_NMI });
    h->nmi_blocked = true;
    h->iret_rip = ~0ULL;
    hvm_vendor->nmi_watch(v, true);
}

/* The exit at IRET comes before it: it has been done when RIP is elsewhere. */
static void nmi_unblock(struct vcpu *v, const struct cpu_user_regs *regs)
{
    struct hvm_vcpu *h = &v->arch.hvm;

    if (h->nmi_blocked && h->iret_rip != ~0ULL && regs->rip != h->iret_rip)
        h->nmi_blocked = false;
}

void hvm_iret_reached(struct vcpu *v, const struct cpu_user_regs *regs)
{
    v->arch.hvm.iret_rip = regs->rip;
    hvm_vendor->nmi_watch(v, false);
}

void hvm_deliver(struct vcpu *v, const struct cpu_user_regs *regs)
{
    struct hvm_vcpu *h = &v->arch.hvm;
    bool again = h->event.valid;

    hvm_vendor->tpr_load(v, vlapic_cr8(&h->lapic->apic));
    nmi_unblock(v, regs);
    if (again) {
        hvm_vendor->inject(v, &h->event);
        h->event.valid = false;
    } else if (nmi_waits(v) && !hvm_vendor->shadowed(v)) {
        nmi_deliver(v);
        again = true;
    }
    interrupt_deliver(v, !again && hvm_vendor->interruptible(v, regs));
}
