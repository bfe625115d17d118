/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events that the machine has for guests of any kind. */
#ifndef GUEST_EVENTS_H
#define GUEST_EVENTS_H

#include "hv/types.h"

/** The machine had an NMI that nobody here expects: the hardware domain gets it. NMI context. */
void guest_nmi_hardware_domain(void);

#endif
