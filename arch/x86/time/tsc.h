/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The time stamp counter as the clock of the system. It is measured against a clock that the machine has (HPET, ACPI PM
 * timer, PIT), and scaled to ns by a 32.32 multiplier after a shift, the same pair that PV guests get.
 */
#ifndef TIME_TSC_H
#define TIME_TSC_H

#include "hv/compiler.h"
#include "hv/percpu.h"
#include "hv/types.h"
#include "x86/tsc/scale.h"

/** Ticks in @ns, rounded down. */
uint64_t tsc_from_ns(uint64_t ns);
/** Ticks a second, measured. */
extern uint64_t tsc_hz;
/** The same in the unit of the ABI. */
static inline uint32_t tsc_khz(void)
{
    return (uint32_t)(tsc_hz / 1000);
}
/** Ticks as ns; the same for all CPUs. */
extern struct tsc_scale tsc_scale;
/** What this CPU's counter said when system time was 0 (time/sync.h). */
DECLARE_PER_CPU(uint64_t, tsc_epoch);

/** Measures; system time starts. Boot CPU. */
__init void time_init(void);
/** What RDTSC gives @v's domain at system time @now: the machine's counter, or one of the domain's own. */
uint64_t tsc_of_guest(const struct vcpu *v, uint64_t now);
/** Reads the RTC: seconds since 1970, UTC. 0 if it makes no sense. */
uint64_t rtc_read(void);

#endif
