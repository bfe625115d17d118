/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Segments' attributes in twelve bits, as VMCBs and the emulator have them (APM volume 2, 15.5.1): bits 40 to 47 and 52
 * to 55 of a descriptor (4.8) put together. The same bits where they stand in a descriptor.
 */
#ifndef LIB_X86_CPU_SEGMENT_H
#define LIB_X86_CPU_SEGMENT_H

#include "x86/cpu/bits.h"

#define SEG_TYPE      0x00fu
#define SEG_ACCESSED  0x001u /* of code and data */
#define SEG_WRITE     0x002u /* of data; of code: may be read */
#define SEG_DOWN      0x004u /* of data: expands down */
#define SEG_CODE      0x008u
#define SEG_S         0x010u /* code or data; clear: a system segment */
#define SEG_DPL_SHIFT 5
#define SEG_DPL(attr) ((attr) >> SEG_DPL_SHIFT & 3)
#define SEG_P         0x080u
#define SEG_L         0x200u /* 64-bit code */
#define SEG_D         0x400u /* 32-bit code or stack */
#define SEG_G         0x800u /* the limit counts pages */
#define SEG_ALL       0xfffu

/* System segments' types. */
#define SEG_TYPE_LDT      0x2u
#define SEG_TYPE_TSS      0x9u /* of 32 or 64 bits, available */
#define SEG_TYPE_TSS_BUSY 0xbu

/* Whole attributes. */
#define SEG_CODE16   (SEG_P | SEG_S | SEG_CODE | SEG_WRITE | SEG_ACCESSED)
#define SEG_DATA16   (SEG_P | SEG_S | SEG_WRITE | SEG_ACCESSED)
#define SEG_CODE64   (SEG_G | SEG_L | SEG_CODE16)
#define SEG_DATA32   (SEG_G | SEG_D | SEG_DATA16)
#define SEG_LDT      (SEG_P | SEG_TYPE_LDT)
#define SEG_TSS_BUSY (SEG_P | SEG_TYPE_TSS_BUSY)

#define DESC_TYPE_SHIFT 40
#define DESC_WRITE      CPU_BIT(41)
#define DESC_DOWN       CPU_BIT(42)
#define DESC_CODE       CPU_BIT(43)
#define DESC_S          CPU_BIT(44)
#define DESC_DPL_SHIFT  45
#define DESC_DPL        (CPU_NUMBER(3) << DESC_DPL_SHIFT)
#define DESC_P          CPU_BIT(47)
#define DESC_L          CPU_BIT(53)
#define DESC_D          CPU_BIT(54)
#define DESC_G          CPU_BIT(55)

#endif
