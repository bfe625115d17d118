/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside arch/x86/pv: what a selector of the current vCPU means, read from the descriptor tables that the CPU uses. */
#ifndef PV_SELECTOR_H
#define PV_SELECTOR_H

#include "hv/types.h"

struct pv_segment {
    uint64_t base;
    uint32_t limit;   /* highest offset */
    bool code;
    bool long_mode;   /* L: 64-bit code */
    bool big;         /* D/B: 32-bit */
    bool writable;    /* of a data segment */
    bool expand_down;
};

/** False if @sel is null, out of range, or no present code or data segment. */
bool pv_selector_read(uint16_t sel, struct pv_segment *seg);

/**
 * The linear address of @len bytes at @offset in @seg; false if they are outside its limit. For 64-bit code only FS and
 * GS have a base and nothing a limit: such callers don't need this.
 */
bool pv_segment_linear(const struct pv_segment *seg, uint64_t offset, unsigned int len, uint64_t *linear);

#endif
