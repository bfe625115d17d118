/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A picture that needs nothing else: a row for each CPU, coloured by who ran there longest in each column, and one for
 * each vCPU: how much of a column it ran (its colour, from below) and how much it waited for a CPU (grey, above that),
 * with a line of ticks for its hypercalls. However long the trace is, a picture has so many columns, and equal ones
 * are one rectangle.
 */
#include "public.h"
#include "trace.h"

#include <stdio.h>
#include <stdlib.h>

#define COLUMNS   1000u
#define LEFT      150u
#define RIGHT     20u
#define TOP       60u
#define ROW       40u
#define BAR       24u
#define STEPS     12u /* heights of a bar */
#define CPUS_MAX  128u
#define VCPUS_MAX 128u

static const char *const colours[] = { "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c6d31",
                                       "#7a68a6" };

struct cpu_row { uint16_t best[COLUMNS]; float most[COLUMNS]; }; /* a vCPU's number plus 1; 0: nobody, or idle */
struct vcpu_row { float ran[COLUMNS], waited[COLUMNS]; uint32_t calls[COLUMNS]; };

struct picture {
    struct trace *t;
    struct trace_sums sums;
    unsigned int cpus, vcpus;
    struct cpu_row *cpu;
    struct vcpu_row *vcpu;
};

static double column_of(const struct picture *p, uint64_t stamp)
{
    return (double)(stamp - p->t->from) * COLUMNS / (double)MAX(p->t->to - p->t->from, 1ull);
}

static int number_of(const struct picture *p, struct trace_who who)
{
    for (unsigned int i = 0; i < p->vcpus; i++)
        if (trace_same(p->sums.sum[i].who, who))
            return (int)i;
    return -1;
}

static void add(struct picture *p, const struct trace_span *s, int vcpu, unsigned int column, float part)
{
    if (s->state == TRACE_RUNNABLE)
        p->vcpu[vcpu].waited[column] += part;
    if (s->state != TRACE_RUNNING)
        return;
    p->vcpu[vcpu].ran[column] += part;
    if (s->cpu < p->cpus && part > p->cpu[s->cpu].most[column]) {
        p->cpu[s->cpu].most[column] = part;
        p->cpu[s->cpu].best[column] = (uint16_t)(vcpu + 1);
    }
}

static void span(void *data, const struct trace_span *s)
{
    struct picture *p = data;
    int vcpu = trace_is_idle(s->who) ? -1 : number_of(p, s->who);
    double start = column_of(p, s->start), end = column_of(p, s->end);

    if (vcpu < 0 || (s->state != TRACE_RUNNING && s->state != TRACE_RUNNABLE))
        return;
    for (unsigned int c = (unsigned int)start; c < COLUMNS && c < end; c++)
        add(p, s, vcpu, c, (float)(MIN(end, c + 1.0) - MAX(start, (double)c)));
}

static void mark(void *data, const struct trace_event *e, struct trace_who who, bool known)
{
    struct picture *p = data;
    int vcpu = known && e->event == TRC_PV_HYPERCALL_V2 ? number_of(p, who) : -1;

    if (vcpu >= 0)
        p->vcpu[vcpu].calls[MIN((unsigned int)column_of(p, e->stamp), COLUMNS - 1)]++;
}

static void text(double x, double y, const char *style, const char *words)
{
    printf("<text x=\"%.0f\" y=\"%.0f\" %s>%s</text>\n", x, y, style, words);
}

/* A scale of 1, 2 or 5 times a power of ten, with at most ten ticks. */
static void axis(const struct picture *p, double bottom)
{
    static const struct { double us; const char *name; } units[] = { { 1e6, "s" }, { 1e3, "ms" }, { 1, "us" } };
    double all = trace_us(p->t, p->t->to), step = 1e-3;
    unsigned int unit = 0;
    char words[32];

    for (unsigned int i = 0; all / step > 10; i++)
        step *= i % 3 == 1 ? 2.5 : 2;
    while (unit < 2 && all < 2 * units[unit].us)
        unit++;
    for (double at = 0; at <= all * 1.0001; at += step) {
        double x = LEFT + at / all * COLUMNS;
        printf("<line x1=\"%.1f\" y1=\"%u\" x2=\"%.1f\" y2=\"%.0f\" stroke=\"#ddd\"/>\n", x, TOP - 6, x, bottom);
        snprintf(words, sizeof(words), "%g %s", at / units[unit].us, units[unit].name);
        text(x, TOP - 12, "text-anchor=\"middle\" class=\"s\"", words);
    }
}

static void rect(unsigned int column, unsigned int columns, double y, double height, const char *fill)
{
    printf("<rect x=\"%u\" y=\"%.1f\" width=\"%u\" height=\"%.1f\" fill=\"%s\"", LEFT + column, y, columns, height,
           fill);
}

static void cpu_draw(const struct picture *p, unsigned int cpu, double y)
{
    const struct cpu_row *row = &p->cpu[cpu];
    char name[32];

    snprintf(name, sizeof(name), "CPU %u", cpu);
    text(LEFT - 8, y + 17, "text-anchor=\"end\"", name);
    rect(0, COLUMNS, y, BAR, "#f4f4f4");
    puts("/>");
    for (unsigned int c = 0, next; c < COLUMNS; c = next) {
        for (next = c + 1; next < COLUMNS && row->best[next] == row->best[c];)
            next++;
        if (!row->best[c])
            continue;
        struct trace_who who = p->sums.sum[row->best[c] - 1].who;
        rect(c, next - c, y, BAR, colours[(row->best[c] - 1u) % ARRAY_SIZE(colours)]);
        printf("><title>d%uv%u on CPU %u</title></rect>\n", who.domain, who.vcpu, cpu);
    }
}

static unsigned int step_of(float part) { return (unsigned int)(MIN(part, 1.0f) * STEPS + 0.5f); }

/* Equal neighbours of one of a vCPU's three lines become one rectangle. @from: where the bar stands in each column. */
static void bars(const float *part, const float *below, double y, const char *fill)
{
    for (unsigned int c = 0, next; c < COLUMNS; c = next) {
        unsigned int height = step_of(part[c]), base = below ? step_of(below[c]) : 0;
        for (next = c + 1; next < COLUMNS && step_of(part[next]) == height &&
                           (!below || step_of(below[next]) == base);)
            next++;
        if (!height)
            continue;
        double top = (double)MIN(base + height, STEPS) * BAR / STEPS;
        rect(c, next - c, y + BAR - top, (double)(MIN(base + height, STEPS) - base) * BAR / STEPS, fill);
        puts("/>");
    }
}

static void calls_draw(const struct vcpu_row *row, double y)
{
    for (unsigned int c = 0, next; c < COLUMNS; c = next) {
        unsigned int dense = row->calls[c] > 99 ? 3 : row->calls[c] > 9 ? 2 : row->calls[c] ? 1 : 0;
        for (next = c + 1; next < COLUMNS && dense == (row->calls[next] > 99 ? 3u : row->calls[next] > 9 ? 2u :
                                                                                row->calls[next] ? 1u : 0);)
            next++;
        if (dense) {
            rect(c, next - c, y, 3, "#333");
            printf(" opacity=\"%.1f\"/>\n", 0.3 * dense);
        }
    }
}

static void vcpu_draw(const struct picture *p, unsigned int i, double y)
{
    const struct trace_sum *sum = &p->sums.sum[i];
    double all = (double)MAX(p->t->to - p->t->from, 1ull);
    char words[64];

    snprintf(words, sizeof(words), "d%uv%u", sum->who.domain, sum->who.vcpu);
    text(LEFT - 8, y + 11, "text-anchor=\"end\"", words);
    snprintf(words, sizeof(words), "runs %.1f %%, waits %.1f %%", 100 * (double)sum->in_state[TRACE_RUNNING] / all,
             100 * (double)sum->in_state[TRACE_RUNNABLE] / all);
    text(LEFT - 8, y + 24, "text-anchor=\"end\" class=\"s\"", words);
    rect(0, COLUMNS, y, BAR, "#f4f4f4");
    puts("/>");
    bars(p->vcpu[i].ran, NULL, y, colours[i % ARRAY_SIZE(colours)]);
    bars(p->vcpu[i].waited, p->vcpu[i].ran, y, "#bbb");
    calls_draw(&p->vcpu[i], y + BAR + 2);
}

static void draw(const struct picture *p)
{
    double y = TOP, bottom = TOP + ROW * (p->cpus + p->vcpus);
    char words[160];

    printf("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%.0f\" viewBox=\"0 0 %u %.0f\" "
           "font-family=\"sans-serif\" font-size=\"13\">\n<style>.s{font-size:10px;fill:#555}</style>\n"
           "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
           LEFT + COLUMNS + RIGHT, bottom + 20, LEFT + COLUMNS + RIGHT, bottom + 20);
    snprintf(words, sizeof(words), "colour: runs; grey: waits for a CPU; ticks: hypercalls%s%s",
             p->t->lost ? "; records are missing" : "",
             p->vcpus < p->sums.nr || p->cpus < p->t->cpus ? "; not all CPUs and vCPUs are shown" : "");
    text(LEFT, 18, "class=\"s\"", words);
    axis(p, bottom);
    for (unsigned int i = 0; i < p->cpus; i++, y += ROW)
        cpu_draw(p, i, y);
    for (unsigned int i = 0; i < p->vcpus; i++, y += ROW)
        vcpu_draw(p, i, y);
    puts("</svg>");
}

bool trace_print_svg(struct trace *t)
{
    struct picture *p = calloc(1, sizeof(*p));
    bool memory = p && (p->t = t, trace_sum_up(t, &p->sums));

    if (memory) {
        p->cpus = MIN(t->cpus, CPUS_MAX);
        p->vcpus = MIN(p->sums.nr, VCPUS_MAX);
        p->cpu = calloc(p->cpus + 1, sizeof(*p->cpu));
        p->vcpu = calloc(p->vcpus + 1, sizeof(*p->vcpu));
        const struct trace_sink sink = { span, mark, p };
        memory = p->cpu && p->vcpu && trace_play(t, &sink);
    }
    if (memory)
        draw(p);
    if (p) {
        free(p->cpu);
        free(p->vcpu);
    }
    free(p);
    return memory;
}
