/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which consoles there are on this machine. */
#ifndef BOOT_CONSOLES_H
#define BOOT_CONSOLES_H

#include "hv/compiler.h"

/** By the options: opens what console= names, or what there is instead, and says so. */
__init void consoles_open(void);
/** Device memory of consoles gets its place in the final address space, which is not in use yet. */
__init void consoles_map(void);
/** The final address space is in use. */
__init void consoles_mapped(void);
/** dom0 takes the screen over, unless vga= says otherwise. */
void consoles_release(void);

#endif
