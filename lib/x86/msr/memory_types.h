/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory types in PAT and in the MTRRs (APM volume 2, 7.7 and 7.8): which there are, and what guests are shown. */
#ifndef LIB_X86_MSR_MEMORY_TYPES_H
#define LIB_X86_MSR_MEMORY_TYPES_H

#include "port.h"

/** After a reset: WB WT UC- UC, twice. */
#define PAT_RESET  0x0007040600070406ULL
/** The PAT that the PV ABI promises: WB WT UC- UC WC WP UC UC. */
#define PAT_PV_ABI 0x050100070406ULL
/** What containers read of MTRRcap: eight ranges of variable size, those of fixed size, and write combining. */
#define MTRR_CAP_COUNT 0xffu
#define MTRR_CAP_GUEST (8u | BIT(8) | BIT(10))

/** Are all eight types of @value such as PAT can have? */
bool pat_ok(uint64_t value);
/** And of @value, a range of fixed size? */
bool mtrr_fixed_ok(uint64_t value);
/** Of a range of variable size's base register, or of the default type, only the low byte is one. */
bool mtrr_type_ok(uint64_t type);
/** The whole register of the default type. */
bool mtrr_default_ok(uint64_t value);

#endif
