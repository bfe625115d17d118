/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports and device memory for drivers. */
#ifndef ARCH_IO_H
#define ARCH_IO_H

#include "hv/types.h"
#include "hw/native/io.h"
#include "mm/map.h" /* ioremap() */

#endif
