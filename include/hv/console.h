/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The console: log lines go to a ring buffer (read by XEN_SYSCTL_readconsole) and to the drivers that console= names. Input
 * comes from a serial driver and goes to dom0 (CONSOLEIO_read, VIRQ_CONSOLE) or, after Ctrl-A three times, to debug keys.
 */
#ifndef HV_CONSOLE_H
#define HV_CONSOLE_H

#include "hv/types.h"

/** A place where characters go. All functions may be called with interrupts off; LOCK_CONSOLE is held. */
struct console_driver {
    const char *name;                               /* as in console=, "com1", "vga" */
    void (*write)(const char *text, size_t len);
    /** Drops locks and queues: the machine is about to stop. */
    void (*panic)(void);
};
void console_add(const struct console_driver *drv);
/** Characters that have arrived. IRQ context. */
void console_input(const char *text, size_t len);
/** After this, output is synchronous and takes no locks that a stopped CPU may hold. */
void console_enter_panic(void);
/** CONSOLEIO_write by the domain @d (copied text), CONSOLEIO_read: how many bytes were read. */
void console_guest_write(struct domain *d, const char *text, size_t len);
size_t console_guest_read(char *buf, size_t cap);
/** Registers debug key @key; @fn runs as a tasklet. @help is shown by 'h'. */
void debug_key_register(char key, void (*fn)(char key), const char *help);
/** Runs a key, as from the serial line (XEN_SYSCTL_debug_keys). */
void debug_key_handle(char key);

#endif
