/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processor's own numbers, one header for each kind, for everybody: the hypervisor, its assembler files, lib/ and
 * tests. check/facts sees to it that nobody defines one a second time.
 */
#ifndef LIB_X86_CPU_BITS_H
#define LIB_X86_CPU_BITS_H

#ifdef __ASSEMBLER__
#define CPU_NUMBER(n) (n)
#else
#define CPU_NUMBER(n) (n##UL)
#endif
#define CPU_BIT(n) (CPU_NUMBER(1) << (n))

#endif
