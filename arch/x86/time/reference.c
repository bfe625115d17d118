/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each clock: a counter of known frequency and width. The TSC is read around a span of the counter; the shortest of
 * several reads on each side bounds the error of a read that was disturbed.
 */
#include "time/reference.h"

#include "hv/log.h"
#include "hv/options.h"
#include "hv/time.h"
#include "hw/native/cpu.h"
#include "hw/native/io.h"
#include "mm/map.h"

#define HPET_CAPABILITIES 0x000
#define HPET_CONFIG       0x010
#define HPET_COUNTER      0x0f0
#define HPET_TIMER_0      0x100 /* configuration; then its comparator */
#define HPET_COMPARATOR_0 0x108
#define HPET_ENABLE       0x1
#define HPET_LEGACY       0x2     /* timer 0 drives ISA line 0 in the PIT's place */
#define HPET_CAN_LEGACY   0x8000
#define TIMER_INTERRUPTS  0x04
#define TIMER_PERIODIC    0x08
#define TIMER_CAN_PERIODIC 0x10
#define TIMER_SET_VALUE   0x40
#define TIMER_32_BITS     0x100   /* the comparator's upper half is all ones after reset */
#define FEMTO_PER_SEC     1000000000000000ULL
#define PM_TIMER_HZ       3579545u
#define PIT_HZ            1193182u
#define SPAN_MS           20u
/* Nobody tells how long 20 ms are before they have been measured: 40 ms of the fastest TSC that there could be. */
#define TICKS_MAX         400000000u
#define SPIN_MAX          10000000u /* and if the TSC stands, this many reads of a clock, each half a microsecond */

struct reference {
    const char *name;
    uint64_t hz;
    uint32_t mask;
    uint32_t (*read)(void);
};

static paddr_t hpet_paddr __initdata;
static uint8_t *hpet_mmio __ro_after_init;
static uint16_t pm_port __initdata;

static __init uint32_t hpet_read(void)
{
    return mmio_read32(hpet_mmio + HPET_COUNTER);
}
static __init uint32_t pm_read(void)
{
    return inl(pm_port) & 0xffffff;
}

/* Channel 2 counts down from 65535 with its gate open and the speaker off. */
static __init uint32_t pit_read(void)
{
    outb(0x80, 0x43);
    uint32_t low = inb(0x42);
    return 0xffff - (low | (uint32_t)inb(0x42) << 8);
}

static __init void pit_start(void)
{
    outb((inb(0x61) & ~0x02) | 0x01, 0x61);
    outb(0xb0, 0x43);
    outb(0xff, 0x42);
    outb(0xff, 0x42);
}

static __init bool hpet_map(void)
{
    if (!hpet_mmio && hpet_paddr)
        hpet_mmio = ioremap(hpet_paddr, PAGE_SIZE);
    return hpet_mmio;
}

static __init bool hpet_start(uint64_t *hz)
{
    if (!hpet_map())
        return false;
    uint32_t period = mmio_read32(hpet_mmio + HPET_CAPABILITIES + 4);
    if (period == 0 || period > 100000000) /* IA-PC HPET 1.0a, 2.3.4: at most 100 ns */
        return false;
    mmio_write32(hpet_mmio + HPET_CONFIG, mmio_read32(hpet_mmio + HPET_CONFIG) | HPET_ENABLE);
    *hz = FEMTO_PER_SEC / period;
    return true;
}

/* A counter value and the TSC at the same time, as close as eight tries get. */
static __init uint64_t read_pair(const struct reference *r, uint32_t *count)
{
    uint64_t best = ~0ULL, tsc = 0;
    for (unsigned int i = 0; i < 8; i++) {
        uint64_t before = rdtsc_ordered();
        uint32_t c = r->read();
        uint64_t after = rdtsc_ordered();
        if (after - before < best) {
            best = after - before;
            tsc = before + best / 2;
            *count = c;
        }
    }
    return tsc;
}

static __init bool has_passed(const struct reference *r, uint32_t start, uint32_t span)
{
    return ((r->read() - start) & r->mask) >= span;
}

/* The span has passed; false: in twice that time, for any TSC, it has not: this clock does not count. */
static __init bool wait_span(const struct reference *r, uint64_t tsc_start, uint32_t start, uint32_t span)
{
    for (unsigned int spin = 0; spin < SPIN_MAX; spin++) {
        if (has_passed(r, start, span))
            return true;
        if (rdtsc_ordered() - tsc_start > TICKS_MAX)
            return has_passed(r, start, span); /* whoever emulates us may have slept between the two */
    }
    return false;
}

static __init uint64_t measure(const struct reference *r)
{
    uint32_t start = 0, now = 0, span = (uint32_t)(r->hz * SPAN_MS / 1000);
    uint64_t tsc_start = read_pair(r, &start);

    if (!wait_span(r, tsc_start, start, span))
        return 0;
    uint64_t tsc_end = read_pair(r, &now);
    uint64_t counted = (now - start) & r->mask;
    return counted ? (tsc_end - tsc_start) * r->hz / counted : 0; /* 20 ms of a TSC below 100 GHz: no overflow */
}

__init void reference_set(paddr_t hpet_base, uint16_t pm_timer_port)
{
    hpet_paddr = hpet_base;
    pm_port = pm_timer_port;
}

/* clocksource= names one clock, which falls back to the PIT; the TSC itself is what all of them measure. */
static __init bool wanted(enum option_clocksource source)
{
    return hv_options.clocksource == OPTION_CLOCKSOURCE_AUTO || hv_options.clocksource == OPTION_CLOCKSOURCE_TSC ||
           hv_options.clocksource == source;
}

__init uint64_t reference_measure_tsc(const char **source)
{
    struct reference r = { "HPET", 0, 0xffffffff, hpet_read };
    uint64_t hz = wanted(OPTION_CLOCKSOURCE_HPET) && hv_options.hpet && hpet_start(&r.hz) ? measure(&r) : 0;

    if (!hz && pm_port && wanted(OPTION_CLOCKSOURCE_ACPI)) {
        r = (struct reference){ "ACPI PM timer", PM_TIMER_HZ, 0xffffff, pm_read };
        hz = measure(&r);
    }
    if (!hz) {
        pit_start();
        r = (struct reference){ "PIT", PIT_HZ, 0xffff, pit_read };
        hz = measure(&r);
    }
    *source = r.name;
    return hz;
}

/*
 * The configuration before the comparator, whose first write is the first moment and whose second
 * is the period (2.3.9.2.2).
 */
__init bool reference_hpet_periodic(unsigned int hz)
{
    uint64_t counter_hz = 0;

    if (!hpet_start(&counter_hz) || !(mmio_read32(hpet_mmio + HPET_CAPABILITIES) & HPET_CAN_LEGACY) ||
        !(mmio_read32(hpet_mmio + HPET_TIMER_0) & TIMER_CAN_PERIODIC))
        return false;
    uint32_t config = mmio_read32(hpet_mmio + HPET_CONFIG), period = (uint32_t)(counter_hz / hz);
    mmio_write32(hpet_mmio + HPET_CONFIG, config & ~(HPET_ENABLE | HPET_LEGACY));
    mmio_write32(hpet_mmio + HPET_COUNTER, 0);
    mmio_write32(hpet_mmio + HPET_COUNTER + 4, 0);
    mmio_write32(hpet_mmio + HPET_TIMER_0, TIMER_INTERRUPTS | TIMER_PERIODIC | TIMER_SET_VALUE | TIMER_32_BITS);
    mmio_write32(hpet_mmio + HPET_COMPARATOR_0, period);
    mmio_write32(hpet_mmio + HPET_COMPARATOR_0, period);
    mmio_write32(hpet_mmio + HPET_CONFIG, config | HPET_ENABLE | HPET_LEGACY);
    return true;
}

void reference_hpet_stop(void)
{
    mmio_write32(hpet_mmio + HPET_TIMER_0, 0);
    mmio_write32(hpet_mmio + HPET_CONFIG, mmio_read32(hpet_mmio + HPET_CONFIG) & ~HPET_LEGACY);
}
