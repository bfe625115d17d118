/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From one vCPU of a container to others. INIT, start-up and NMI are only noted in the receiver's word of signals: it
 * is the receiver that changes its own registers, when it comes by. So nobody waits for anybody, although two may send
 * each other an INIT at the same time.
 */
#include "hv/log.h"
#include "hvm/hvm.h"
#include "hvm/lapic.h"
#include "hvm/vendor.h"

static uint32_t signals(const struct vcpu *v) { return __atomic_load_n(&v->arch.hvm.signals, __ATOMIC_SEQ_CST); }

static void signal(struct vcpu *v, uint32_t bits)
{
    __atomic_fetch_or(&v->arch.hvm.signals, bits, __ATOMIC_SEQ_CST);
    vcpu_notify(v);
}

void hvm_signal_nmi(struct vcpu *v) { signal(v, HVM_SIGNAL_NMI); }

/* One that waits for start-up anyway has nothing to reset, and so can be started at once. */
static void send_init(struct vcpu *v, const struct vlapic_command *c)
{
    if ((c->level && !c->assert) || !v->is_initialised) /* the de-assert means nothing */
        return;
    signal(v, HVM_SIGNAL_INIT);
}

/* The first one after an INIT counts. */
static void send_startup(struct vcpu *v, uint8_t vector)
{
    uint32_t old = signals(v);

    do {
        if ((old & HVM_SIGNAL_STARTUP) || (v->is_initialised && !(old & HVM_SIGNAL_INIT)))
            return;
    } while (!__atomic_compare_exchange_n(&v->arch.hvm.signals, &old, (old & ~0xffu) | HVM_SIGNAL_STARTUP | vector,
                                          false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
    vcpu_up(v);
}

static void send(struct vcpu *v, const struct vlapic_command *c)
{
    switch (c->delivery) {
    case VLAPIC_FIXED:
    case VLAPIC_LOWEST:
        hvm_lapic_raise(v, c->vector);
        break;
    case VLAPIC_NMI:
        if (v->is_initialised)
            hvm_signal_nmi(v);
        break;
    case VLAPIC_INIT:
        send_init(v, c);
        break;
    case VLAPIC_STARTUP:
        send_startup(v, c->vector);
        break;
    default: /* SMI, remote read: nobody has them */
        break;
    }
}

/* The one whose priority is lowest; among equals the next after the sender. */
static void send_lowest(struct vcpu *from, const struct vlapic_command *c)
{
    struct domain *d = from->domain;
    struct vcpu *best = NULL;

    for (uint32_t i = 1; i <= d->max_vcpus; i++) {
        struct vcpu *v = domain_vcpu(d, (from->id + i) % d->max_vcpus);

        if (!v || !vlapic_enabled(&v->arch.hvm.lapic->apic) ||
            !vlapic_matches(&v->arch.hvm.lapic->apic, c, &from->arch.hvm.lapic->apic))
            continue;
        if (!best || vlapic_ppr(&v->arch.hvm.lapic->apic) < vlapic_ppr(&best->arch.hvm.lapic->apic))
            best = v;
    }
    if (best)
        hvm_lapic_raise(best, c->vector);
}

void hvm_ipi(struct vcpu *from, const struct vlapic_command *c)
{
    struct domain *d = from->domain;
    struct vcpu *v;

    if (c->delivery == VLAPIC_LOWEST) {
        send_lowest(from, c);
        return;
    }
    if (c->delivery == VLAPIC_EXTINT) {
        domain_crash(d, "interrupt command with a delivery mode that there is not (vector %#x)", c->vector);
        return;
    }
    for_each_vcpu(d, v)
        if (vlapic_matches(&v->arch.hvm.lapic->apic, c, &from->arch.hvm.lapic->apic))
            send(v, c);
}

static void start(struct vcpu *v, uint8_t vector)
{
    hvm_vcpu_reset_to(v, vector);
    vcpu_set_initialised(v, true);
}

bool hvm_signals_take(struct vcpu *v)
{
    uint32_t old = signals(v);

    if (likely(!(old & (HVM_SIGNAL_INIT | HVM_SIGNAL_STARTUP))))
        return true;
    /* An NMI that came before the INIT is lost with the rest. */
    old = __atomic_exchange_n(&v->arch.hvm.signals, 0, __ATOMIC_SEQ_CST);
    if (old & HVM_SIGNAL_INIT) {
        vcpu_set_initialised(v, false);
        hvm_lapic_init_signal(v);
        v->arch.hvm.event.valid = v->arch.hvm.halted = v->arch.hvm.nmi_blocked = false;
    }
    if (old & HVM_SIGNAL_STARTUP) {
        start(v, (uint8_t)old);
        return true;
    }
    vcpu_down(v);
    /* Who started it meanwhile found it up still. */
    if (signals(v) & HVM_SIGNAL_STARTUP)
        vcpu_up(v);
    return false;
}
