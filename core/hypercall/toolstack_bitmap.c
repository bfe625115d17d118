/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bit maps in the ABI's form, byte by byte in little-endian order, which on every architecture we
 * run on is that of our words.
 */
#include "hv/guest_access.h"
#include "hv/toolstack.h"

#define BYTES(bits) (((uint64_t)(bits) + 7) / 8)

static void clear_from(uint64_t *bits, uint32_t first, uint32_t nr)
{
    for (uint32_t i = first; i < nr; i++)
        bits[i / 64] &= ~(1ULL << (i % 64));
}

int toolstack_bitmap_read(uint64_t *bits, uint32_t nr, const struct xenctl_bitmap *from)
{
    uint64_t bytes = MIN(BYTES(nr), BYTES(from->nr_bits));

    memset(bits, 0, BYTES(nr));
    if (arch_copy_from_guest(bits, guest_handle_va(from->bitmap), bytes))
        return -EFAULT;
    clear_from(bits, MIN(nr, from->nr_bits), MIN(nr, (uint32_t)bytes * 8)); /* the rest of its last byte */
    return 0;
}

int toolstack_bitmap_write(const struct xenctl_bitmap *to, const uint64_t *bits, uint32_t nr)
{
    uint64_t va = guest_handle_va(to->bitmap), room = BYTES(to->nr_bits), bytes = MIN(BYTES(nr), room);

    for (uint64_t i = 0; i < bytes; i++) {
        uint32_t valid = MIN(nr, to->nr_bits) - (uint32_t)i * 8;
        uint8_t byte = (uint8_t)(bits[i / 8] >> (i % 8 * 8));
        if (valid < 8)
            byte &= (uint8_t)((1u << valid) - 1);
        if (arch_copy_to_guest(va + i, &byte, 1))
            return -EFAULT;
    }
    return bytes < room ? arch_clear_guest(va + bytes, room - bytes) : 0;
}
