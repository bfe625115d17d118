/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file that xentrace wrote: records of xen/trace.h, in windows. A record TRC_TRACE_CPU_CHANGE says whose the next
 * bytes are and how many; windows of one CPU follow each other in time, those of several CPUs do not.
 *
 * The file may be anything. Its end in the middle of a record, as when xentrace was killed, ends it; a window that is
 * not made of whole records is an error, because nothing behind it can be found.
 */
#ifndef TRACE_FILE_H
#define TRACE_FILE_H

#include "port.h"

#define TRACE_FILE_CPUS 4096u
#define TRACE_FILE_WORDS 7u

struct trace_event {
    uint64_t stamp;          /* TSC; that of the record before on the same CPU, if it has none of its own */
    uint32_t event;
    uint16_t cpu;
    uint8_t nr;              /* words */
    bool stamped;
    uint32_t word[TRACE_FILE_WORDS];
};

enum trace_read {
    TRACE_READ_EVENT,
    TRACE_READ_END,          /* after a whole record */
    TRACE_READ_CUT,          /* in the middle of one */
    TRACE_READ_NO_WINDOW,    /* a record before any window: not a file of xentrace's */
    TRACE_READ_BAD_CPU,      /* beyond TRACE_FILE_CPUS */
    TRACE_READ_BAD_WINDOW,   /* a record runs over its window's end */
};

struct trace_file {
    const uint8_t *data;
    size_t size, at;         /* `at`: behind the last whole record */
    size_t window_end;
    uint32_t cpu;            /* TRACE_FILE_CPUS: none yet */
    uint64_t *last;          /* [TRACE_FILE_CPUS] stamps, zeros at first */
};

/** @last has TRACE_FILE_CPUS elements, which are zeroed here. */
void trace_file_open(struct trace_file *f, const uint8_t *data, size_t size, uint64_t *last);
/** The next record that is one of the machine's: those that only order the file are passed over. */
enum trace_read trace_file_next(struct trace_file *f, struct trace_event *e);

/** A field of an event, 0 where it has none: what a hostile or newer file leaves out. */
static inline uint32_t trace_word(const struct trace_event *e, unsigned int i) { return i < e->nr ? e->word[i] : 0; }
static inline uint64_t trace_word64(const struct trace_event *e, unsigned int i)
{
    return trace_word(e, i) | (uint64_t)trace_word(e, i + 1) << 32;
}

#endif
