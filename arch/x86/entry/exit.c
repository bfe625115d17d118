/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happens between the hypervisor being done and a guest running, in one visible order. Also where an idle CPU
 * sleeps: an idle vCPU has no code of its own, it is this loop. A container's vCPU never leaves it either: it runs
 * inside, a turn at a time, and comes back.
 */
#include "entry/entry.h"
#include "hv/cpuidle.h"
#include "hv/domain.h"
#include "hv/heap.h"
#include "hv/percpu.h"
#include "hv/softirq.h"
#include "hvm/hvm.h"
#include "pv/pv.h"

static void halt(void)
{
    if (!cpuidle_may_halt()) {
        irq_enable();
        cpu_relax();
        return;
    }
    cpuidle_enter();
    irq_enable_and_halt();
    cpuidle_leave();
}

static void idle_step(void)
{
    irq_enable();
    bool more = heap_scrub_some();
    irq_disable();
    if (!more && !softirq_pending())
        halt();
}

static __attribute__((noinline)) void all_work(struct cpu_user_regs *regs)
{
    for (;;) {
        irq_disable();
        if (softirq_pending()) {
            irq_enable();
            softirq_run();
            continue;
        }
        struct vcpu *v = current_vcpu();
        if (vcpu_is_idle(v)) {
            idle_step();
            continue;
        }
        if (v->domain->type == DOMAIN_HVM) {
            if (vcpu_runnable(v))
                hvm_run(regs);
            continue;
        }
        if (!pv_deliver_events(regs))
            return;
    }
}

/** Called from exit.S with the guest's frame; returns with interrupts off when the current vCPU is to run. */
void exit_work(struct cpu_user_regs *regs)
{
    const struct vcpu *v = current_vcpu();

    irq_disable();
    if (softirq_pending() || v->domain->type != DOMAIN_PV || pv_has_events(v)) /* mostly there is nothing */
        all_work(regs);
}
