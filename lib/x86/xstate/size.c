/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes and offsets of images, from component descriptions alone. */
#include "x86/xstate/xstate.h"

static uint32_t saturate(uint64_t bytes)
{
    return bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)bytes;
}

/* Components with descriptions of their own: not x87 and SSE, whose place is fixed, and not the compaction flag. */
static uint64_t described(uint64_t mask)
{
    return mask & ~(XSTATE_LEGACY | XSTATE_COMPACTED);
}

uint32_t xstate_size_std(const struct xstate_component *comp, uint64_t mask)
{
    uint64_t end = XSTATE_MIN_SIZE;

    if (!mask)
        return 0;
    for (mask = described(mask); mask; mask &= mask - 1) {
        const struct xstate_component *c = &comp[__builtin_ctzll(mask)];

        if (!(c->flags & XSTATE_COMP_SUPERVISOR))
            end = MAX(end, (uint64_t)c->offset + c->size);
    }
    return saturate(end);
}

/* Where component @stop begins, or the end of the image if @stop is beyond every component. */
static uint64_t compact_offset(const struct xstate_component *comp, uint64_t mask, unsigned int stop)
{
    uint64_t at = XSTATE_MIN_SIZE;

    for (mask = described(mask); mask; mask &= mask - 1) {
        unsigned int index = __builtin_ctzll(mask);

        if (index <= stop && comp[index].flags & XSTATE_COMP_ALIGN64)
            at = ROUND_UP(at, 64);
        if (index >= stop)
            break;
        at += comp[index].size;
    }
    return at;
}

uint32_t xstate_size_compact(const struct xstate_component *comp, uint64_t mask)
{
    return mask ? saturate(compact_offset(comp, mask, XSTATE_MAX_COMPONENTS)) : 0;
}

uint32_t xstate_offset_compact(const struct xstate_component *comp, uint64_t mask, unsigned int index)
{
    return saturate(compact_offset(comp, mask, index));
}
