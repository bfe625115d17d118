/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Laws of reading a trace: whatever the file holds, reading ends; what is told of lies within the file's bytes, on a
 * CPU that there can be, names are texts and no span ends before it begins; and no more records come out than
 * fit into the file.
 */
#include <stdlib.h>
#include <string.h>

#include "law.h"
#include "public.h"
#include "trace/timeline.h"

#define VCPUS 64u

static struct trace_cpu cpus[TRACE_FILE_CPUS];
static struct trace_vcpu vcpus[VCPUS];
static uint64_t last[TRACE_FILE_CPUS], spans, marks;

static void span(void *data, const struct trace_span *s)
{
    char text[64];

    require(s->start <= s->end && s->cpu < TRACE_FILE_CPUS && s->state != TRACE_UNKNOWN && s->state <= TRACE_OFFLINE);
    trace_cause_text(&s->woken, text, sizeof(text));
    require(strlen(text) < sizeof(text));
    spans++;
}

static void mark(void *data, const struct trace_event *e, struct trace_who who, bool known)
{
    const char *name = trace_event_name(e);

    require(e->cpu < TRACE_FILE_CPUS && e->nr <= TRACE_FILE_WORDS && (!name || *name));
    marks++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct trace_sink sink = { .span = span, .mark = mark };
    struct trace_file f;
    struct timeline t;
    struct trace_event e;
    uint64_t events = 0, time = 0;

    spans = marks = 0;
    trace_file_open(&f, data, size, last);
    timeline_init(&t, &sink, cpus, vcpus, VCPUS);
    while (trace_file_next(&f, &e) == TRACE_READ_EVENT) {
        require(f.at <= size && ++events <= size / 4);
        require(e.event != TRC_TRACE_WRAP_BUFFER);
        time = e.stamp = MAX(time, e.stamp); /* as a caller that has sorted them */
        timeline_event(&t, &e);
    }
    timeline_end(&t);
    require(marks == events && t.events == events && t.vcpus <= VCPUS / 2);
    require(spans <= 2 * events + VCPUS);
    return 0;
}
