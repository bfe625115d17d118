/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trace for people: a line for each vCPU. And what the picture writes beside it: the same sums. */
#include "public.h"
#include "trace.h"

#include <stdio.h>
#include <stdlib.h>

struct trace_sum *trace_sum_of(struct trace_sums *sums, struct trace_who who)
{
    for (unsigned int i = 0; i < sums->nr; i++)
        if (trace_same(sums->sum[i].who, who))
            return &sums->sum[i];
    if (sums->nr == TRACE_SUMS_MAX)
        return NULL;
    sums->sum[sums->nr].who = who;
    return &sums->sum[sums->nr++];
}

static void span(void *data, const struct trace_span *s)
{
    struct trace_sum *sum = trace_is_idle(s->who) ? NULL : trace_sum_of(data, s->who);

    if (!sum)
        return;
    sum->in_state[s->state] += s->end - s->start;
    if (s->state == TRACE_RUNNING)
        sum->runs++;
    if (s->state == TRACE_RUNNABLE)
        sum->longest_wait = MAX(sum->longest_wait, s->end - s->start);
}

static void mark(void *data, const struct trace_event *e, struct trace_who who, bool known)
{
    bool wakes = e->event == TRC_SCHED_WAKE;
    struct trace_who whose = { (uint16_t)trace_word(e, 0), (uint16_t)trace_word(e, 1) };
    struct trace_sum *sum = NULL;

    if (wakes)
        sum = trace_sum_of(data, whose);
    else if (e->event == TRC_PV_HYPERCALL_V2 && known)
        sum = trace_sum_of(data, who);
    if (sum)
        *(wakes ? &sum->wakes : &sum->hypercalls) += 1;
}

static int by_who(const void *a, const void *b)
{
    const struct trace_sum *x = a, *y = b;

    return x->who.domain != y->who.domain ? x->who.domain - y->who.domain : x->who.vcpu - y->who.vcpu;
}

bool trace_sum_up(struct trace *t, struct trace_sums *sums)
{
    const struct trace_sink sink = { span, mark, sums };

    sums->nr = 0;
    memset(sums->sum, 0, sizeof(sums->sum));
    if (!trace_play(t, &sink))
        return false;
    qsort(sums->sum, sums->nr, sizeof(sums->sum[0]), by_who);
    return true;
}

static void print_sum(const struct trace *t, const struct trace_sum *s)
{
    double all = (double)MAX(t->to - t->from, 1ull);
    char name[16];

    snprintf(name, sizeof(name), "d%uv%u", s->who.domain, s->who.vcpu);
    printf("%-10s %6.2f %% %6.2f %% %8u %8u %12.1f us %10u\n", name, 100 * (double)s->in_state[TRACE_RUNNING] / all,
           100 * (double)s->in_state[TRACE_RUNNABLE] / all, s->runs, s->wakes, trace_length_us(t, s->longest_wait),
           s->hypercalls);
}

bool trace_print_text(struct trace *t)
{
    static struct trace_sums sums;

    if (!trace_sum_up(t, &sums))
        return false;
    printf("%s: %zu records of %u CPUs, %.3f s at %.0f MHz%s\n", t->path, t->nr, t->cpus,
           trace_us(t, t->to) / 1e6, t->khz / 1000, t->end == TRACE_READ_CUT ? ", cut short" : "");
    if (t->lost)
        printf("%llu records are lost: xentrace -S takes larger buffers, -e and -c fewer events\n",
               (unsigned long long)t->lost);
    printf("%-10s %8s %8s %8s %8s %15s %10s\n", "vCPU", "runs", "waits", "times", "wakes", "longest wait",
           "hypercalls");
    for (unsigned int i = 0; i < sums.nr; i++)
        print_sum(t, &sums.sum[i]);
    return true;
}
