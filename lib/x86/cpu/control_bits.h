/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Control registers (APM volume 2, 3.1) and the flags register (3.1.6). EFER is an MSR: x86/msr/index.h. */
#ifndef LIB_X86_CPU_CONTROL_BITS_H
#define LIB_X86_CPU_CONTROL_BITS_H

#include "x86/cpu/bits.h"

#define CR0_PE CPU_BIT(0)
#define CR0_MP CPU_BIT(1)
#define CR0_EM CPU_BIT(2)
#define CR0_TS CPU_BIT(3)
#define CR0_ET CPU_BIT(4)
#define CR0_NE CPU_BIT(5)
#define CR0_WP CPU_BIT(16)
#define CR0_AM CPU_BIT(18)
#define CR0_NW CPU_BIT(29)
#define CR0_CD CPU_BIT(30)
#define CR0_PG CPU_BIT(31)

#define CR4_VME        CPU_BIT(0)
#define CR4_PVI        CPU_BIT(1)
#define CR4_TSD        CPU_BIT(2)
#define CR4_DE         CPU_BIT(3)
#define CR4_PSE        CPU_BIT(4)
#define CR4_PAE        CPU_BIT(5)
#define CR4_MCE        CPU_BIT(6)
#define CR4_PGE        CPU_BIT(7)
#define CR4_PCE        CPU_BIT(8)
#define CR4_OSFXSR     CPU_BIT(9)
#define CR4_OSXMMEXCPT CPU_BIT(10)
#define CR4_UMIP       CPU_BIT(11)
#define CR4_FSGSBASE   CPU_BIT(16)
#define CR4_PCIDE      CPU_BIT(17)
#define CR4_OSXSAVE    CPU_BIT(18)
#define CR4_SMEP       CPU_BIT(20)
#define CR4_SMAP       CPU_BIT(21)
#define CR4_PKE        CPU_BIT(22)

#define RFLAGS_CF    CPU_BIT(0)
#define RFLAGS_FIXED CPU_BIT(1) /* always set */
#define RFLAGS_PF    CPU_BIT(2)
#define RFLAGS_AF    CPU_BIT(4)
#define RFLAGS_ZF    CPU_BIT(6)
#define RFLAGS_SF    CPU_BIT(7)
#define RFLAGS_TF    CPU_BIT(8)
#define RFLAGS_IF    CPU_BIT(9)
#define RFLAGS_DF    CPU_BIT(10)
#define RFLAGS_OF    CPU_BIT(11)
#define RFLAGS_IOPL  (CPU_NUMBER(3) << 12)
#define RFLAGS_NT    CPU_BIT(14)
#define RFLAGS_RF    CPU_BIT(16)
#define RFLAGS_VM    CPU_BIT(17)
#define RFLAGS_AC    CPU_BIT(18)
#define RFLAGS_VIF   CPU_BIT(19)
#define RFLAGS_VIP   CPU_BIT(20)
#define RFLAGS_ID    CPU_BIT(21)

#endif
