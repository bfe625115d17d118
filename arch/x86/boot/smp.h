/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting processors. */
#ifndef BOOT_SMP_H
#define BOOT_SMP_H

#include "hv/compiler.h"
#include "hv/types.h"

/** Names the page below 1 MiB that CPUs start in; 0: there is none, and one CPU must do. */
__init void smp_set_trampoline(paddr_t page);
/** Starts every CPU in cpu_present, one after the other; names those that do not answer. */
__init void smp_boot_all(unsigned int max_cpus);

#endif
