/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See trace/file.h. */
#include "trace/file.h"

#include "public.h"

_Static_assert(TRACE_FILE_WORDS == TRACE_EXTRA_MAX, "as in the ABI");

void trace_file_open(struct trace_file *f, const uint8_t *data, size_t size, uint64_t *last)
{
    *f = (struct trace_file){ .data = data, .size = size, .cpu = TRACE_FILE_CPUS, .last = last };
    memset(last, 0, TRACE_FILE_CPUS * sizeof(*last));
}

static uint32_t word_at(const struct trace_file *f, size_t at)
{
    uint32_t word;

    memcpy(&word, f->data + at, sizeof(word));
    return word;
}

/* The record at @f->at into *@e; its length, or 0 if the file ends before it does. */
static size_t record_read(const struct trace_file *f, struct trace_event *e)
{
    size_t left = f->size - f->at;

    if (left < 4)
        return 0;
    uint32_t head = word_at(f, f->at);
    bool stamped = TRC_HD_INCLUDES_CYCLE_COUNT(head);
    unsigned int nr = TRC_HD_EXTRA(head);
    size_t length = 4 * (1 + (stamped ? 2u : 0) + nr), words = f->at + length - 4 * nr;
    if (left < length)
        return 0;
    *e = (struct trace_event){ .event = TRC_HD_TO_EVENT(head), .nr = (uint8_t)nr, .stamped = stamped };
    if (stamped)
        e->stamp = word_at(f, f->at + 4) | (uint64_t)word_at(f, f->at + 8) << 32;
    for (unsigned int i = 0; i < nr; i++)
        e->word[i] = word_at(f, words + 4 * i);
    return length;
}

static enum trace_read window_begin(struct trace_file *f, const struct trace_event *e, size_t length)
{
    if (trace_word(e, 0) >= TRACE_FILE_CPUS)
        return TRACE_READ_BAD_CPU;
    f->cpu = trace_word(e, 0);
    f->at += length;
    f->window_end = trace_word(e, 1) > f->size - f->at ? f->size : f->at + trace_word(e, 1);
    return TRACE_READ_EVENT;
}

/* One record; *@wanted: it is for the caller. */
static enum trace_read step(struct trace_file *f, struct trace_event *e, bool *wanted)
{
    *wanted = false;
    if (f->at == f->size)
        return TRACE_READ_END;
    size_t length = record_read(f, e);
    if (!length)
        return TRACE_READ_CUT;
    if (e->event == TRC_TRACE_CPU_CHANGE && f->at >= f->window_end)
        return window_begin(f, e, length);
    if (f->cpu == TRACE_FILE_CPUS)
        return TRACE_READ_NO_WINDOW;
    if (f->at >= f->window_end || length > f->window_end - f->at)
        return f->window_end == f->size ? TRACE_READ_CUT : TRACE_READ_BAD_WINDOW;
    f->at += length;
    e->cpu = (uint16_t)f->cpu;
    if (e->stamped)
        f->last[f->cpu] = e->stamp;
    else
        e->stamp = f->last[f->cpu];
    *wanted = e->event != TRC_TRACE_WRAP_BUFFER;
    return TRACE_READ_EVENT;
}

enum trace_read trace_file_next(struct trace_file *f, struct trace_event *e)
{
    enum trace_read got;
    bool wanted;

    do
        got = step(f, e, &wanted);
    while (got == TRACE_READ_EVENT && !wanted);
    return got;
}
