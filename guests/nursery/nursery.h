/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel for dom0 that does nothing but raise other domains: it builds each from one module (an ELF file of guests/)
 * with a command line of its own, waits for its end, destroys it, and compares the machine's free memory with what it
 * was.
 */
#ifndef NURSERY_H
#define NURSERY_H

#include "common/guest.h"

struct child {
    uint32_t domid;
    uint32_t vcpus;
    uint64_t frames;
    uint64_t *mfn; /* of every guest frame */
    char line[128];
    bool console; /* has one, which child_listen() empties */
    uint64_t console_pfn;
};

/** A domctl about @domid, with the interface version filled in. */
long domctl(uint32_t cmd, uint32_t domid, struct xen_domctl *op);
/** Creates a domain and everything in it, paused. 0, or an error that was printed; then there may be a domain. */
int child_build(struct child *c, const void *elf, uint64_t size);
/** One frame of the child, mapped until the next call or child_window_close(); NULL if it can't be. */
void *child_window(const struct child *c, uint64_t pfn);
void child_window_close(void);
/** Prints what it has written to its console, line by line after "child: ". */
void child_listen(const struct child *c);
/** Port 1 of the child, which has none yet, bound to one of ours. False: it can't be. */
bool child_channel_open(const struct child *c);
/** The child is no more: its end of the channel is closed, and ours says so and can be used and closed. */
bool child_channel_closed(void);

#endif
