/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See trace/timeline.h. */
#include "trace/timeline.h"

#include "public.h"

void timeline_init(struct timeline *t, const struct trace_sink *sink, struct trace_cpu *cpu, struct trace_vcpu *vcpu,
                   uint32_t vcpu_max)
{
    *t = (struct timeline){ .sink = *sink, .cpu = cpu, .vcpu = vcpu, .vcpu_max = vcpu_max };
    memset(cpu, 0, TRACE_FILE_CPUS * sizeof(*cpu));
    memset(vcpu, 0, vcpu_max * sizeof(*vcpu));
}

/* Its place, made if need be; NULL: half the table is full, which keeps searches short. */
static struct trace_vcpu *vcpu_of(struct timeline *t, struct trace_who who)
{
    uint32_t i = (who.domain * 0x9e3779b1u + who.vcpu * 0x85ebca6bu) >> 7;

    for (;; i++) {
        struct trace_vcpu *v = &t->vcpu[i & (t->vcpu_max - 1)];
        if (v->used && trace_same(v->who, who))
            return v;
        if (v->used)
            continue;
        if (t->vcpus >= t->vcpu_max / 2) {
            t->left_out++;
            return NULL;
        }
        t->vcpus++;
        *v = (struct trace_vcpu){ .who = who, .used = true, .now = { .who = who } };
        return v;
    }
}

/* Its present state ends, and @state begins. */
static void vcpu_enter(struct timeline *t, struct trace_vcpu *v, uint8_t state, const struct trace_event *e)
{
    v->now.end = e->stamp;
    if (v->now.state != TRACE_UNKNOWN)
        t->sink.span(t->sink.data, &v->now);
    if (state == TRACE_BLOCKED || state == TRACE_OFFLINE)
        v->now.woken = (struct trace_cause){ .kind = TRACE_CAUSE_UNKNOWN };
    v->now.state = state;
    v->now.start = e->stamp;
    v->now.cpu = e->cpu;
}

static uint8_t state_of(uint32_t runstate)
{
    static const uint8_t states[] = {
        [RUNSTATE_running] = TRACE_RUNNING, [RUNSTATE_runnable] = TRACE_RUNNABLE,
        [RUNSTATE_blocked] = TRACE_BLOCKED, [RUNSTATE_offline] = TRACE_OFFLINE,
    };

    return states[runstate & 3];
}

static struct trace_who who_in_word(uint32_t word)
{
    return (struct trace_who){ .domain = (uint16_t)(word >> 16), .vcpu = (uint16_t)word };
}

static void cpu_runs(struct trace_cpu *c, struct trace_who who)
{
    c->known = true;
    c->runs = who;
}

/* A state that began before the trace did is shown from its first record on. */
static void runstate(struct timeline *t, const struct trace_event *e)
{
    struct trace_cpu *c = &t->cpu[e->cpu];
    struct trace_who who = who_in_word(trace_word(e, 0));
    struct trace_vcpu *v = vcpu_of(t, who);
    uint8_t to = state_of(e->event >> 4);

    if (to == TRACE_RUNNING)
        cpu_runs(c, who);
    else if (c->known && trace_same(c->runs, who))
        c->known = false;
    if (v)
        vcpu_enter(t, v, to, e);
    if (to == TRACE_RUNNING)
        c->last = (struct trace_cause){ .kind = TRACE_CAUSE_UNKNOWN };
}

static void goes_on(struct timeline *t, const struct trace_event *e)
{
    struct trace_who who = who_in_word(trace_word(e, 0));
    struct trace_vcpu *v = vcpu_of(t, who);

    cpu_runs(&t->cpu[e->cpu], who);
    if (v && v->now.state != TRACE_RUNNING)
        vcpu_enter(t, v, TRACE_RUNNING, e);
}

/* xen/trace.h: TRC_SCHED_WAKE comes before the change of state that it leads to. */
static void wake(struct timeline *t, const struct trace_event *e)
{
    struct trace_cpu *c = &t->cpu[e->cpu];
    struct trace_who who = { (uint16_t)trace_word(e, 0), (uint16_t)trace_word(e, 1) };
    struct trace_vcpu *v = vcpu_of(t, who);

    if (!v || v->now.state == TRACE_RUNNING || v->now.state == TRACE_RUNNABLE)
        return;
    v->now.woken = c->last;
    v->woken_at = e->stamp;
    c->waiting = c->last.kind == TRACE_CAUSE_UNKNOWN ? v : NULL;
}

static void irq(struct timeline *t, const struct trace_event *e)
{
    struct trace_cpu *c = &t->cpu[e->cpu];
    struct trace_vcpu *v = c->waiting;

    if (v && (uint32_t)e->stamp - (uint32_t)v->woken_at <= (uint32_t)e->stamp - trace_word(e, 1))
        v->now.woken = (struct trace_cause){
            .kind = TRACE_CAUSE_IRQ, .cpu = e->cpu, .number = trace_word(e, 0), .op = ~0u
        };
    c->waiting = NULL;
}

static void hypercall(struct timeline *t, const struct trace_event *e)
{
    struct trace_cpu *c = &t->cpu[e->cpu];
    uint32_t head = trace_word(e, 0);

    if (!c->known)
        return;
    c->last = (struct trace_cause){
        .kind = TRACE_CAUSE_HYPERCALL, .cpu = e->cpu, .who = c->runs, .number = head & ~TRC_PV_HYPERCALL_V2_ARG_MASK,
        .op = head & TRC_PV_HYPERCALL_V2_ARG_32(0) ? trace_word(e, 1) : ~0u
    };
}

static void timer(struct timeline *t, const struct trace_event *e)
{
    t->cpu[e->cpu].last = (struct trace_cause){ .kind = TRACE_CAUSE_TIMER, .cpu = e->cpu };
}

/* Nobody knows what came to pass on that CPU. */
static void lost(struct timeline *t, const struct trace_event *e)
{
    struct trace_cpu *c = &t->cpu[e->cpu];

    t->lost += trace_word(e, 0);
    if (c->known) {
        struct trace_vcpu *v = vcpu_of(t, c->runs);
        if (v)
            vcpu_enter(t, v, TRACE_UNKNOWN, e);
    }
    *c = (struct trace_cpu){ .known = false };
}

static void schedules(struct timeline *t, const struct trace_event *e)
{
    if ((e->event & ~0xff0u) == TRC_SCHED_RUNSTATE_CHANGE)
        runstate(t, e);
    else if (e->event == TRC_SCHED_CONTINUE_RUNNING)
        goes_on(t, e);
    else if (e->event == TRC_SCHED_WAKE)
        wake(t, e);
    else if (e->event == TRC_SCHED_DOM_TIMER_FN)
        timer(t, e);
}

void timeline_event(struct timeline *t, const struct trace_event *e)
{
    struct trace_cpu *c = &t->cpu[e->cpu];

    t->events++;
    t->now = MAX(t->now, e->stamp);
    if (c->waiting && e->event != TRC_HW_IRQ_HANDLED && (e->event & 0x0ffff000) != TRC_SCHED_MIN)
        c->waiting = NULL;
    t->sink.mark(t->sink.data, e, c->runs, c->known);
    if (e->event == TRC_LOST_RECORDS)
        lost(t, e);
    else if (e->event == TRC_HW_IRQ_HANDLED)
        irq(t, e);
    else if (e->event == TRC_PV_HYPERCALL_V2 || e->event == TRC_PV_HYPERCALL_SUBCALL)
        hypercall(t, e);
    else
        schedules(t, e);
}

void timeline_end(struct timeline *t)
{
    for (uint32_t i = 0; i < t->vcpu_max; i++) {
        struct trace_vcpu *v = &t->vcpu[i];
        if (!v->used || v->now.state == TRACE_UNKNOWN)
            continue;
        v->now.end = t->now;
        t->sink.span(t->sink.data, &v->now);
        v->now.state = TRACE_UNKNOWN;
    }
}
