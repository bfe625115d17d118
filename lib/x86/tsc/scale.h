/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ticks of a counter as ns, in the form that PV guests compute it (xen.h, struct vcpu_time_info). */
#ifndef LIB_X86_TSC_SCALE_H
#define LIB_X86_TSC_SCALE_H

#include "port.h"

struct tsc_scale {
    uint32_t mul;
    int8_t shift;
};

/** ns = ((tsc << shift) * mul) >> 32; a negative shift shifts to the right. */
uint64_t tsc_scale_to_ns(uint64_t tsc, const struct tsc_scale *scale);
/** The pair for a frequency in Hz, 1 and more. */
struct tsc_scale tsc_scale_for(uint64_t hz);

#endif
