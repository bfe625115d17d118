/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug registers (APM volume 2, 13.1.1). */
#ifndef LIB_X86_CPU_DEBUGREG_H
#define LIB_X86_CPU_DEBUGREG_H

#include "x86/cpu/bits.h"

#define DR6_FIXED   CPU_NUMBER(0xffff0ff0) /* always set; also what it is after a reset */
#define DR6_BD      CPU_BIT(13) /* an access to a debug register, which DR7_GD forbade */
#define DR6_BS      CPU_BIT(14) /* a single step */
#define DR6_STATUS  CPU_NUMBER(0x0000e00f) /* what happened: the breakpoints, BD, BS, BT */
#define DR7_FIXED   CPU_BIT(10) /* the same of DR7 */
#define DR7_ZERO    CPU_NUMBER(0xffffffff0000d800) /* bits 11, 12, 14, 15 and the upper half */
#define DR7_GD      CPU_BIT(13)
#define DR7_ENABLES CPU_NUMBER(0xff)
#define DR7_RW_IO   2u

#endif
