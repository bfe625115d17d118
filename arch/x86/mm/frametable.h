/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making the frame table and the M2P for the RAM that boot_mem knows. */
#ifndef MM_FRAMETABLE_H
#define MM_FRAMETABLE_H

#include "hv/compiler.h"
#include "hv/types.h"

/** Boot, after the direct map and before the heap. Panics when there is too little memory. */
__init void frametable_init(void);

#define M2P_CHUNK 0x200000ULL
/** First frame of piece @index of the M2P, M2P_CHUNK bytes; 0 if it is absent or in pieces itself. */
uint64_t m2p_chunk_mfn(uint64_t index);

#endif
