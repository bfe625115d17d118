/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Some emulators (QEMU 7.2's TCG) read the stack for a far return or IRET at CPL 3 as if it were the supervisor's.
 * With SMAP on, the guest's own stack then faults, with an error code that no access at CPL 3 has on a real processor,
 * and for ever. SMAP is a safety net for our own mistakes and nothing that guests rely on: on such a machine we go
 * without.
 */
#include "pv/smap_quirk.h"

#include "hv/compiler.h"
#include "hv/log.h"
#include "hw/native/cpu.h"
#include "hw/native/exception.h"

static bool found;

uint64_t pv_smap_quirk_cr4(void)
{
    return READ_ONCE(found) ? CR4_SMAP : 0;
}

void pv_smap_quirk(uint32_t error)
{
    if ((error & (PF_PRESENT | PF_USER)) != PF_PRESENT || !(read_cr4() & CR4_SMAP))
        return;
    if (!__atomic_exchange_n(&found, true, __ATOMIC_RELAXED))
        log_warning("this processor applies SMAP to guests' far returns (QEMU 7.2 does): going on without SMAP");
    write_cr4(read_cr4() & ~CR4_SMAP);
}
