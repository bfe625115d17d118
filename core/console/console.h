/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of this folder share. */
#ifndef CORE_CONSOLE_CONSOLE_H
#define CORE_CONSOLE_CONSOLE_H

#include "hv/console.h"
#include "hv/lock.h"
#include "hv/log.h"

#define LOG_LINE 256 /* bytes of a line, prefix and newline included */

extern struct console_options console_options;

/** Takes and releases the console's lock, or does nothing once the machine panics. */
irqflags_t console_lock(void);
void console_unlock(irqflags_t flags);
/** To the ring. Lock held. */
void ring_append(const char *text, size_t len);
/**
 * Soon, from a context where that may be done, drivers send what they kept and, with @ring, readers of the ring are
 * told (VIRQ_CON_RING). Any context.
 */
void ring_notify(bool ring);
/** What drivers kept is on its way. Softirq context. */
void console_service(void);
/** Output to drivers and, if @ring, to the ring. Takes the lock. */
void console_write(const char *text, size_t len, bool ring);

#endif
