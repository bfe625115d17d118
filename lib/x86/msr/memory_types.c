/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "x86/msr/memory_types.h"

/* UC, WC, WT, WP, WB; and of PAT UC-. */
#define MTRR_TYPES (BIT(0) | BIT(1) | BIT(4) | BIT(5) | BIT(6))
#define PAT_TYPES  (MTRR_TYPES | BIT(7))
#define DEFAULT_VALID (0xffULL | BIT(10) | BIT(11)) /* the type, fixed ranges on, all on */

static bool types_ok(uint64_t bytes, uint64_t known)
{
    for (unsigned int i = 0; i < 8; i++, bytes >>= 8)
        if ((bytes & 0xff) > 7 || !(known >> (bytes & 0xff) & 1))
            return false;
    return true;
}

bool pat_ok(uint64_t value) { return types_ok(value, PAT_TYPES); }

bool mtrr_fixed_ok(uint64_t value) { return types_ok(value, MTRR_TYPES); }

bool mtrr_type_ok(uint64_t type) { return type <= 7 && (MTRR_TYPES >> type & 1); }

bool mtrr_default_ok(uint64_t value) { return !(value & ~DEFAULT_VALID) && mtrr_type_ok(value & 0xff); }
