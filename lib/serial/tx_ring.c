/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See tx_ring.h. */
#include "serial/tx_ring.h"

#include "base/format.h"

#define NOTE_MAX 128u

static uint32_t room(const struct tx_ring *r)
{
    return TX_RING_SIZE - (r->written - r->read);
}

static void append(struct tx_ring *r, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n')
            r->buf[r->written++ % TX_RING_SIZE] = '\r';
        r->buf[r->written++ % TX_RING_SIZE] = text[i];
    }
}

/* Only when it is a quarter empty again, so that a storm of output is not made of these lines. */
static void tell_lost(struct tx_ring *r)
{
    char note[NOTE_MAX];

    if (!r->lost || room(r) < TX_RING_SIZE / 4)
        return;
    format(note, sizeof(note),
           "\n(XEN) *** %u bytes lost here, for which the serial line was too slow (sync_console waits)\n", r->lost);
    append(r, note, strlen(note));
    r->lost = 0;
}

bool tx_ring_has_room(const struct tx_ring *r, size_t len)
{
    return 2 * len <= room(r) && !r->lost;
}

void tx_ring_put(struct tx_ring *r, const char *text, size_t len)
{
    size_t wanted = len;

    for (size_t i = 0; i < len; i++)
        wanted += text[i] == '\n';
    tell_lost(r);
    if (r->lost || wanted > room(r))
        r->lost += (uint32_t)MIN(len, (size_t)(UINT32_MAX - r->lost));
    else
        append(r, text, len);
}

size_t tx_ring_take(struct tx_ring *r, char *out, size_t max)
{
    size_t n = 0;

    tell_lost(r);
    while (n < max && r->read != r->written)
        out[n++] = r->buf[r->read++ % TX_RING_SIZE];
    return n;
}
