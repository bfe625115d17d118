/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Soft interrupts: one word of pending bits a CPU. */
#include "hv/softirq.h"

#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/smp.h"

static void (*handler[SOFTIRQ_COUNT])(void);
DEFINE_PER_CPU(uint32_t, softirq_bits);

void softirq_register(enum softirq nr, void (*fn)(void)) { handler[nr] = fn; }

void softirq_raise_on(unsigned int cpu, enum softirq nr)
{
    uint32_t before = __atomic_fetch_or(&per_cpu(softirq_bits, cpu), 1u << nr, __ATOMIC_SEQ_CST);

    /* A bit that was set before has had its kick. */
    if (!(before & 1u << nr) && cpu != this_cpu_id())
        arch_smp_kick(cpu);
}

void softirq_raise(enum softirq nr)
{
    __atomic_fetch_or(&this_cpu(softirq_bits), 1u << nr, __ATOMIC_SEQ_CST);
}

/* One pass over what is pending now. What a handler raises again is the next pass, after the caller looked around. */
void softirq_run(void)
{
    uint32_t bits = __atomic_exchange_n(&this_cpu(softirq_bits), 0, __ATOMIC_SEQ_CST);

    for (unsigned int nr = 0; nr < SOFTIRQ_COUNT; nr++)
        if (bits & 1u << nr && handler[nr])
            handler[nr]();
}
