/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug keys that need nothing but core. */
#ifndef CORE_DEBUG_KEYS_H
#define CORE_DEBUG_KEYS_H

/** Registers the debug keys that only need core: domains, vCPUs, memory, time, events. Boot. */
void debug_keys_core_init(void);

#endif
