/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which values XCR0 may hold. Rows say "a component of SET needs all of NEEDS"; a set that needs itself is all or none.
 * The same rows serve the yes/no question and the search for the largest value that is still allowed.
 */
#include "x86/xstate/xstate.h"

static const struct xcr0_rule {
    uint64_t set, needs;
} xcr0_rules[] = {
    { XSTATE_YMM, XSTATE_SSE },
    { XSTATE_BND, XSTATE_BND },
    { XSTATE_AVX512, XSTATE_AVX512 | XSTATE_YMM },
    { XSTATE_TILE, XSTATE_TILE },
};

bool xstate_valid_xcr0(uint64_t supported, uint64_t xcr0)
{
    if (xcr0 & ~(supported & XSTATE_KNOWN_XCR0) || !(xcr0 & XSTATE_X87))
        return false;
    if (xcr0 & XSTATE_APX && xcr0 & XSTATE_BND) /* they occupy the same bytes */
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(xcr0_rules); i++)
        if (xcr0 & xcr0_rules[i].set && (xcr0 & xcr0_rules[i].needs) != xcr0_rules[i].needs)
            return false;
    return true;
}

uint64_t xstate_settle_xcr0(uint64_t mask)
{
    mask &= XSTATE_KNOWN_XCR0;
    if (!(mask & XSTATE_X87))
        return 0;
    if (mask & XSTATE_BND)
        mask &= ~XSTATE_APX;
    /* A rule only ever depends on components of earlier rules, so one pass in order is enough. */
    for (size_t i = 0; i < ARRAY_SIZE(xcr0_rules); i++)
        if ((mask & xcr0_rules[i].needs) != xcr0_rules[i].needs)
            mask &= ~xcr0_rules[i].set;
    return mask;
}

int xstate_check_xsetbv(uint32_t index, uint64_t value, uint64_t allowed)
{
    return index == 0 && xstate_valid_xcr0(allowed, value) ? 0 : -EINVAL;
}

static const char component_names[][10] = {
    "x87",  "SSE", "AVX",   "BNDREGS", "BNDCSR", "OPMASK", "ZMM_Hi256", "Hi16_ZMM", "PT",  "PKRU",
    "PASID", "CET_U", "CET_S", "HDC",   "UINTR",  "LBR",    "HWP",       "TILECFG",  "TILE", "APX",
};

const char *xstate_component_name(unsigned int index)
{
    if (index < ARRAY_SIZE(component_names))
        return component_names[index];
    return index == 62 ? "LWP" : "?";
}
