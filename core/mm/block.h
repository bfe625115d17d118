/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the head of a free block says about it; see heap.c. */
#ifndef MM_BLOCK_H
#define MM_BLOCK_H

#include "hv/frame.h"

static inline unsigned int block_order(const struct frame *head) { return head->type & 0xff; }
/** Frames from the start of the block that are known to be clean. */
static inline uint64_t block_clean(const struct frame *head) { return head->type >> 8; }

#endif
