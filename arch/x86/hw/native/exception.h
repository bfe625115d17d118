/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processor's exceptions: vectors, their names, the error code of a page fault. */
#ifndef HW_NATIVE_EXCEPTION_H
#define HW_NATIVE_EXCEPTION_H

#include "hv/types.h"

/* Exception vectors (APM vol. 2, table 8-1). */
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
};

/* Page fault error code. */
#define PF_PRESENT  0x01u
#define PF_WRITE    0x02u
#define PF_USER     0x04u
#define PF_RESERVED 0x08u
#define PF_INSN     0x10u

/** What exception @vector is called, in words; NULL for a reserved one. */
const char *trap_name(unsigned int vector);

#endif
