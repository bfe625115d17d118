/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory that crashkernel= keeps. */
#ifndef KEXEC_RESERVE_H
#define KEXEC_RESERVE_H

#include "hv/compiler.h"

/**
 * Takes the crash area that crashkernel= asks for out of free memory. After the memory map was read, before any use.
 */
__init void kexec_reserve(void);

#endif
