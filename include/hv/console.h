/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The console: log lines go to a ring buffer (read by XEN_SYSCTL_readconsole) and to the drivers that console= names.
 * Input comes from a serial driver and goes to dom0 (CONSOLEIO_read, VIRQ_CONSOLE) or, after Ctrl-A three times, to
 * debug keys.
 */
#ifndef HV_CONSOLE_H
#define HV_CONSOLE_H

#include "hv/types.h"

/** A place where characters go. Functions may be called with interrupts off; but for write, they may be NULL. */
struct console_driver {
    const char *name; /* as in console=, "com1", "vga" */
    /**
     * LOCK_CONSOLE is held. A slow device keeps the text for later, unless console_is_synchronous(), and counts what it
     * cannot keep.
     */
    void (*write)(const char *text, size_t len);
    /** Would a text of @len bytes be taken without a loss? Sends what it can meanwhile. No lock is held. */
    bool (*room)(size_t len);
    /** Has sent all that it kept. No lock is held. */
    void (*flush)(void);
    /** Softirq context, after output: arranges that what it kept is sent. */
    void (*service)(void);
    /** Drops locks and queues: the machine is about to stop. */
    void (*panic)(void);
};
/** Output goes to the device at once, at the device's pace, from _begin to _end; those may nest. Any context. */
void console_sync_begin(void);
void console_sync_end(void);
bool console_is_synchronous(void);
/** Does every console take @len bytes without a loss? For those that can wait. No lock held. */
bool console_room(size_t len);
/** Adds a driver and shows it what the ring holds. At most CONSOLE_DRIVERS. */
void console_add(const struct console_driver *drv);
#define CONSOLE_DRIVERS 4
/**
 * Characters that have arrived, no more than console_input_room() says (what is beyond is lost): one driver's timer
 * asks and delivers. IRQ context; no lock of level LOCK_TASKLET or above held.
 */
void console_input(const char *text, size_t len);
/** How many characters dom0's ring can take. A driver leaves what is more in its device. Any context. */
size_t console_input_room(void);
/** After this, output is synchronous and takes no locks that a stopped CPU may hold. */
void console_enter_panic(void);
/** CONSOLEIO_write by the domain @d (copied text), CONSOLEIO_read: how many bytes were read. */
void console_guest_write(struct domain *d, const char *text, size_t len);
size_t console_guest_read(char *buf, size_t cap);
/** @d is destroyed: drops the line that it had begun. */
void console_guest_forget(struct domain *d);

/** Boot. Registers debug key @key; @fn runs as a tasklet. 'h' shows @help. False: the key is taken or no character. */
bool debug_key_register(char key, void (*fn)(char key), const char *help);
/** Runs a key, as from the serial line (XEN_SYSCTL_debug_keys). */
void debug_key_handle(char key);

/** Options of the command line, given at boot. */
struct console_options {
    uint64_t ring_size;         /* bytes, a power of two or rounded down to one; 0: the default */
    uint8_t level, guest_level; /* how many levels, errors first, are always shown; 0: none */
    uint8_t limit_level, guest_limit_level; /* how many are shown at all, those beyond the first kind limited in rate */
    bool timestamps;            /* system time in front of each line */
    bool to_ring;               /* what guests write to the console goes to the ring, too (console_to_ring) */
    bool input_to_hv;           /* input goes to debug keys from the start */
    char switch_letter;         /* with Ctrl, three times, moves input; 0 means a */
};
/** Takes the options over; the ring moves to memory of the wanted size if the heap works. Boot. */
void console_configure(const struct console_options *options);
/**
 * loglvl= and guest_loglvl=: "none", "error", "warning", "info", "debug", "all", or two of them "LEVEL/LIMITED". 0 or
 * -EINVAL.
 */
int console_parse_level(const char *text, uint8_t *level, uint8_t *limit_level);
/** The same while the hypervisor runs: of guests' messages or of its own. 0 or -EINVAL. Any context. */
int console_set_level(const char *text, bool guests);

/**
 * XEN_SYSCTL_readconsole: copies up to @size of the newest bytes, or, @incremental, of those from *@index on; *@index
 * becomes where the next read goes on. @clear empties the ring afterwards. Returns the number of bytes.
 */
size_t console_read_ring(char *buf, size_t size, bool clear, bool incremental, uint32_t *index);
/** How many bytes console_read_ring() can return at most. */
size_t console_ring_size(void);

#endif
