/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUs that take turns. */
#include "machine.h"

#include "explore.h"
#include "hv/lock_debug.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/smp.h"
#include "hv/softirq.h"
#include "hv/tlb_clock.h"

#include <stdlib.h>

#define TURNS_MAX 1000000 /* soft interrupts without end, or a wait that nothing ends: a defect */

struct sim_cpu *sim_this;
bool *sim_irqs_on;
bool sim_any_kick;
struct sim_counters sim_counters;
static struct sim_cpu *cpus;
static unsigned int cpu_total;
static uint64_t relaxed;

struct sim_cpu *sim_cpu(unsigned int cpu) { return &cpus[cpu]; }

void sim_on_cpu(unsigned int cpu)
{
    sim_this = &cpus[cpu];
    sim_irqs_on = &sim_this->irqs_on;
}

void sim_cpus_create(unsigned int count)
{
    cpus = calloc(count, sizeof(*cpus));
    if (!cpus)
        abort();
    cpu_total = count;
    for (unsigned int i = 0; i < count; i++)
        cpus[i] = (struct sim_cpu){ .id = i, .irqs_on = true, .deadline = TIME_NEVER };
    sim_any_kick = false;
    sim_counters = (struct sim_counters){ 0 };
    sim_on_cpu(0);
}

void arch_smp_kick(unsigned int cpu)
{
    cpus[cpu].kicked = sim_any_kick = true;
    sim_counters.kicks++;
}

void sim_exit_path(unsigned int cpu)
{
    unsigned int before = this_cpu_id();

    sim_on_cpu(cpu);
    sim_this->kicked = false;
    sim_this->inside = true;
    for (unsigned int turns = 0; softirq_pending(); turns++) {
        if (turns == TURNS_MAX)
            panic("CPU %u never gets done with its soft interrupts", cpu);
        softirq_run();
    }
    sim_this->inside = false;
    sim_on_cpu(before);
}

static bool run_kicked(void)
{
    if (!sim_any_kick)
        return false;
    sim_any_kick = false;
    bool ran = false;
    for (unsigned int i = 0; i < cpu_total; i++) {
        if (!cpus[i].kicked)
            continue;
        if (cpus[i].inside) {
            sim_any_kick = true; /* it waits for somebody; its turn comes when that returns */
            continue;
        }
        sim_exit_path(i);
        ran = true;
    }
    return ran;
}

/* Who waits lets the others work. */
void cpu_relax(void)
{
    if (sim_exploring && sim_explore_wait())
        return; /* one that is stopped half-way went on */
    if (!*sim_irqs_on)
        return;
    struct sim_cpu *self = sim_this;
    bool was_inside = self->inside;
    self->inside = true;
    if (run_kicked())
        relaxed = 0;
    self->inside = was_inside;
    sim_on_cpu(self->id);
    if (++relaxed == TURNS_MAX)
        panic("CPU %u waits for something that does not happen", self->id);
}

void sim_settle(void)
{
    relaxed = 0;
    for (unsigned int i = 0; i < cpu_total; i++) {
        sim_on_cpu(i);
        if (softirq_pending())
            arch_smp_kick(i);
    }
    sim_on_cpu(0);
    while (run_kicked())
        ;
}

static void timer_fires(unsigned int cpu)
{
    sim_on_cpu(cpu);
    sim_this->deadline = TIME_NEVER;
    sim_deadline_changed(cpu);
    irqflags_t irq = irq_save();
    timer_interrupt();
    irq_restore(irq);
    sim_exit_path(cpu);
    sim_on_cpu(0);
}

void sim_run_until(uint64_t time)
{
    sim_settle();
    for (;;) {
        unsigned int cpu;
        uint64_t deadline = sim_first_deadline(&cpu), event = sim_first_event(), next = MIN(deadline, event);
        if (next > time)
            break;
        sim_now = MAX(sim_now, next);
        relaxed = 0;
        if (deadline <= event) {
            timer_fires(cpu);
        } else {
            sim_on_cpu(0);
            sim_run_first_event();
            if (softirq_pending())
                arch_smp_kick(this_cpu_id()); /* on its way out of what the event made it do */
            sim_on_cpu(0);
        }
        while (run_kicked())
            ;
    }
    sim_now = MAX(sim_now, time);
}

void arch_smp_call_ipi(const cpumask_t *mask)
{
    unsigned int before = this_cpu_id(), cpu;

    sim_counters.call_ipis++;
    for_each_cpu(cpu, mask) {
        if (sim_explore_owes(cpu))
            continue; /* it answers when it has interrupts on */
        bool exploring = sim_explore_pause();
        sim_on_cpu(cpu);
        irqflags_t irq = irq_save();
        smp_call_interrupt();
        irq_restore(irq);
        sim_exploring = exploring;
    }
    sim_on_cpu(before);
}

void (*sim_on_tlb_flush)(unsigned int cpu);

void sim_tlb_flush(unsigned int cpu)
{
    unsigned int before = this_cpu_id();

    sim_explore_until_irqs_on(cpu);
    bool exploring = sim_explore_pause();
    sim_on_cpu(cpu);
    uint64_t time = tlb_clock_read();
    if (sim_on_tlb_flush)
        sim_on_tlb_flush(cpu);
    tlb_clock_flushed(time);
    sim_exploring = exploring;
    sim_on_cpu(before);
}

void arch_tlb_flush_mask(const cpumask_t *mask, bool global)
{
    unsigned int cpu;

    lock_debug_may_wait(LOCK_WAIT_CPUS);
    sim_counters.tlb_flushes++;
    for_each_cpu(cpu, mask) sim_tlb_flush(cpu);
}

void arch_tlb_flush_stamped(const cpumask_t *mask, uint64_t stamp)
{
    unsigned int cpu, asked = 0;

    lock_debug_may_wait(LOCK_WAIT_CPUS);
    for_each_cpu(cpu, mask)
        if (tlb_clock_may_have(cpu, stamp)) {
            sim_tlb_flush(cpu);
            asked++;
        }
    sim_counters.tlb_flushes += asked > 0;
}
void arch_tlb_flush_one_mask(const cpumask_t *mask, vaddr_t va) { sim_counters.tlb_flushes++; }
