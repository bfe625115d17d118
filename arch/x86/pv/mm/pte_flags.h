/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lib/x86/pte does not know: what a PV guest may put into page-table entries, and what we put there. */
#ifndef PV_MM_PTE_FLAGS_H
#define PV_MM_PTE_FLAGS_H

#include "hv/types.h"
#include "x86/pte/pte.h"

#define PTE_GUEST_KERNEL BIT(52) /* ours, in the guest's view: it asked for a supervisor page */
#define PTE_CACHE_MASK   (PTE_PWT | PTE_PCD | PTE_PAT)
#define PTE_ENTRIES      512u

/** PTE_NX where the CPU has none, else 0: with it in an entry, the CPU faults at each use, in our code as well. */
extern uint64_t pte_reserved;

/** What an upper-level entry must not carry: cache attributes of tables, large pages, global. */
#define PTE_TABLE_REFUSED (PTE_PWT | PTE_PCD | PTE_PS | PTE_G)

static inline mfn_t pte_mfn(uint64_t e) { return mfn((e & PTE_ADDR_MASK) >> PAGE_SHIFT); }
static inline uint64_t pte_make(mfn_t m, uint64_t flags) { return (m.nr << PAGE_SHIFT & PTE_ADDR_MASK) | flags; }

#endif
