/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EFER.LMA is taken from nobody: it is LME and CR0.PG, always (APM volume 2, 3.1.7 and 14.6). */
#ifndef X86_MSR_EFER_H
#define X86_MSR_EFER_H

#include "port.h"
#include "x86/msr/index.h"

/** @efer with the LMA that follows from its LME and from @cr0. */
static inline uint64_t efer_with_lma(uint64_t efer, uint64_t cr0)
{
    const uint64_t paging = BIT(31);

    return (efer & EFER_LME) && (cr0 & paging) ? efer | EFER_LMA : efer & ~(uint64_t)EFER_LMA;
}

#endif
