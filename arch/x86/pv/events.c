/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Delivery of what comes from outside: virtual NMIs and machine checks through their trap handlers, events through the
 * one callback. An NMI that is being handled blocks the next one until the guest's IRET hypercall.
 */
#include "hv/smp.h"
#include "hw/native/exception.h"
#include "pv/async.h"
#include "pv/pv.h"

static const struct { uint8_t bit, vector; } async_trap[] = {
    { PV_ASYNC_MCE, TRAP_MC },
    { PV_ASYNC_NMI, TRAP_NMI },
};

static bool async_take(struct pv_vcpu *pv, uint8_t bit)
{
    return __atomic_exchange_n(bit == PV_ASYNC_MCE ? &pv->mce_pending : &pv->nmi_pending, false, __ATOMIC_SEQ_CST);
}

static bool async_pending(const struct pv_vcpu *pv, uint8_t bit)
{
    return READ_ONCE(*(bit == PV_ASYNC_MCE ? &pv->mce_pending : &pv->nmi_pending)) && !(pv->async_masked & bit);
}

static bool events_wanted(const struct vcpu *v)
{
    return READ_ONCE(v->info->evtchn_upcall_pending) && !READ_ONCE(v->info->evtchn_upcall_mask);
}

bool pv_event_deliverable(const struct vcpu *v)
{
    return async_pending(&v->arch.pv, PV_ASYNC_NMI) || async_pending(&v->arch.pv, PV_ASYNC_MCE) || events_wanted(v);
}

static void deliver_async(struct vcpu *v, struct cpu_user_regs *regs)
{
    struct pv_vcpu *pv = &v->arch.pv;

    for (unsigned int i = 0; i < ARRAY_SIZE(async_trap); i++) {
        if (!async_pending(pv, async_trap[i].bit))
            continue;
        async_take(pv, async_trap[i].bit);
        if (!pv->trap[async_trap[i].vector].address)
            continue; /* lost: kept, it would let every long hypercall stop at each step, and the vCPU never sleep */
        pv->async_masked |= async_trap[i].bit;
        pv_inject(regs, async_trap[i].vector, 0);
        return;
    }
}

static void deliver_event(struct vcpu *v, struct cpu_user_regs *regs)
{
    const struct pv_bounce b = { .address = v->arch.pv.event.address, .mask_events = true, .what = "event" };

    if (b.address)
        pv_bounce(regs, &b);
}

bool pv_deliver_events(struct cpu_user_regs *regs)
{
    struct vcpu *v = current_vcpu();

    if (v->arch.pv.segments_bad) {
        v->arch.pv.segments_bad = false;
        pv_failsafe_segments(regs);
    }
    if (READ_ONCE(v->arch.pv.nmi_pending) || READ_ONCE(v->arch.pv.mce_pending))
        deliver_async(v, regs);
    if (events_wanted(v))
        deliver_event(v, regs);
    return !vcpu_runnable(v);
}

/* Only marks and kicks, as no lock may be taken here. A vCPU that is blocked sees it when its next event wakes it. */
void pv_nmi_mark(struct vcpu *v)
{
    __atomic_store_n(&v->arch.pv.nmi_pending, true, __ATOMIC_SEQ_CST);
    if (READ_ONCE(v->is_running))
        arch_smp_kick(v->processor);
}
