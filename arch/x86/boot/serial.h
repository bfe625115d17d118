/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the serial ports are that com1= and com2= mean. */
#ifndef BOOT_SERIAL_H
#define BOOT_SERIAL_H

#include "hv/compiler.h"
#include "hv/types.h"

/**
 * Opens com1 (@index 0) or com2 as the text @option says (NULL, "": at the usual address). 0, -EAGAIN (opened by
 * serial_mapped()), or -ENODEV, and then why is reported.
 */
__init int serial_open(unsigned int index, const char *option);
/** Ports in memory get their place in the final address space; then, when that is in use, go on there. */
__init void serial_map(void);
__init void serial_mapped(void);

#endif
