/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A simulated guest's page tables: real ones, in frames of its own, for a few addresses. */
#ifndef TEST_GUEST_TABLES_H
#define TEST_GUEST_TABLES_H

#include "hv/domain.h"
#include "pv/mm/pte_flags.h"

#define GUEST_TABLES 4u /* frames that they take, of the domain's own */

/**
 * All vCPUs of @d walk tables from now on in which the 2 MiB around @base can be mapped, and nothing is. The caller
 * acts as nobody. False: no memory, and what was allocated is @d's.
 */
bool guest_tables_make(struct domain *d, vaddr_t base);
/** What @d has at @va: the level 1 entry, 0 if there is none. */
uint64_t guest_tables_entry(const struct domain *d, vaddr_t va);
/** @v maps @m, or with MFN_NONE nothing, at @va, by the hypercall; @owner: whose frame it is. Its result. */
long guest_tables_map(struct vcpu *v, vaddr_t va, mfn_t m, bool writable, domid_t owner);

#endif
