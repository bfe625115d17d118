/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Saving to and loading from an area by the instruction that the plan chose. CR0.TS is clear, interrupts are off. */
#ifndef CPU_XSTATE_AREA_H
#define CPU_XSTATE_AREA_H

#include "cpu/xstate_boot.h"
#include "hw/native/fpu.h"

static inline bool xstate_area_is_compact(void)
{
    return xstate_active.insn == XSTATE_XSAVEC || xstate_active.insn == XSTATE_XSAVES;
}

static inline struct xstate_header *xstate_area_header(void *area)
{
    return (struct xstate_header *)((uint8_t *)area + XSTATE_LEGACY_SIZE);
}

/** The state after reset. */
void xstate_area_reset(void *area);

static inline void xstate_area_save(void *area, uint64_t mask)
{
    switch (xstate_active.insn) {
    case XSTATE_FXSAVE:
        fxsave(area);
        break;
    case XSTATE_XSAVE:
        xsave(area, mask);
        break;
    case XSTATE_XSAVEOPT:
        xsaveopt(area, mask);
        break;
    case XSTATE_XSAVEC:
        xsavec(area, mask);
        break;
    case XSTATE_XSAVES:
        xsaves(area, mask);
        break;
    }
}

/** False if the area's contents make the instruction fault. */
static inline bool xstate_area_load(const void *area, uint64_t mask)
{
    if (xstate_active.insn == XSTATE_FXSAVE)
        return fxrstor_safe(area);
    return xstate_active.insn == XSTATE_XSAVES ? xrstors_safe(area, mask) : xrstor_safe(area, mask);
}

#endif
