/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What idle CPUs do: one state, halt, until the next interrupt; how often, and for how long. */
#ifndef HV_CPUIDLE_H
#define HV_CPUIDLE_H

#include "hv/types.h"

#define CPUIDLE_STATES 2u /* running (C0) and halted (C1) */

/** Before and after this CPU halts, with no halt between them. On it, not in an interrupt. */
void cpuidle_enter(void);
void cpuidle_leave(void);
/** False while a tool keeps CPUs from halting: an idle one turns round instead. */
bool cpuidle_may_halt(void);

/** The deepest state allowed; XEN_SYSCTL_CX_UNLIMITED at first. Any value: there is nothing below 1. */
void cpuidle_set_limit(uint32_t cstate);
uint32_t cpuidle_limit(void);

/** Since the start, or the last cpuidle_reset(). */
struct cpuidle_counts {
    uint64_t halts, halted_ns; /* the present halt included */
    uint64_t since_ns;         /* how long ago that was */
    bool halted;               /* now */
};
/** @cpu is online. One caller at a time. */
void cpuidle_get(unsigned int cpu, struct cpuidle_counts *out);
void cpuidle_reset(unsigned int cpu);

#endif
