/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See scale.h. The shift brings the frequency between 1 and 2 GHz, so that the multiplier uses all its bits. */
#include "x86/tsc/scale.h"

#define HZ_PER_GHZ 1000000000ULL

uint64_t tsc_scale_to_ns(uint64_t tsc, const struct tsc_scale *scale)
{
    uint64_t shifted = scale->shift >= 0 ? tsc << scale->shift : tsc >> -scale->shift;
    return (uint64_t)(((unsigned __int128)shifted * scale->mul) >> 32);
}

struct tsc_scale tsc_scale_for(uint64_t hz)
{
    struct tsc_scale s = { 0, 0 };

    while (hz > 2 * HZ_PER_GHZ) {
        hz >>= 1;
        s.shift--;
    }
    while (hz <= HZ_PER_GHZ) {
        hz <<= 1;
        s.shift++;
    }
    s.mul = (uint32_t)((HZ_PER_GHZ << 32) / hz);
    return s;
}
