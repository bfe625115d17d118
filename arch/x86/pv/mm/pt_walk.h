/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a guest's virtual address to its level 1 entry. */
#ifndef PV_MM_PT_WALK_H
#define PV_MM_PT_WALK_H

#include "hv/domain.h"
#include "hv/percpu.h"
#include "mm/va.h"
#include "pv/mm/pte_flags.h"
#include "pv/mm/types.h"

/**
 * Walks @v's kernel tables to the level 1 table that maps @va. True with *@table locked, a live L1 of @v's domain; the
 * caller unlocks it. False if an upper entry is missing, or @va is not canonical or the hypervisor's.
 */
bool pt_walk_l1_lock(const struct vcpu *v, vaddr_t va, struct frame **table);
/**
 * What looks like the level 1 entry of @va at this moment, 0 if there is none. Takes no lock, so the answer proves
 * nothing: the caller takes a reference on the frame that it names, as a frame of the domain, before doing anything
 * with it. Any context.
 */
uint64_t pt_walk_l1e(const struct vcpu *v, vaddr_t va);

#endif
