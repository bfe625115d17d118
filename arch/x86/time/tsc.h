/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The time stamp counter as the clock of the system. It is measured against a clock that the machine has (HPET, ACPI PM
 * timer, PIT), and scaled to ns by a 32.32 multiplier after a shift, the same pair that PV guests get.
 */
#ifndef TIME_TSC_H
#define TIME_TSC_H

#include "hv/compiler.h"
#include "hv/types.h"

struct tsc_scale {
    uint32_t mul;
    int8_t shift;
};

/** ns = ((tsc << shift) * mul) >> 32, the PV ABI's form (xen.h, struct vcpu_time_info). */
uint64_t tsc_scale_to_ns(uint64_t tsc, const struct tsc_scale *scale);
/** The pair for a frequency in Hz. */
struct tsc_scale tsc_scale_for(uint64_t hz);
/** Ticks in @ns, rounded down. */
uint64_t tsc_from_ns(uint64_t ns);
/** Ticks a second, measured. */
extern uint64_t tsc_hz;
/** Scale, and the TSC and system time of a moment; the same for all CPUs. */
extern struct tsc_scale tsc_scale;
extern uint64_t tsc_epoch;

/** Measures; system time starts. Boot CPU. */
__init void time_init(void);
/** Reads the RTC: seconds since 1970, UTC. 0 if it makes no sense. */
uint64_t rtc_read(void);

#endif
