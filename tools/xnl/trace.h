/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trace in memory, and the three ways of telling it: for people, as a timeline in JSON, as a picture. */
#ifndef TOOLS_XNL_TRACE_H
#define TOOLS_XNL_TRACE_H

#include "trace/timeline.h"

struct trace {
    const char *path;
    struct trace_event *event; /* in order of time */
    size_t nr;
    enum trace_read end;       /* how the file ended: TRACE_READ_END or TRACE_READ_CUT */
    double khz;                /* ticks of the stamps per ms */
    bool khz_guessed;          /* nothing in the file tells */
    uint64_t from, to;         /* stamps; what lies outside is not shown */
    uint64_t lost, left_out;   /* set by trace_play() */
    unsigned int cpus;         /* one more than the highest that has a record */
};

/** 0, or the exit status, with a complaint made. */
int trace_load(struct trace *t, const char *path);
void trace_free(struct trace *t);
/** Ticks per ms by what the records of switches say of the times between them; 0: too little is told. */
double trace_clock(const struct trace *t);
/** Hands what happened between t->from and t->to to @sink: spans are cut there. False: no memory. */
bool trace_play(struct trace *t, const struct trace_sink *sink);

/** Time of a stamp since t->from, in us; and of a length. */
static inline double trace_us(const struct trace *t, uint64_t stamp)
{
    return (double)(stamp - t->from) * 1000 / t->khz;
}
static inline double trace_length_us(const struct trace *t, uint64_t ticks) { return (double)ticks * 1000 / t->khz; }
static inline bool trace_is_idle(struct trace_who who) { return who.domain == TRACE_IDLE_DOMAIN; }

/** What each vCPU did, added up. */
struct trace_sum {
    struct trace_who who;
    uint64_t in_state[TRACE_OFFLINE + 1], longest_wait;
    unsigned int runs, wakes, hypercalls;
};
#define TRACE_SUMS_MAX 512u
struct trace_sums { struct trace_sum sum[TRACE_SUMS_MAX]; unsigned int nr; };
/** That of @who, made if need be; NULL: no room. */
struct trace_sum *trace_sum_of(struct trace_sums *sums, struct trace_who who);
/** All of them, by domain and vCPU, without the idle ones. False: no memory. */
bool trace_sum_up(struct trace *t, struct trace_sums *sums);

/* Each prints to standard output. False: no memory. */
bool trace_print_text(struct trace *t);
bool trace_print_json(struct trace *t);
bool trace_print_svg(struct trace *t);

#endif
