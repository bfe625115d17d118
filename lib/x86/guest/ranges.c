/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The 32-bit PV hole depends on the machine's size, because its M2P has to fit; the other ranges are constants. */
#include "ranges.h"

#define STEP (2ULL << 20) /* what one L2 entry maps */

/* Four bytes for each frame, as far as the window reaches; frames beyond it have no entry. */
static uint64_t pv32_table_start(uint64_t machine_frames)
{
    uint64_t most = (GUEST_PV32_M2P_END - GUEST_PV32_START) / 4;

    return GUEST_PV32_M2P_END - ROUND_UP(MIN(machine_frames, most) * 4, STEP);
}

uint64_t guest_pv32_start(bool dom0, uint64_t hv_start_low, uint64_t machine_frames)
{
    if (!dom0)
        return GUEST_PV32_START;
    if (hv_start_low > GUEST_PV32_START)
        return 0;
    return MAX(pv32_table_start(machine_frames), ROUND_UP(hv_start_low, STEP));
}

bool guest_hypervisor_range(enum guest_abi abi, uint64_t pv32_start, struct guest_range *range)
{
    *range = (struct guest_range){ 0, 0 };
    if (abi == GUEST_PV64)
        *range = (struct guest_range){ GUEST_PV64_START, GUEST_PV64_LAST };
    else if (abi == GUEST_PV32)
        *range = (struct guest_range){ pv32_start, UINT32_MAX };
    return range->last != 0;
}

uint64_t guest_virt_start(enum guest_abi abi, uint64_t pv32_start, bool legacy)
{
    if (abi == GUEST_PV32)
        return pv32_start;
    if (!legacy)
        return 0;
    return abi == GUEST_HVM32 ? UINT32_MAX : GUEST_PV64_START;
}
