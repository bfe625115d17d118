/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last step of boot. */
#ifndef BOOT_FINISH_H
#define BOOT_FINISH_H

#include "hv/compiler.h"
#include "hv/types.h"

/**
 * Makes text and constants read-only under every address, gives init memory and modules to the heap, and starts @dom0.
 */
void boot_finish(struct domain *dom0) __noreturn;

#endif
