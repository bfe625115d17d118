/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One word of the current guest's memory, for paths that are hot. Everything else copies: hv/guest_access.h. */
#ifndef MM_GUEST_READ_H
#define MM_GUEST_READ_H

#include "cpu/features.h"
#include "hw/native/copy.h"
#include "hw/native/cpu.h"
#include "mm/va.h"

#include <arch/layout.h>

/** Reads eight bytes at @va, which need not be aligned. False: part of them is the hypervisor's, or not mapped. */
static inline bool guest_read_u64(uint64_t va, uint64_t *value)
{
    if (va > CANONICAL_LOW_END - sizeof(*value) && (va < HV_VIRT_END || va > -sizeof(*value)))
        return false;
    if (!cpu_has_smap)
        return hw_read_u64_safe((const void *)va, value);
    stac();
    bool ok = hw_read_u64_safe((const void *)va, value);
    clac();
    return ok;
}

#endif
