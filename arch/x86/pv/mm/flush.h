/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TLB flushes that a guest asks for. */
#ifndef PV_MM_FLUSH_H
#define PV_MM_FLUSH_H

#include "hv/domain.h"
#include "hv/percpu.h"

/**
 * Forgets on this CPU, or on all CPUs that may know them, the current domain's translations: all, or the page at @va.
 */
void guest_flush_tlb(bool everywhere);
void guest_flush_page(vaddr_t va, bool everywhere);
/**
 * For the vCPUs in the guest's bitmap at @mask: 0 or -EFAULT. More CPUs than asked for may be flushed: every one
 * that may hold the domain's translations is.
 */
int guest_flush_masked(vaddr_t mask, vaddr_t va, bool one_page);

#endif
