/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XENMEM_exchange. */
#ifndef PV_MEMORY_EXCHANGE_H
#define PV_MEMORY_EXCHANGE_H

#include "hv/memory_op.h"

extern const struct memory_row pv_memory_exchange;

#endif
