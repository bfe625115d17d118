/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The instruction by which software tells bench/profile.c that a phase of a measurement ends: a NOP with an operand
 * that no compiler makes, nopl MARK_BASE+N(%rax). It costs nothing on any machine.
 */
#ifndef BENCH_MARK_H
#define BENCH_MARK_H

#define MARK_BYTE0 0x0f
#define MARK_BYTE1 0x1f
#define MARK_BYTE2 0x80
#define MARK_BYTES 7
#define MARK_BASE 0x584e4c00
#define MARKS 32

#endif
