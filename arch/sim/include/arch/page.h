/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Simulated machine memory: one array of bytes, one of frames, one of M2P words; frame number 0 is the first. */
#ifndef ARCH_PAGE_H
#define ARCH_PAGE_H

#include "hv/types.h"

extern struct frame *frame_table;
extern uint64_t frame_table_end;
static inline bool frame_table_covers(mfn_t m) { return m.nr < frame_table_end; }
extern uint8_t *sim_ram;
extern uint64_t *sim_m2p;

static inline void *mfn_to_virt(mfn_t m) { return sim_ram + (m.nr << PAGE_SHIFT); }
static inline void *paddr_to_virt(paddr_t p) { return sim_ram + p; }
static inline paddr_t virt_to_paddr(const void *v) { return (paddr_t)((const uint8_t *)v - sim_ram); }
static inline mfn_t virt_to_mfn(const void *v) { return mfn(virt_to_paddr(v) >> PAGE_SHIFT); }

#define M2P_INVALID (~0ULL)
static inline uint64_t m2p_get(mfn_t m) { return sim_m2p[m.nr]; }
static inline void m2p_set(mfn_t m, uint64_t pfn) { sim_m2p[m.nr] = pfn; }

/* Where the hypervisor's slots are in a guest's page table: the same as on the machine that is simulated. */
#include "arch/x86/include/arch/layout.h"

#endif
