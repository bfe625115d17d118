/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports and device memory for drivers. */
#ifndef ARCH_IO_H
#define ARCH_IO_H

#include "hv/types.h"
#include "hw/native/io.h"

/** Maps device memory, uncached, at any alignment; NULL if there is no room. Never unmapped: devices stay. */
void *ioremap(paddr_t pa, size_t len);
/**
 * Where physical memory is reached, tables and device memory of the first MiB too: at its own addresses while booting,
 * in the direct map later.
 */
extern uint64_t map_table_base;

#endif
