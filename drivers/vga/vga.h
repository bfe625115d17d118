/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PC's text screen, 80 by 25 at 0xb8000. */
#ifndef DRIVERS_VGA_H
#define DRIVERS_VGA_H

#include "hv/compiler.h"
#include "hv/types.h"

/** Adds console "vga". Not @shown: nothing is written until the machine panics. */
__init void vga_text_init(bool shown);
/** dom0 takes the screen over: no more output, unless the machine is about to stop. */
void vga_text_release(void);

#endif
