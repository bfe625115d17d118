/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Virtual addresses: whose they are. */
#ifndef MM_VA_H
#define MM_VA_H

#include "hv/types.h"
#include "x86/pte/pte.h"

#include <arch/page.h>

#define CANONICAL_LOW_END 0x0000800000000000ULL /* of the lower half, which begins at 0 */

/** True if it is in the part of the address space that is ours in every page table. */
static inline bool va_is_hypervisors(vaddr_t va) { return va >= HV_VIRT_START && va < HV_VIRT_END; }

/** True if a guest may have something mapped there: it is canonical, and not ours. */
static inline bool va_is_guests(vaddr_t va) { return va_is_canonical(va) && !va_is_hypervisors(va); }

#endif
