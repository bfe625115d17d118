/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The simulated CPU's interrupt flag. */
#ifndef ARCH_IRQFLAGS_H
#define ARCH_IRQFLAGS_H

#include <stdbool.h>
#include <stdint.h>

typedef bool irqflags_t;

extern bool *sim_irqs_on; /* of the CPU that runs */
extern bool sim_irq_waits; /* some CPU owes another an answer, until it has interrupts on (arch/sim/explore.h) */
void sim_irqs_enabled(void);

static inline void sim_irqs_set(bool on)
{
    *sim_irqs_on = on;
    if (on && sim_irq_waits)
        sim_irqs_enabled();
}

static inline irqflags_t irq_save(void)
{
    bool was = *sim_irqs_on;
    *sim_irqs_on = false;
    return was;
}
static inline void irq_restore(irqflags_t flags) { sim_irqs_set(flags); }
static inline void irq_disable(void) { *sim_irqs_on = false; }
static inline void irq_enable(void) { sim_irqs_set(true); }
static inline bool irqs_enabled(void) { return *sim_irqs_on; }
/** Waiting for another CPU: with interrupts on the others get a turn, because nothing happens by itself here. */
void cpu_relax(void);

#endif
