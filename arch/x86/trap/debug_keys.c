/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug keys about the machine. See core/debug/keys.c for the manners. */
#include "trap/debug_keys.h"

#include "cpu/cpuid_boot.h"
#include "entry/entry.h"
#include "hv/console.h"
#include "hv/domain.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/smp.h"
#include "irq/ioapic.h"
#include "irq/irq.h"
#include "irq/msi.h"
#include "platform/power.h"
#include "time/tsc.h"
#include "trap/nmi.h"
#include "trap/trap.h"

static void show_cpu(void *arg)
{
    const struct vcpu *v = current_vcpu();

    if (vcpu_is_idle(v))
        log_error("  CPU %u: idle", this_cpu_id());
    else
        trap_dump(guest_regs());
}

/* One CPU after the other, so that the reports do not mix. */
static void key_registers(char key)
{
    unsigned int cpu;

    for_each_cpu(cpu, &cpu_online)
    {
        cpumask_t one = { {0} };
        cpumask_set(&one, cpu);
        smp_call(&one, show_cpu, NULL);
    }
}

static void key_dom0(char key)
{
    struct vcpu *v;

    if (hardware_domain)
        for_each_vcpu(hardware_domain, v) arch_dump_vcpu(v);
}

static void key_interrupts(char key)
{
    for (uint32_t nr = 0; irq_get(nr); nr++) {
        const struct irq *irq = irq_get(nr);
        if (!irq->vector)
            continue;
        log_error("  irq %u: %s %s, vector %#x on CPU %u, %s%s", nr, irq->source ? irq->source->name : "?",
                  irq->level ? "level" : "edge", irq->vector, irq->cpu,
                  irq->guest     ? "a guest's"
                  : irq->handler ? "ours"
                                 : "nobody's",
                  irq->in_service ? ", in service" : "");
    }
}

static void key_msi(char key)
{
    for (uint32_t nr = irq_gsi_count; irq_get(nr); nr++) {
        const struct irq *irq = irq_get(nr);
        const struct msi_desc *m = irq->msi;
        if (m)
            log_error("  irq %u: MSI%s of %04x:%02x:%02x.%u entry %u, vector %#x to APIC %#x%s", nr,
                      m->msix ? "-X" : "", m->sbdf >> 16, (m->sbdf >> 8) & 0xff, (m->sbdf >> 3) & 31, m->sbdf & 7,
                      m->entry, m->vector, m->apic_id, m->masked ? ", masked" : "");
    }
}

static void key_ioapic(char key)
{
    ioapic_report();
}

static void key_nmi(char key)
{
    unsigned int cpu;

    for_each_cpu(cpu, &cpu_online)
        log_error("  CPU %u: %u NMIs", cpu, nmi_count(cpu));
}

static void key_tsc(char key)
{
    struct domain *d;

    log_error("  the machine's TSC: %u kHz", tsc_khz());
    for_each_domain(d) {
        const struct vtsc *v = &d->arch.vtsc;
        log_error("  domain %u: %s, mode %u, %u kHz, incarnation %u", d->id, v->emulated ? "emulated" : "the machine's",
                  v->mode, v->khz ?: tsc_khz(), v->incarnation);
    }
}

static void key_restart(char key)
{
    machine_restart();
}

__init void debug_keys_arch_init(void)
{
    debug_key_register('d', key_registers, "registers of every CPU");
    debug_key_register('0', key_dom0, "registers of domain 0");
    debug_key_register('i', key_interrupts, "interrupts");
    debug_key_register('M', key_msi, "message signalled interrupts");
    debug_key_register('p', cpuid_debug_key, "CPUID features requested but not granted, per domain");
    debug_key_register('n', key_nmi, "how many NMIs came");
    debug_key_register('s', key_tsc, "the TSC that each domain sees");
    debug_key_register('z', key_ioapic, "IO-APICs");
    debug_key_register('R', key_restart, "restart the machine");
}
