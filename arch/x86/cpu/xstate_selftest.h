/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A test at boot of what saving extended state writes. */
#ifndef CPU_XSTATE_SELFTEST_H
#define CPU_XSTATE_SELFTEST_H

#include "hv/compiler.h"

/**
 * Boot CPU, after the plan is in force and while the registers belong to nobody. May enlarge xstate_active.area_size.
 */
__init void xstate_selftest(void);

#endif
