/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupts from CPU to CPU. */
#include "hv/kexec.h"
#include "hv/percpu.h"
#include "hv/smp.h"
#include "hw/native/cpu.h"
#include "irq/lapic.h"
#include "irq/vectors.h"
#include "smp/smp.h"
#include "trap/trap.h"

#include <arch/irqflags.h>

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
static volatile bool stopping;

static bool stop_here(const struct cpu_user_regs *regs)
{
    if (!stopping)
        return false;
    kexec_save_cpu(regs);
    cpumask_clear(&cpu_online, this_cpu_id());
    for (;;) {
        irq_disable();
        halt();
    }
}

void smp_stop_others(void)
{
    unsigned int cpu, me = this_cpu_id();

    stopping = true;
    nmi_hook = stop_here;
    for_each_cpu(cpu, &cpu_online) if (cpu != me) lapic_send_nmi(cpu_apic_id[cpu]);
    for (unsigned int i = 0; i < 10000000 && cpumask_weight(&cpu_online) > 1; i++)
        cpu_relax();
}
