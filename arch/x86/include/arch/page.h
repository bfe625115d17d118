/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where machine memory appears in our address space: direct map, frame table, M2P. */
#ifndef ARCH_PAGE_H
#define ARCH_PAGE_H

#include "hv/types.h"

#include <arch/layout.h>

#define frame_table ((struct frame *)FRAMETABLE_VIRT)
/** One more than the highest frame number that the frame table covers. */
extern uint64_t frame_table_end;

/* The frame table exists in chunks of 2^FRAME_CHUNK_ORDER frames (32 MiB), where there is RAM; a bit for each. */
#define FRAME_CHUNK_ORDER 13
#define FRAME_CHUNKS      (DIRECTMAP_SIZE >> (PAGE_SHIFT + FRAME_CHUNK_ORDER))
extern uint64_t frame_chunk_known[FRAME_CHUNKS / 64];

/** Whether the frame table has an entry for @m, which may be one that is never used. Any number may be asked. */
static inline bool frame_table_covers(mfn_t m)
{
    uint64_t chunk = m.nr >> FRAME_CHUNK_ORDER;

    return chunk < FRAME_CHUNKS && (frame_chunk_known[chunk / 64] >> (chunk % 64)) & 1;
}

static inline void *mfn_to_virt(mfn_t m)
{
    return (void *)(DIRECTMAP_VIRT + (m.nr << PAGE_SHIFT));
}
static inline void *paddr_to_virt(paddr_t p)
{
    return (void *)(DIRECTMAP_VIRT + p);
}
/** Only for addresses in the direct map. */
static inline mfn_t virt_to_mfn(const void *v)
{
    return mfn(((uint64_t)v - DIRECTMAP_VIRT) >> PAGE_SHIFT);
}
static inline paddr_t virt_to_paddr(const void *v)
{
    return (uint64_t)v - DIRECTMAP_VIRT;
}

#define M2P_INVALID (~0ULL)
/** Machine to (guest-)physical, as guests read it; @m must be mfn_valid(). */
static inline uint64_t m2p_get(mfn_t m)
{
    return ((const volatile uint64_t *)M2P_RW_VIRT)[m.nr];
}
static inline void m2p_set(mfn_t m, uint64_t pfn)
{
    ((volatile uint64_t *)M2P_RW_VIRT)[m.nr] = pfn;
}

#endif
