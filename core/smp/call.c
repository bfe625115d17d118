/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function on other CPUs. One call at a time: the caller publishes it, interrupts the CPUs and waits until each has
 * taken itself out of the mask. Turns go in the order of arrival, so that a CPU waits for each other one once, however
 * often those call. Whoever waits for its turn does so with interrupts on, so it serves the call under way.
 */
#include "hv/smp.h"

#include "hv/lock.h"
#include "hv/lock_debug.h"
#include "hv/log.h"
#include "hv/percpu.h"

/* Those who wait read one line, those who answer write others. */
static struct {
    uint32_t next, turn; /* tickets: the next one's, the one that is called */
    void (*fn)(void *arg);
    void *arg;
    cpumask_t waiting __attribute__((aligned(64))); /* CPUs that have not finished */
} call __attribute__((aligned(64)));

void smp_call_interrupt(void)
{
    unsigned int cpu = this_cpu_id();

    if (!cpumask_test(&call.waiting, cpu))
        return;
    call.fn(call.arg);
    cpumask_clear(&call.waiting, cpu);
}

static void call_self(void (*fn)(void *arg), void *arg)
{
    irqflags_t flags = irq_save();
    fn(arg);
    irq_restore(flags);
}

static void call_others(const cpumask_t *others, void (*fn)(void *arg), void *arg)
{
    uint32_t ticket = __atomic_fetch_add(&call.next, 1, __ATOMIC_RELAXED);
    while (__atomic_load_n(&call.turn, __ATOMIC_ACQUIRE) != ticket)
        cpu_relax();
    call.fn = fn;
    call.arg = arg;
    unsigned int cpu;
    for_each_cpu(cpu, others)
        cpumask_set(&call.waiting, cpu);
    arch_smp_call_ipi(others);
    while (!cpumask_empty(&call.waiting))
        cpu_relax();
    __atomic_store_n(&call.turn, ticket + 1, __ATOMIC_RELEASE);
}

void smp_call(const cpumask_t *mask, void (*fn)(void *arg), void *arg)
{
    unsigned int self = this_cpu_id();
    bool me = cpumask_test(mask, self);
    cpumask_t others;

    BUG_ON(!irqs_enabled()); /* two CPUs that call each other so would wait for ever */
    lock_debug_may_wait(LOCK_WAIT_CPUS);
    cpumask_and(&others, mask, &cpu_online);
    cpumask_clear(&others, self);
    if (!cpumask_empty(&others))
        call_others(&others, fn, arg);
    if (me)
        call_self(fn, arg);
}
