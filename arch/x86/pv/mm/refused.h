/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PV_MM_REFUSED_H
#define PV_MM_REFUSED_H

#include "hv/types.h"

/** Logs why the current vCPU's L1 entry @e was refused with error @rc, as its guest's messages are (hv/log.h). @rc. */
int l1e_refused(uint64_t e, int rc);

#endif
