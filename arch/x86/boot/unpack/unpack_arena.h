/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of the decompression libraries: first fit over one area. The area is a row of blocks without gaps, each
 * beginning with its header; free neighbours are joined when a search passes them. The libraries make a few dozen
 * allocations, so a walk from the start is quick.
 */
#ifndef ARCH_X86_BOOT_UNPACK_ARENA_H
#define ARCH_X86_BOOT_UNPACK_ARENA_H

#include "port.h"

struct unpack_arena {
    uint8_t *start; /* 16-byte aligned */
    size_t len;     /* bytes, a multiple of 16 */
    bool exhausted; /* an allocation has failed */
};

/** Makes the @len bytes at @start one free block. */
void unpack_arena_init(struct unpack_arena *arena, void *start, size_t len);

/** @bytes of memory, 16-byte aligned, not cleared; NULL if there is none. */
void *unpack_arena_alloc(struct unpack_arena *arena, size_t bytes);

/** Gives back what unpack_arena_alloc() gave; NULL is allowed. */
void unpack_arena_free(struct unpack_arena *arena, void *memory);

#endif
