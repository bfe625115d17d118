/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clocks of known frequency, used once to measure the TSC. */
#ifndef TIME_REFERENCE_H
#define TIME_REFERENCE_H

#include "hv/compiler.h"
#include "hv/types.h"

/** Declares what ACPI reports: HPET's registers (0: none), the PM timer's port (0: none) and whether it has 32 bits. */
__init void reference_set(paddr_t hpet_base, uint16_t pm_timer_port);
/** TSC ticks a second, by the best clock there is; its name goes to @source. 0: none works. */
__init uint64_t reference_measure_tsc(const char **source);

/**
 * Has the HPET's timer 0 drive ISA line 0 @hz times a second. False: it is not there or cannot. After the measurement.
 */
__init bool reference_hpet_periodic(unsigned int hz);
/** Gives ISA line 0 back to the PIT. No locks. */
void reference_hpet_stop(void);

#endif
