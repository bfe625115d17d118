/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of exceptions (APM vol. 2, table 8-1). */
#include "hw/native/exception.h"

#include "hv/compiler.h"

const char *trap_name(unsigned int vector)
{
    static const char *const name[] = {
        [TRAP_DE] = "divide error",
        [TRAP_DB] = "debug",
        [TRAP_NMI] = "NMI",
        [TRAP_BP] = "breakpoint",
        [TRAP_OF] = "overflow",
        [TRAP_BR] = "bound range",
        [TRAP_UD] = "invalid opcode",
        [TRAP_NM] = "device not available",
        [TRAP_DF] = "double fault",
        [TRAP_TS] = "invalid TSS",
        [TRAP_NP] = "segment not present",
        [TRAP_SS] = "stack fault",
        [TRAP_GP] = "general protection",
        [TRAP_PF] = "page fault",
        [TRAP_MF] = "x87 error",
        [TRAP_AC] = "alignment check",
        [TRAP_MC] = "machine check",
        [TRAP_XM] = "SIMD error",
        [TRAP_CP] = "control protection",
    };
    return vector < ARRAY_SIZE(name) ? name[vector] : NULL;
}
