/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A framebuffer that the loader has set up, as a console of text. There is one at most. */
#ifndef DRIVERS_FRAMEBUFFER_H
#define DRIVERS_FRAMEBUFFER_H

#include "hv/compiler.h"
#include "hv/types.h"
#include "screen/screen.h"

/**
 * Adds console "vga". @pixels: where the framebuffer is mapped, NULL if it is not yet. Not @shown: nothing is drawn
 * until the machine panics. 0, or -EINVAL for a mode that text cannot be drawn in.
 */
__init int framebuffer_init(const struct screen_mode *mode, void *pixels, bool shown);
/** Mapped for good: what could not be drawn yet is. */
__init void framebuffer_mapped(void *pixels);
/** dom0 takes the screen over: no more output, unless the machine is about to stop. */
void framebuffer_release(void);

#endif
