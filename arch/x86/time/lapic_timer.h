/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The timer of each CPU's local APIC: TSC deadline where the CPU has it, else a down counter (SDM vol. 3A, 10.5.4). */
#ifndef TIME_LAPIC_TIMER_H
#define TIME_LAPIC_TIMER_H

#include "hv/compiler.h"
#include "hv/types.h"

/** Measures the timer against system time; after time_init(). */
__init void lapic_timer_calibrate(void);
void lapic_timer_init_cpu(void);
/** Fires VECTOR_TIMER after @ns nanoseconds, at least 1 tick; 0 stops it. */
void lapic_timer_arm(uint64_t ns);

#endif
