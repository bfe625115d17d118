/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A clock whose ticks are NMIs of CPU 0: a timer that drives ISA line 0, with that line's IO-APIC input set to deliver
 * NMIs. The PIT drives it on every PC; where it is switched off, the HPET takes its place ("legacy replacement",
 * IA-PC HPET 1.0a, 2.3.5). Neither has another use once system time runs. Whether a timer is there is found out by
 * waiting for it.
 */
#include "trap/nmi.h"

#include "hv/log.h"
#include "hv/options.h"
#include "hv/time.h"
#include "hw/native/cpu.h"
#include "hw/native/io.h"
#include "irq/ioapic.h"
#include "irq/lapic.h"
#include "time/reference.h"

#include <arch/irqflags.h>

#define HZ          18u /* as slow as the PIT can be: 1193182 / 65536 */
#define TICKS_PROVE 2u
#define WAIT        (400 * NS_PER_MS)

#define PIT_CHANNEL_0 0x40
#define PIT_MODE      0x43
#define PIT_RATE      0x34 /* channel 0, low byte then high byte, rate generator */

static bool by_hpet;

static __init bool pit_start(void)
{
    outb(PIT_RATE, PIT_MODE);
    outb(0, PIT_CHANNEL_0); /* 65536 */
    outb(0, PIT_CHANNEL_0);
    return true;
}

static __init bool hpet_start(void)
{
    by_hpet = hv_options.hpet && reference_hpet_periodic(HZ);
    return by_hpet;
}

static __init bool ticks_come(volatile uint32_t *ticks)
{
    uint32_t before = *ticks;
    uint64_t end = now_ns() + WAIT;

    while (*ticks - before < TICKS_PROVE && now_ns() < end)
        cpu_relax();
    return *ticks - before >= TICKS_PROVE;
}

__init unsigned int nmi_clock_start(volatile uint32_t *ticks)
{
    static const struct {
        const char *name;
        bool (*start)(void);
    } timers[] __initconst = { { "PIT", pit_start }, { "HPET", hpet_start } };
    struct irq *irq = irq_get(ioapic_isa_to_gsi(0));

    if (!irq || irq_reserve(irq))
        return 0;
    if (ioapic_deliver_nmi(irq, cpu_apic_id[0]))
        return 0;
    for (unsigned int i = 0; i < ARRAY_SIZE(timers); i++)
        if (timers[i].start() && ticks_come(ticks)) {
            log_info("watchdog: the %s looks after all CPUs, %u times a second", timers[i].name, HZ);
            return HZ;
        }
    nmi_clock_stop();
    irq->source->mask(irq);
    return 0;
}

void nmi_clock_stop(void)
{
    if (by_hpet)
        reference_hpet_stop();
    by_hpet = false;
}
