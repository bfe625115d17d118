/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ways to end the machine's run. None returns. */
#ifndef PLATFORM_POWER_H
#define PLATFORM_POWER_H

#include "hv/compiler.h"

/** Any context; the other CPUs are stopped first. */
void machine_power_off(void) __noreturn;
void machine_restart(void) __noreturn;
void machine_halt(void) __noreturn;
/** After a crash: five seconds to read, then a restart; or halted, as noreboot says. */
void machine_restart_after_crash(void) __noreturn;

#endif
