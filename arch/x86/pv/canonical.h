/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses that a guest names. */
#ifndef PV_CANONICAL_H
#define PV_CANONICAL_H

#include "hv/types.h"

#include <arch/layout.h>

/** True if bits 63-47 are equal: loading it into a base register or RIP does not fault. */
static inline bool pv_canonical(uint64_t va) { return (uint64_t)((int64_t)(va << 16) >> 16) == va; }

/** True if it is in the part of the address space that is ours in every page table. */
static inline bool pv_hypervisor_va(uint64_t va) { return va >= HV_VIRT_START && va < HV_VIRT_END; }

#endif
