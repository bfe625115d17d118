/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PV_MM_REFUSED_H
#define PV_MM_REFUSED_H

#include "hv/types.h"

struct domain;

/**
 * Logs why the entry @e for an L1 table of @d was refused with error @rc, as the messages of the current vCPU's guest
 * are (hv/log.h); nothing for -ERESTART. @rc.
 */
int l1e_refused(const struct domain *d, uint64_t e, int rc);

#endif
