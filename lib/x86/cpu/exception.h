/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions (APM volume 2, table 8-1) and what comes with them. */
#ifndef LIB_X86_CPU_EXCEPTION_H
#define LIB_X86_CPU_EXCEPTION_H

#include "x86/cpu/bits.h"

enum trap_vector {
    TRAP_DE = 0,
    TRAP_DB = 1,
    TRAP_NMI = 2,
    TRAP_BP = 3,
    TRAP_OF = 4,
    TRAP_BR = 5,
    TRAP_UD = 6,
    TRAP_NM = 7,
    TRAP_DF = 8,
    TRAP_TS = 10,
    TRAP_NP = 11,
    TRAP_SS = 12,
    TRAP_GP = 13,
    TRAP_PF = 14,
    TRAP_MF = 16,
    TRAP_AC = 17,
    TRAP_MC = 18,
    TRAP_XM = 19,
    TRAP_CP = 21,
    TRAP_VC = 29,
    TRAP_SX = 30,
};

/* One bit for each vector that brings an error code. */
#define TRAPS_WITH_ERROR                                                                                               \
    (1u << TRAP_DF | 1u << TRAP_TS | 1u << TRAP_NP | 1u << TRAP_SS | 1u << TRAP_GP | 1u << TRAP_PF | 1u << TRAP_AC |  \
     1u << TRAP_CP | 1u << TRAP_VC | 1u << TRAP_SX)
/* And those of which a second one makes a double fault (8.2.9). */
#define TRAPS_CONTRIBUTORY (1u << TRAP_DE | 1u << TRAP_TS | 1u << TRAP_NP | 1u << TRAP_SS | 1u << TRAP_GP)

/* The error code of a page fault (8.4.2). */
#define PF_PRESENT  0x01u
#define PF_WRITE    0x02u
#define PF_USER     0x04u
#define PF_RESERVED 0x08u
#define PF_INSN     0x10u
#define PF_KEY      0x20u

#endif
