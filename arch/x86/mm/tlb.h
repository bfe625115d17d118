/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dropping this CPU's translations; other CPUs are asked through include/hv/smp.h. */
#ifndef MM_TLB_H
#define MM_TLB_H

#include "hv/types.h"

/** Drops this CPU's non-global translations, or (@global) all of them. Any context. */
void tlb_flush_local(bool global);
/** Loads CR3, which drops this CPU's non-global translations, and lets the flush clock know. */
void tlb_load_cr3(uint64_t cr3);

#endif
