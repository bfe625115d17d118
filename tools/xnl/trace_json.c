/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trace event format that Perfetto (ui.perfetto.dev) and Chrome (about:tracing) open: one track for each CPU, with
 * who runs there, and one for each vCPU, below its domain, with its states and with what it does. An arrow leads from
 * who woke a vCPU to where it then runs.
 */
#include "public.h"
#include "trace.h"

#include <stdio.h>

#define CPUS_PID 1u /* domain n is n + 10 */
#define DOMAIN_PID(domain) ((domain) + 10u)

struct writer { struct trace *t; bool any; unsigned int flows; };

static void begin(struct writer *w)
{
    fputs(w->any ? ",\n" : "\n", stdout);
    w->any = true;
}

static void name_of(struct writer *w, const char *what, unsigned int pid, long tid, const char *name)
{
    begin(w);
    printf("{\"ph\":\"M\",\"name\":\"%s\",\"pid\":%u,", what, pid);
    if (tid >= 0)
        printf("\"tid\":%ld,", tid);
    printf("\"args\":{\"name\":\"%s\"}}", name);
}

static void metadata(struct writer *w, const struct trace_sums *sums)
{
    char text[32];

    name_of(w, "process_name", CPUS_PID, -1, "CPUs");
    for (unsigned int cpu = 0; cpu < w->t->cpus; cpu++) {
        snprintf(text, sizeof(text), "CPU %u", cpu);
        name_of(w, "thread_name", CPUS_PID, cpu, text);
    }
    for (unsigned int i = 0; i < sums->nr; i++) {
        struct trace_who who = sums->sum[i].who;
        snprintf(text, sizeof(text), "Domain %u", who.domain);
        if (!i || sums->sum[i - 1].who.domain != who.domain)
            name_of(w, "process_name", DOMAIN_PID(who.domain), -1, text);
        snprintf(text, sizeof(text), "d%uv%u", who.domain, who.vcpu);
        name_of(w, "thread_name", DOMAIN_PID(who.domain), who.vcpu, text);
    }
}

static void slice(struct writer *w, const struct trace_span *s, unsigned int pid, unsigned int tid, const char *name)
{
    char why[80];

    begin(w);
    printf("{\"ph\":\"X\",\"name\":\"%s\",\"pid\":%u,\"tid\":%u,\"ts\":%.3f,\"dur\":%.3f", name, pid, tid,
           trace_us(w->t, s->start), trace_length_us(w->t, s->end - s->start));
    trace_cause_text(&s->woken, why, sizeof(why));
    if (*why)
        printf(",\"args\":{\"woken\":\"%s\"}", why);
    putchar('}');
}

static void arrow(struct writer *w, const struct trace_span *s)
{
    const struct trace_who *by = &s->woken.who;

    begin(w);
    printf("{\"ph\":\"s\",\"name\":\"wake\",\"cat\":\"wake\",\"id\":%u,\"pid\":%u,\"tid\":%u,\"ts\":%.3f},\n",
           ++w->flows, DOMAIN_PID(by->domain), by->vcpu, trace_us(w->t, s->start));
    printf("{\"ph\":\"f\",\"bp\":\"e\",\"name\":\"wake\",\"cat\":\"wake\",\"id\":%u,\"pid\":%u,\"tid\":%u,\"ts\":%.3f}",
           w->flows, DOMAIN_PID(s->who.domain), s->who.vcpu, trace_us(w->t, s->end));
}

static void span(void *data, const struct trace_span *s)
{
    static const char *const states[] = { [TRACE_RUNNABLE] = "waits for a CPU", [TRACE_BLOCKED] = "blocked",
                                          [TRACE_OFFLINE] = "offline" };
    char name[32];

    if (trace_is_idle(s->who))
        return;
    if (s->state != TRACE_RUNNING) {
        slice(data, s, DOMAIN_PID(s->who.domain), s->who.vcpu, states[s->state]);
        if (s->state == TRACE_RUNNABLE && s->woken.kind == TRACE_CAUSE_HYPERCALL)
            arrow(data, s);
        return;
    }
    snprintf(name, sizeof(name), "d%uv%u", s->who.domain, s->who.vcpu);
    slice(data, s, CPUS_PID, s->cpu, name);
    snprintf(name, sizeof(name), "runs on CPU %u", s->cpu);
    slice(data, s, DOMAIN_PID(s->who.domain), s->who.vcpu, name);
}

static void mark_name(const struct trace_event *e)
{
    uint32_t head = trace_word(e, 0), nr = head & ~TRC_PV_HYPERCALL_V2_ARG_MASK;
    bool call = e->event == TRC_PV_HYPERCALL_V2 || e->event == TRC_PV_HYPERCALL_SUBCALL;
    const char *name = call ? trace_hypercall_name(nr) : trace_event_name(e), *op = NULL;

    if (call && head & TRC_PV_HYPERCALL_V2_ARG_32(0))
        op = trace_hypercall_op(nr, trace_word(e, 1));
    if (name)
        printf("%s%s%s", name, op ? " " : "", op ? op : "");
    else if (call)
        printf("hypercall %u", nr);
    else
        printf("event 0x%x", e->event);
}

/* Changes of state are spans already. */
static bool is_scheduling(const struct trace_event *e)
{
    return (e->event & 0x0ffff000) == TRC_SCHED_MIN || e->event == TRC_SCHED_SWITCH ||
           e->event == TRC_SCHED_SWITCH_INFPREV || e->event == TRC_SCHED_SWITCH_INFNEXT ||
           e->event == TRC_SCHED_SWITCH_INFCONT;
}

static void mark(void *data, const struct trace_event *e, struct trace_who who, bool known)
{
    struct writer *w = data;
    bool of_vcpu = known && !trace_is_idle(who);

    if (is_scheduling(e))
        return;
    begin(w);
    printf("{\"ph\":\"i\",\"s\":\"t\",\"name\":\"");
    mark_name(e);
    printf("\",\"pid\":%u,\"tid\":%u,\"ts\":%.3f,\"args\":{\"event\":\"0x%x\"",
           of_vcpu ? DOMAIN_PID(who.domain) : CPUS_PID, of_vcpu ? who.vcpu : e->cpu,
           trace_us(w->t, e->stamp), e->event);
    for (unsigned int i = 0; i < e->nr; i++)
        printf("%s\"0x%x\"%s", i ? "," : ",\"words\":[", e->word[i], i + 1 == e->nr ? "]" : "");
    printf("}}");
}

bool trace_print_json(struct trace *t)
{
    static struct trace_sums sums;
    struct writer w = { .t = t };
    const struct trace_sink sink = { span, mark, &w };

    if (!trace_sum_up(t, &sums))
        return false;
    printf("{\"displayTimeUnit\":\"ns\",\"otherData\":{\"lost\":%llu,\"MHz\":%.3f},\"traceEvents\":[",
           (unsigned long long)t->lost, t->khz / 1000);
    metadata(&w, &sums);
    bool memory = trace_play(t, &sink);
    printf("\n]}\n");
    return memory;
}
