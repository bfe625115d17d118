/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupts from CPU to CPU. */
#include "hv/kexec.h"
#include "hv/percpu.h"
#include "hv/smp.h"
#include "hv/time.h"
#include "hw/native/cpu.h"
#include "irq/lapic.h"
#include "irq/vectors.h"
#include "smp/smp.h"

#include <arch/irqflags.h>

#define STOP_TIME  NS_PER_SEC
#define STOP_TURNS 100000000u /* for the time before there is a clock */

void arch_smp_kick(unsigned int cpu)
{
    lapic_send_ipi(cpu_apic_id[cpu], VECTOR_KICK);
}

void arch_smp_call_ipi(const cpumask_t *mask)
{
    unsigned int cpu;
    for_each_cpu(cpu, mask) if (cpu != this_cpu_id()) lapic_send_ipi(cpu_apic_id[cpu], VECTOR_CALL);
}

/* A CPU that is to stop takes an NMI and stays in it. */
static uint32_t stopper; /* CPU + 1 that has stopped the others, or is about to */

bool smp_stop_here(const struct cpu_user_regs *regs)
{
    uint32_t by = __atomic_load_n(&stopper, __ATOMIC_ACQUIRE);

    if (!by)
        return false;
    if (by == this_cpu_id() + 1) /* whatever this NMI was, it comes too late */
        return true;
    kexec_save_cpu(regs);
    smp_stop_self();
}

void smp_stop_self(void)
{
    cpumask_clear(&cpu_online, this_cpu_id());
    for (;;) {
        irq_disable();
        halt();
    }
}

/* One that does not take the NMI, because it is in another, is not waited for longer than this. */
static bool waited_enough(uint64_t since, unsigned int turn)
{
    return turn == STOP_TURNS || now_ns() - since > STOP_TIME;
}

void smp_stop_others(void)
{
    unsigned int cpu, me = this_cpu_id();
    uint64_t since = now_ns();

    __atomic_store_n(&stopper, me + 1, __ATOMIC_RELEASE);
    for_each_cpu(cpu, &cpu_online) if (cpu != me) lapic_send_nmi(cpu_apic_id[cpu]);
    for (unsigned int i = 0; cpumask_weight(&cpu_online) > 1 && !waited_enough(since, i); i++)
        cpu_relax();
}
