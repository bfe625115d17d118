/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What waits to be sent on a serial line. Texts go in whole or not at all, in order; what found no room is counted, and
 * a line in its place says how much it was.
 */
#ifndef LIB_SERIAL_TX_RING_H
#define LIB_SERIAL_TX_RING_H

#include "port.h"

#define TX_RING_SIZE 16384u

struct tx_ring {
    uint32_t read, written; /* counters that wrap; the ring holds [read, written) */
    uint32_t lost;          /* bytes since the last line about it */
    char buf[TX_RING_SIZE];
};

/** Takes @text, a return before each newline; or counts it as lost. */
void tx_ring_put(struct tx_ring *r, const char *text, size_t len);
/** Moves up to @max bytes to @out; how many. Before it is empty for good it reports what was lost. */
size_t tx_ring_take(struct tx_ring *r, char *out, size_t max);
/** Whether tx_ring_put() of any text of @len bytes would take it. */
bool tx_ring_has_room(const struct tx_ring *r, size_t len);
static inline bool tx_ring_empty(const struct tx_ring *r)
{
    return r->read == r->written && !r->lost;
}

#endif
