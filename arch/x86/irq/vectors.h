/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt vectors. The priority class is the upper four bits: what must get through a busy system stands high.
 *
 *   0x20-0x2f  the legacy PICs, masked; a spurious one is counted and ignored
 *   0x30-0xdf  devices, given out by irq/irq.c
 *   0xf0-0xff  our own
 */
#ifndef IRQ_VECTORS_H
#define IRQ_VECTORS_H

#define VECTOR_PIC_FIRST 0x20
#define VECTOR_FIRST     0x30
#define VECTOR_LAST      0xdf
#define VECTOR_CALL      0xf9 /* smp_call() */
#define VECTOR_KICK      0xfa /* look at your softirqs */
#define VECTOR_TIMER     0xfb
#define VECTOR_ERROR     0xfe
#define VECTOR_SPURIOUS  0xff

#endif
