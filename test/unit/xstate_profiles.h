/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leaf 0xD of real and of hostile processors, as data. Numbers: Intel SDM volume 1 chapter 13, AMD PPRs. */
#ifndef TEST_XSTATE_PROFILES_H
#define TEST_XSTATE_PROFILES_H

#include "x86/xstate/plan.h"

/* Sub-leaves 2 and up. */
static const struct xstate_component intel_components[XSTATE_MAX_COMPONENTS] = {
    [2] = { 0x100, 0x240 },   [3] = { 0x40, 0x3c0 },    [4] = { 0x40, 0x400 },
    [5] = { 0x40, 0x440 },    [6] = { 0x200, 0x480 },   [7] = { 0x400, 0x680 },
    [8] = { 0x80, 0, 1 },     [9] = { 0x8, 0xa80 },     [11] = { 0x10, 0, 1 },
    [12] = { 0x18, 0, 1 },    [15] = { 0x328, 0, 1 },   [17] = { 0x40, 0xac0, 2 },
    [18] = { 0x2000, 0xb00, 2 }, [19] = { 0x80, 0x3c0 }, [62] = { 0x80, 0x340 },
};
static const struct xstate_component zen3_components[XSTATE_MAX_COMPONENTS] = {
    [2] = { 0x100, 0x240 }, [9] = { 0x8, 0x340 }, [11] = { 0x10, 0, 1 }, [12] = { 0x18, 0, 1 },
};
static const struct xstate_component zen4_components[XSTATE_MAX_COMPONENTS] = {
    [2] = { 0x100, 0x240 }, [5] = { 0x40, 0x340 }, [6] = { 0x200, 0x380 }, [7] = { 0x400, 0x580 }, [9] = { 0x8, 0x980 },
};

/* A CPU that tells the truth: has @xcr0 of @comp, features @caps, and was probed as the boot code probes. */
static inline struct xstate_capture honest_capture(const struct xstate_component *comp, uint64_t xcr0, uint32_t caps)
{
    struct xstate_capture c = { .max_leaf = 0xd, .has_fxsr = true, .has_sse = true, .has_xsave = true };
    uint64_t masks[XSTATE_MAX_TRIED];

    for (unsigned int i = 2; i < XSTATE_MAX_COMPONENTS; i++)
        if (xcr0 & BIT(i))
            c.leaf[i] = comp[i];
    c.leaf[0].size = xcr0;
    c.leaf[0].reserved = xcr0 >> 32;
    c.leaf[0].flags = xstate_size_std(comp, xcr0);
    c.leaf[1].size = caps;
    c.nr_tried = xstate_probe_masks(&c, masks);
    for (unsigned int i = 0; i < c.nr_tried; i++)
        c.tried[i] = (struct xstate_tried){ .xcr0 = masks[i], .ebx = xstate_size_std(comp, masks[i]) };
    return c;
}

#endif
