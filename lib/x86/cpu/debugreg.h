/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bits of the debug registers (APM vol. 2, 13.1.1). */
#ifndef HW_NATIVE_DEBUGREG_H
#define HW_NATIVE_DEBUGREG_H

#define DR6_FIXED    0xffff0ff0ul /* always set; also what it is after a reset */
#define DR6_STATUS   0x0000e00ful /* what happened: the breakpoints, BD, BS, BT */
#define DR6_BS       0x00004000ul
#define DR7_FIXED    0x00000400ul /* the same of DR7 */
#define DR7_ZERO     0xffffffff0000d800ul
#define DR7_GD       0x00002000ul
#define DR7_ENABLES  0xfful
#define DR7_RW_IO    2u

#endif
