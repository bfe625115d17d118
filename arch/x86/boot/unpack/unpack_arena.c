/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * First fit over a list of blocks that fill the arena. A free block is joined with those behind it when it is looked
 * at.
 */
#include "unpack_arena.h"

struct block {
    size_t len; /* bytes, with the header */
    bool used;
} __attribute__((aligned(16)));

void unpack_arena_init(struct unpack_arena *arena, void *start, size_t len)
{
    uintptr_t aligned = ROUND_UP((uintptr_t)start, 16);
    size_t lost = aligned - (uintptr_t)start;

    *arena = (struct unpack_arena){ .start = (uint8_t *)aligned, .len = len > lost ? ROUND_DOWN(len - lost, 16) : 0 };
    if (arena->len < sizeof(struct block))
        arena->len = 0;
    else
        *(struct block *)arena->start = (struct block){ .len = arena->len };
}

/* The block behind @block, NULL if that is the last. */
static struct block *arena_next(const struct unpack_arena *arena, struct block *block)
{
    uint8_t *next = (uint8_t *)block + block->len;

    return next < arena->start + arena->len ? (struct block *)next : NULL;
}

static void arena_join(const struct unpack_arena *arena, struct block *block)
{
    struct block *next;

    while ((next = arena_next(arena, block)) && !next->used)
        block->len += next->len;
}

static void arena_take(struct block *block, size_t need)
{
    if (block->len - need > sizeof(*block)) {
        *(struct block *)((uint8_t *)block + need) = (struct block){ .len = block->len - need };
        block->len = need;
    }
    block->used = true;
}

void *unpack_arena_alloc(struct unpack_arena *arena, size_t bytes)
{
    struct block *block = arena->len ? (struct block *)arena->start : NULL;
    size_t need;

    if (bytes <= arena->len) {
        need = ROUND_UP(bytes, 16) + sizeof(*block);
        for (; block; block = arena_next(arena, block)) {
            if (block->used)
                continue;
            arena_join(arena, block);
            if (block->len >= need) {
                arena_take(block, need);
                return block + 1;
            }
        }
    }
    arena->exhausted = true;
    return NULL;
}

void unpack_arena_free(struct unpack_arena *arena, void *memory)
{
    if (memory)
        ((struct block *)memory - 1)->used = false;
}
