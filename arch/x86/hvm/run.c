/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A turn of a vCPU, from the loop of entry/exit.c, which has done all other pending work: what others signalled, its
 * timer, what it waits for; then what is to be delivered; then the guest; then what it stopped for. Interrupts are off
 * until the guest runs, so what comes in meanwhile stops it at once, and the next turn finds it.
 */
#include "hvm/hvm.h"
#include "hvm/inject.h"
#include "hvm/lapic.h"
#include "hvm/vendor.h"

/* HLT ends when something can be delivered, and not by every wake-up. */
static bool still_halted(struct vcpu *v)
{
    if (likely(!v->arch.hvm.halted))
        return false;
    if (!hvm_event_deliverable(v)) {
        vcpu_block_current();
        return true;
    }
    v->arch.hvm.halted = false;
    return false;
}

static void priority_take(struct vcpu *v)
{
    struct vlapic *a = &v->arch.hvm.lapic->apic;
    uint8_t now = hvm_vendor->tpr_get(v);

    if (now != vlapic_cr8(a))
        vlapic_set_cr8(a, now);
}

void hvm_run(struct cpu_user_regs *regs)
{
    struct vcpu *v = current_vcpu();

    if (!hvm_signals_take(v))
        return;
    hvm_lapic_tick(v);
    if (still_halted(v))
        return;
    hvm_deliver(v, regs);
    hvm_vendor->run(v, regs);
    priority_take(v);
    hvm_vendor->exit(v, regs);
}
