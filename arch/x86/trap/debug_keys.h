/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug keys that need to know the architecture; those of core are in core/debug/. */
#ifndef TRAP_DEBUG_KEYS_H
#define TRAP_DEBUG_KEYS_H

#include "hv/compiler.h"

/** Registers the debug keys about the machine: registers, interrupts, restart. Boot. */
__init void debug_keys_arch_init(void);

#endif
