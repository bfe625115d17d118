/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Images that come from elsewhere, and the two formats of our own. A toolstack's image is checked whole before any of
 * it is loaded: XRSTOR faults on a bad header, and a fault there would be the hypervisor's.
 */
#include "x86/xstate/xstate.h"

static struct xstate_header header_of(const void *image)
{
    struct xstate_header header;

    memcpy(&header, (const uint8_t *)image + XSTATE_LEGACY_SIZE, sizeof(header));
    return header;
}

static bool all_zero(const uint64_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (words[i])
            return false;
    return true;
}

int xstate_check_image(const struct xstate_component *comp, uint64_t allowed, const struct xstate_image *image)
{
    struct xstate_header header;

    if (image->size < XSTATE_MIN_SIZE)
        return -EINVAL;
    header = header_of(image->data);
    if (header.xstate_bv & ~image->xcr0_accum || image->xcr0 & ~image->xcr0_accum)
        return -EINVAL;
    if (!xstate_valid_xcr0(allowed, image->xcr0) || !xstate_valid_xcr0(allowed, image->xcr0_accum))
        return -EINVAL;
    if (header.xcomp_bv)
        return -EOPNOTSUPP;
    if (!all_zero(header.reserved, ARRAY_SIZE(header.reserved)))
        return -EIO;
    return image->size < xstate_size_std(comp, header.xstate_bv | XSTATE_LEGACY) ? -EINVAL : 0;
}

int xstate_expand(const struct xstate_component *comp, const void *src, size_t src_size, void *dst, size_t size)
{
    struct xstate_header header;
    uint64_t mask, present;

    if (src_size < XSTATE_MIN_SIZE)
        return -EINVAL;
    header = header_of(src);
    mask = header.xcomp_bv & ~XSTATE_COMPACTED;
    if (!(header.xcomp_bv & XSTATE_COMPACTED) || header.xstate_bv & ~mask ||
        src_size < xstate_size_compact(comp, mask | XSTATE_LEGACY))
        return -EINVAL;
    if (size < xstate_size_std(comp, mask | XSTATE_LEGACY))
        return -ENOSPC;

    memset(dst, 0, size);
    memcpy(dst, src, XSTATE_LEGACY_SIZE);
    present = header.xstate_bv & ~XSTATE_LEGACY;
    for (uint64_t left = present; left; left &= left - 1) {
        unsigned int i = __builtin_ctzll(left);

        if (comp[i].flags & XSTATE_COMP_SUPERVISOR)
            present &= ~BIT(i);
        else
            memcpy((uint8_t *)dst + comp[i].offset,
                   (const uint8_t *)src + xstate_offset_compact(comp, mask, i), comp[i].size);
    }
    header = (struct xstate_header){ .xstate_bv = present | (header.xstate_bv & XSTATE_LEGACY) };
    memcpy((uint8_t *)dst + XSTATE_LEGACY_SIZE, &header, sizeof(header));
    return 0;
}

int xstate_compact(const struct xstate_component *comp, uint64_t mask, const void *src, size_t src_size, void *dst,
                   size_t size)
{
    struct xstate_header header;

    mask = (mask & ~XSTATE_COMPACTED) | XSTATE_LEGACY;
    if (src_size < XSTATE_MIN_SIZE)
        return -EINVAL;
    header = header_of(src);
    if (header.xcomp_bv || header.xstate_bv & ~mask ||
        src_size < xstate_size_std(comp, header.xstate_bv | XSTATE_LEGACY))
        return -EINVAL;
    if (size < xstate_size_compact(comp, mask))
        return -ENOSPC;
    for (uint64_t left = header.xstate_bv & ~XSTATE_LEGACY; left; left &= left - 1)
        if (comp[__builtin_ctzll(left)].flags & XSTATE_COMP_SUPERVISOR)
            return -EINVAL; /* a standard image cannot hold it, whatever its header says */

    memset(dst, 0, size);
    memcpy(dst, src, XSTATE_LEGACY_SIZE);
    for (uint64_t left = header.xstate_bv & ~XSTATE_LEGACY; left; left &= left - 1) {
        unsigned int i = __builtin_ctzll(left);

        memcpy((uint8_t *)dst + xstate_offset_compact(comp, mask, i), (const uint8_t *)src + comp[i].offset,
               comp[i].size);
    }
    header = (struct xstate_header){ .xstate_bv = header.xstate_bv, .xcomp_bv = mask | XSTATE_COMPACTED };
    memcpy((uint8_t *)dst + XSTATE_LEGACY_SIZE, &header, sizeof(header));
    return 0;
}
