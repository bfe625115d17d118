/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PLATFORM_POWER_H
#define PLATFORM_POWER_H

#include "hv/compiler.h"

/** Any context; the other CPUs are stopped first. */
void machine_power_off(void) __noreturn;
void machine_restart(void) __noreturn;
void machine_halt(void) __noreturn;

#endif
