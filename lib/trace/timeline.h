/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From records in order of time to what a picture shows: who ran where and until when, how long each vCPU waited before
 * and who or what woke it, and what happened in between.
 *
 * Why a vCPU woke is on the CPU that woke it: a hypercall of the one that runs there, the timer of the woken one, or an
 * interrupt. An interrupt's record follows when it has been served, and says when that began: so a wake-up that has no
 * other cause is kept until the next record of that CPU.
 */
#ifndef TRACE_TIMELINE_H
#define TRACE_TIMELINE_H

#include "trace/file.h"

#define TRACE_IDLE_DOMAIN 0x7fffu

struct trace_who { uint16_t domain, vcpu; };
static inline bool trace_same(struct trace_who a, struct trace_who b)
{
    return a.domain == b.domain && a.vcpu == b.vcpu;
}

enum trace_cause_kind { TRACE_CAUSE_UNKNOWN, TRACE_CAUSE_HYPERCALL, TRACE_CAUSE_TIMER, TRACE_CAUSE_IRQ };
struct trace_cause {
    uint8_t kind;            /* enum trace_cause_kind */
    uint16_t cpu;            /* where */
    struct trace_who who;    /* whose hypercall */
    uint32_t number;         /* hypercall or interrupt */
    uint32_t op;             /* its first argument that the record has, ~0: none */
};

enum trace_state { TRACE_UNKNOWN, TRACE_RUNNING, TRACE_RUNNABLE, TRACE_BLOCKED, TRACE_OFFLINE };

/** @who was in @state from @start to @end, on @cpu if it ran. @woken: why it was woken from it, or before it. */
struct trace_span {
    struct trace_who who;
    uint8_t state;           /* enum trace_state */
    uint16_t cpu;
    uint64_t start, end;
    struct trace_cause woken;
};

struct trace_vcpu {
    struct trace_who who;
    bool used;
    struct trace_span now;   /* its present state; end is not set */
    uint64_t woken_at;
};

struct trace_cpu {
    bool known;              /* who runs there */
    struct trace_who runs;
    struct trace_cause last; /* what may wake somebody */
    struct trace_vcpu *waiting; /* woken here, for no reason that is known yet */
};

/** What the records say; called in order of the times at which it becomes known. */
struct trace_sink {
    void (*span)(void *data, const struct trace_span *span);
    /** Anything that has no length: @who ran there, if it is @known. */
    void (*mark)(void *data, const struct trace_event *e, struct trace_who who, bool known);
    void *data;
};

struct timeline {
    struct trace_sink sink;
    struct trace_cpu *cpu;   /* [TRACE_FILE_CPUS] */
    struct trace_vcpu *vcpu; /* [vcpu_max], by a hash of who */
    uint32_t vcpu_max;       /* a power of two */
    uint32_t vcpus;
    uint64_t events, lost;   /* records, and those that the file says are missing */
    uint64_t left_out;       /* records about vCPUs beyond vcpu_max / 2 */
    uint64_t now;
};

/** The arrays are zeroed here. */
void timeline_init(struct timeline *t, const struct trace_sink *sink, struct trace_cpu *cpu, struct trace_vcpu *vcpu,
                   uint32_t vcpu_max);
/** In order of their stamps. */
void timeline_event(struct timeline *t, const struct trace_event *e);
/** Spans that have begun end at the time of the last record. */
void timeline_end(struct timeline *t);

/** "event_channel_op" and so on; NULL: no such number. */
const char *trace_hypercall_name(uint32_t nr);
/** "send", for some operations of some hypercalls; NULL: it has no name here. */
const char *trace_hypercall_op(uint32_t nr, uint32_t op);
/** What @e is in one word, such as "hypercall" or "page_fault"; NULL: nothing that has a name here. */
const char *trace_event_name(const struct trace_event *e);
/** Why, in a sentence's end: "by d0v1: event_channel_op send". */
void trace_cause_text(const struct trace_cause *c, char *buf, size_t size);

#endif
