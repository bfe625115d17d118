/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log ring: a power of two of bytes, and two counters that only grow. Byte number n is at n modulo the size; the
 * ring holds [ring_start, ring_end). A reader that remembers its number gets what came since, or the oldest that is
 * left. None of the bytes is one that the reader's terminal would obey: dom0 may send such to its own, and with
 * console_to_ring its text comes here as well.
 */
#include "base/text.h"
#include "core/console/console.h"
#include "hv/event.h"
#include "hv/heap.h"
#include "hv/softirq.h"

#define RING_DEFAULT 16384u
#define RING_MAX     (16u << 20)

static char ring_first[RING_DEFAULT]; /* until the heap works */
static char *ring = ring_first;
static uint32_t ring_size = RING_DEFAULT;
static uint32_t ring_start, ring_end;

static bool ring_has_readers; /* once the softirq is registered */

static bool ring_is_new;

static void ring_raise(void)
{
    console_service();
    if (__atomic_exchange_n(&ring_is_new, false, __ATOMIC_SEQ_CST))
        virq_raise_global(VIRQ_CON_RING);
}

void ring_append(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = text[i] == '\n' ? '\n' : text_shown(text[i]);
        if (c)
            ring[ring_end++ & (ring_size - 1)] = c;
    }
    if (ring_end - ring_start > ring_size)
        ring_start = ring_end - ring_size;
}

void ring_notify(bool new)
{
    if (new)
        WRITE_ONCE(ring_is_new, true);
    if (ring_has_readers)
        softirq_raise(SOFTIRQ_CONSOLE);
}

/* Copies [from, from + len) out. Lock held. */
static void ring_copy(char *buf, uint32_t from, uint32_t len)
{
    uint32_t at = from & (ring_size - 1), first = MIN(len, ring_size - at);

    memcpy(buf, ring + at, first);
    memcpy(buf + first, ring, len - first);
}

size_t console_read_ring(char *buf, size_t size, bool clear, bool incremental, uint32_t *index)
{
    irqflags_t flags = console_lock();
    uint32_t from = ring_start;
    /* The difference decides, so that a counter that wrapped still compares right. */
    if (incremental && (int32_t)(*index - ring_start) > 0)
        from = (int32_t)(*index - ring_end) > 0 ? ring_end : *index;
    uint32_t len = (uint32_t)MIN(size, (size_t)(ring_end - from));
    ring_copy(buf, from, len);
    if (clear)
        ring_start = ring_end;
    console_unlock(flags);
    *index = from + len;
    return len;
}

size_t console_ring_size(void)
{
    return ring_size;
}

/* The largest power of two not above @wanted, within what makes sense. */
static uint32_t ring_round(uint64_t wanted)
{
    uint32_t size = 4096;
    while (size < RING_MAX && size * 2ULL <= wanted)
        size *= 2;
    return size;
}

static void ring_resize(uint64_t wanted)
{
    uint32_t size = ring_round(wanted);
    unsigned int order = 0;
    while ((PAGE_SIZE << order) < size)
        order++;
    char *bigger = size == ring_size ? NULL : hv_alloc_pages(order);
    if (!bigger)
        return;
    irqflags_t flags = console_lock();
    uint32_t keep = MIN(ring_end - ring_start, size);
    for (uint32_t n = ring_end - keep; n != ring_end; n++)
        bigger[n & (size - 1)] = ring[n & (ring_size - 1)];
    ring = bigger;
    ring_size = size;
    ring_start = ring_end - keep;
    console_unlock(flags);
}

void console_configure(const struct console_options *options)
{
    console_options = *options;
    if (options->ring_size && ring == ring_first)
        ring_resize(options->ring_size);
    softirq_register(SOFTIRQ_CONSOLE, ring_raise);
    ring_has_readers = true;
}
