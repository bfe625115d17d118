/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See core/trace/ring.h. */
#include "core/trace/ring.h"

#include "hv/compiler.h"
#include "hv/log.h"

#define WORD        sizeof(uint32_t)
#define BYTES(cycles, words) (WORD * (1 + ((cycles) ? 2 : 0) + (words)))
#define LOST_WORDS  4u
#define FILLER_MAX  BYTES(false, TRACE_EXTRA_MAX) /* what needs more has a time stamp */

void trace_ring_init(struct trace_ring *r, uint32_t **page, uint32_t pages)
{
    *r = (struct trace_ring){ .page = page, .size = pages * PAGE_SIZE - (uint32_t)sizeof(struct t_buf) };
}

static struct t_buf *shared(const struct trace_ring *r) { return (struct t_buf *)r->page[0]; }

/* Bytes that the tool has not read yet; all of them, if its index cannot be one. */
static uint32_t unread(struct trace_ring *r)
{
    uint32_t cons = READ_ONCE(shared(r)->cons), used;

    used = r->prod >= cons ? r->prod - cons : r->prod + 2 * r->size - cons;
    r->bogus = cons >= 2 * r->size || cons % WORD || used > r->size;
    return r->bogus ? r->size : used;
}

static void put(struct trace_ring *r, uint32_t word)
{
    uint32_t at = (uint32_t)sizeof(struct t_buf) + r->prod % r->size;

    WRITE_ONCE(r->page[at / PAGE_SIZE][at % PAGE_SIZE / WORD], word);
    r->prod += WORD;
    if (r->prod == 2 * r->size)
        r->prod = 0;
}

static void put_header(struct trace_ring *r, uint32_t event, bool cycles, unsigned int words)
{
    put(r, TRC_HD_TO_EVENT(event) | words << TRACE_EXTRA_SHIFT | (cycles ? (uint32_t)TRC_HD_CYCLE_FLAG : 0));
}

static uint32_t rest(const struct trace_ring *r) { return r->size - r->prod % r->size; }

/* A record of @bytes needs the start of the buffer if it doesn't fit before the end. */
static void fill_up(struct trace_ring *r, uint32_t bytes)
{
    uint32_t left = rest(r);

    if (left >= bytes)
        return;
    bool cycles = left > FILLER_MAX;
    uint32_t words = (left - BYTES(cycles, 0)) / WORD;
    put_header(r, TRC_TRACE_WRAP_BUFFER, cycles, words);
    for (words += cycles ? 2 : 0; words; words--)
        put(r, 0);
}

static void put_record(struct trace_ring *r, const struct trace_record *record)
{
    fill_up(r, BYTES(true, record->nr));
    put_header(r, record->event, true, record->nr);
    put(r, (uint32_t)record->stamp);
    put(r, (uint32_t)(record->stamp >> 32));
    for (unsigned int i = 0; i < record->nr; i++)
        put(r, record->word[i]);
}

static void put_lost(struct trace_ring *r, const struct trace_record *next)
{
    const uint32_t word[LOST_WORDS] = {
        r->lost, next->domain | (uint32_t)next->vcpu << 16, (uint32_t)r->lost_since, (uint32_t)(r->lost_since >> 32)
    };
    const struct trace_record record = {
        .event = TRC_LOST_RECORDS, .nr = LOST_WORDS, .word = word, .stamp = next->stamp
    };

    put_record(r, &record);
    r->lost = 0;
}

/* What a record of @bytes takes at offset *@at, with what fills the end before it; *@at moves behind it. */
static uint32_t takes(const struct trace_ring *r, uint32_t *at, uint32_t bytes)
{
    uint32_t left = r->size - *at, all = left < bytes ? left + bytes : bytes;

    *at = (*at + all) % r->size;
    return all;
}

static uint32_t takes_all(const struct trace_ring *r, unsigned int words)
{
    uint32_t at = r->prod % r->size, lost = r->lost ? takes(r, &at, BYTES(true, LOST_WORDS)) : 0;

    return lost + takes(r, &at, BYTES(true, words));
}

enum trace_written trace_ring_write(struct trace_ring *r, const struct trace_record *record)
{
    uint32_t used = unread(r), need = takes_all(r, record->nr);

    if (need > r->size - used) {
        if (!r->lost)
            r->lost_since = record->stamp;
        if (r->lost != ~0u)
            r->lost++;
        return TRACE_LOST;
    }
    if (r->lost)
        put_lost(r, record);
    put_record(r, record);
    __atomic_store_n(&shared(r)->prod, r->prod, __ATOMIC_RELEASE); /* what it covers is there */
    return used < r->size / 2 && used + need >= r->size / 2 ? TRACE_HALF_FULL : TRACE_WRITTEN;
}
