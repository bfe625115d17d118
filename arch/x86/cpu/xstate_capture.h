/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The measuring half of the extended-state decision; judgement is in lib/x86/xstate/plan.c. */
#ifndef CPU_XSTATE_CAPTURE_H
#define CPU_XSTATE_CAPTURE_H

#include "hv/types.h"
#include "x86/xstate/plan.h"

/**
 * Asks the CPU that calls: leaf 0xD, and its totals under every XCR0 worth trying. @disabled: xsave=0, nothing is
 * tried. Leaves CR4 as it was and XCR0 at x87.
 */
void xstate_capture_cpu(struct xstate_capture *c, bool disabled);

#endif
