/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file of xentrace's into memory, in order of time, and what its clock is. */
#include "complain.h"
#include "public.h"
#include "trace.h"
#include "xnl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (512L << 20)
#define VCPUS_MAX 8192u

static uint8_t *file_read(const char *path, size_t *size)
{
    FILE *from = fopen(path, "rb");
    uint8_t *data = NULL;
    long len = -1;

    if (from && !fseek(from, 0, SEEK_END))
        len = ftell(from);
    if (len > FILE_MAX) {
        xnl_complain(XNL_FAILED, "trace: %s has %ld MiB, at most %ld are read: record less at a time, or with "
                                 "xentrace -e", path, len >> 20, FILE_MAX >> 20);
    } else {
        data = len >= 0 && !fseek(from, 0, SEEK_SET) ? malloc((size_t)len + 1) : NULL;
        *size = data ? fread(data, 1, (size_t)len, from) : 0;
        if (!data || *size != (size_t)len) {
            xnl_complain(XNL_FAILED, "trace: %s cannot be read: %s", path, strerror(errno));
            free(data);
            data = NULL;
        }
    }
    if (from)
        fclose(from);
    return data;
}

static bool grow(struct trace *t, size_t *room)
{
    if (t->nr < *room)
        return true;
    *room = *room ? 2 * *room : 4096;
    struct trace_event *more = realloc(t->event, *room * sizeof(*more));
    if (more)
        t->event = more;
    return more;
}

/* Stable: records of one time stay in the order of the file. */
static void merge(const struct trace_event *a, size_t na, const struct trace_event *b, size_t nb,
                  struct trace_event *to)
{
    while (na || nb) {
        bool left = na && (!nb || a->stamp <= b->stamp);
        *to++ = left ? *a++ : *b++;
        *(left ? &na : &nb) -= 1;
    }
}

static bool sort(struct trace *t)
{
    struct trace_event *from = t->event, *to = malloc((t->nr + 1) * sizeof(*to));

    if (!to)
        return false;
    for (size_t step = 1; step < t->nr; step *= 2) {
        for (size_t i = 0; i < t->nr; i += 2 * step) {
            size_t mid = MIN(i + step, t->nr), end = MIN(i + 2 * step, t->nr);
            merge(from + i, mid - i, from + mid, end - mid, to + i);
        }
        struct trace_event *swap = from;
        from = to;
        to = swap;
    }
    free(to);
    t->event = from;
    return true;
}

static int complain(const struct trace *t, const struct trace_file *f, enum trace_read end)
{
    switch (end) {
    case TRACE_READ_NO_WINDOW:
        return xnl_complain(XNL_FAILED, "trace: %s does not begin as a file of xentrace's does, with the record that "
                                        "names a CPU (0x1f003)", t->path);
    case TRACE_READ_BAD_CPU:
        return xnl_complain(XNL_FAILED, "trace: %s names a CPU beyond %u, at byte %zu: it is damaged", t->path,
                            TRACE_FILE_CPUS - 1, f->at);
    default:
        return xnl_complain(XNL_FAILED, "trace: %s: the record at byte %zu does not fit where CPU %u's records are: "
                                        "the file is damaged", t->path, f->at, f->cpu);
    }
}

static int events_read(struct trace *t, const uint8_t *data, size_t size)
{
    uint64_t *last = malloc(TRACE_FILE_CPUS * sizeof(*last));
    struct trace_file f;
    size_t room = 0;
    bool memory = last;

    if (memory)
        trace_file_open(&f, data, size, last);
    while (memory && (memory = grow(t, &room)) &&
           (t->end = trace_file_next(&f, &t->event[t->nr])) == TRACE_READ_EVENT) {
        t->cpus = MAX(t->cpus, t->event[t->nr].cpu + 1u);
        t->nr++;
    }
    free(last);
    if (!memory || !sort(t))
        return xnl_complain(XNL_FAILED, "trace: no memory for the records of %s", t->path);
    if (t->end != TRACE_READ_END && t->end != TRACE_READ_CUT)
        return complain(t, &f, t->end);
    return t->nr ? 0 : xnl_complain(XNL_FAILED, "trace: %s has no records", t->path);
}

int trace_load(struct trace *t, const char *path)
{
    size_t size;
    uint8_t *data = file_read(path, &size);

    *t = (struct trace){ .path = path };
    if (!data)
        return XNL_FAILED;
    int status = events_read(t, data, size);
    free(data);
    if (status)
        return status;
    t->from = t->event[0].stamp;
    t->to = t->event[t->nr - 1].stamp;
    t->khz = trace_clock(t);
    t->khz_guessed = t->khz <= 0;
    return 0;
}

void trace_free(struct trace *t) { free(t->event); }

/* Who has gone on meanwhile is not counted: its time is told from another moment on. */
struct clock_cpu { uint64_t began; uint32_t domain, vcpu; bool counts; };

double trace_clock(const struct trace *t)
{
    struct clock_cpu *cpu = calloc(TRACE_FILE_CPUS, sizeof(*cpu));
    double ticks = 0, ns = 0;

    for (size_t i = 0; cpu && i < t->nr; i++) {
        const struct trace_event *e = &t->event[i];
        struct clock_cpu *c = &cpu[e->cpu];
        if (e->event == TRC_SCHED_SWITCH_INFNEXT && e->nr >= 4)
            *c = (struct clock_cpu){ e->stamp, e->word[0], e->word[1], true };
        if (e->event == TRC_SCHED_SWITCH_INFCONT || e->event == TRC_LOST_RECORDS)
            c->counts = false;
        if (e->event != TRC_SCHED_SWITCH_INFPREV || e->nr < 3)
            continue;
        if (c->counts && c->domain == e->word[0] && c->vcpu == e->word[1] && e->word[2] && e->word[2] != ~0u) {
            ticks += (double)(e->stamp - c->began);
            ns += e->word[2];
        }
        c->counts = false;
    }
    free(cpu);
    return ns > 1e5 ? ticks / ns * 1e6 : 0;
}

/* What lies between two times, of everything. */
struct cut { struct trace *t; const struct trace_sink *sink; };

static void cut_span(void *data, const struct trace_span *span)
{
    const struct cut *c = data;
    struct trace_span s = *span;

    s.start = MAX(s.start, c->t->from);
    s.end = MIN(s.end, c->t->to);
    if (s.start < s.end)
        c->sink->span(c->sink->data, &s);
}

static void cut_mark(void *data, const struct trace_event *e, struct trace_who who, bool known)
{
    const struct cut *c = data;

    if (c->sink->mark && e->stamp >= c->t->from && e->stamp <= c->t->to)
        c->sink->mark(c->sink->data, e, who, known);
}

bool trace_play(struct trace *t, const struct trace_sink *sink)
{
    struct trace_cpu *cpus = malloc(TRACE_FILE_CPUS * sizeof(*cpus));
    struct trace_vcpu *vcpus = malloc(VCPUS_MAX * sizeof(*vcpus));
    struct cut cut = { t, sink };
    const struct trace_sink through = { cut_span, cut_mark, &cut };
    struct timeline line;
    bool memory = cpus && vcpus;

    if (memory) {
        timeline_init(&line, &through, cpus, vcpus, VCPUS_MAX);
        for (size_t i = 0; i < t->nr; i++)
            timeline_event(&line, &t->event[i]);
        timeline_end(&line);
        t->lost = line.lost;
        t->left_out = line.left_out;
    }
    free(cpus);
    free(vcpus);
    return memory;
}
