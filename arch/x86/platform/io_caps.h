/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of the machine's I/O a domain may use: ports, frames of device memory, interrupts. Sets of ranges; the hardware
 * domain begins with everything but what the hypervisor keeps for itself, all others with nothing.
 */
#ifndef PLATFORM_IO_CAPS_H
#define PLATFORM_IO_CAPS_H

#include "hv/types.h"

enum io_cap { IO_CAP_PORT, IO_CAP_MMIO, IO_CAP_IRQ, IO_CAP_KINDS };

/** Gives @d an empty set. -ENOMEM. */
void io_caps_destroy(struct domain *d);
/** True if @d may use all of [@first, @last]: ports, frame numbers, interrupts. Any context. */
bool io_caps_allowed(const struct domain *d, enum io_cap kind, uint64_t first, uint64_t last);
/**
 * Adds [@first, @last]. 0, -EINVAL (inverted), -ENOSPC (too many pieces). Creates the set for a domain that has none.
 */
int io_caps_grant(struct domain *d, enum io_cap kind, uint64_t first, uint64_t last);
/** Takes it away; 0 also when it was not there; -ENOSPC when cutting a range in two needs more room than there is. */
int io_caps_revoke(struct domain *d, enum io_cap kind, uint64_t first, uint64_t last);
/** What the hardware domain begins with. */
int io_caps_grant_hardware(struct domain *d);

#endif
