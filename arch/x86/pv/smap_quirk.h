/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside arch/x86/pv: processors that apply SMAP to what a guest does at CPL 3. */
#ifndef PV_SMAP_QUIRK_H
#define PV_SMAP_QUIRK_H

#include "hv/types.h"

/**
 * Told @error of a page fault at CPL 3 that the page tables do not explain: if it shows the defect, SMAP goes off on
 * this CPU.
 */
void pv_smap_quirk(uint32_t error);
/** The bits of CR4 that must not be set on this machine: 0 or CR4_SMAP. */
uint64_t pv_smap_quirk_cr4(void);

#endif
