/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xnl trace: what a file of xentrace's says of who ran, who waited and why it woke. */
#include "trace.h"

#include "complain.h"
#include "xnl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GUESSED_MHZ 2400.0

static const char usage[] =
    "usage: xnl trace [--json | --svg] [--mhz=MHZ] [--from=SECONDS] [--to=SECONDS] FILE\n"
    "\n"
    "What FILE, recorded by xentrace in dom0 (xentrace -D -T 5 FILE), says of who ran where, who waited, and why it\n"
    "woke. Without an option a line for each vCPU; --json a timeline for https://ui.perfetto.dev or Chrome's\n"
    "about:tracing, with hypercalls, interrupts and faults; --svg a picture for a page.\n"
    "\n"
    "--from and --to, in seconds since the first record, choose a part. --mhz is the frequency of the time stamp\n"
    "counter; without it, it is found from what the records of switches say of the time between them.\n"
    "\n"
    "Exit status: 0 told, 2 wrong usage, 3 the file cannot be read or is damaged.\n";

struct options { const char *path; bool json, svg; double mhz, from, to; };

static bool number(const char *word, const char *name, double *out, bool *bad)
{
    size_t length = strlen(name);
    char *end;

    if (strncmp(word, name, length))
        return false;
    *out = strtod(word + length, &end);
    *bad = *end || end == word + length || !(*out >= 0 && *out < 1e9);
    return true;
}

/* 0, or the exit status plus 1. */
static int read_options(int argc, char **argv, struct options *o)
{
    bool bad = false;

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--help")) {
            fputs(usage, stdout);
            return XNL_YES + 1;
        }
        if (!strcmp(argv[i], "--json"))
            o->json = true;
        else if (!strcmp(argv[i], "--svg"))
            o->svg = true;
        else if (number(argv[i], "--mhz=", &o->mhz, &bad) || number(argv[i], "--from=", &o->from, &bad) ||
                 number(argv[i], "--to=", &o->to, &bad))
            ;
        else if (argv[i][0] == '-' || o->path)
            return xnl_wrong_usage(usage, "trace: what is \"%s\"?", argv[i]) + 1;
        else
            o->path = argv[i];
        if (bad)
            return xnl_wrong_usage(usage, "trace: %s: a number from 0 on is wanted", argv[i]) + 1;
    }
    if (!o->path)
        return xnl_wrong_usage(usage, "trace: which file?") + 1;
    return o->json && o->svg ? xnl_wrong_usage(usage, "trace: --json or --svg?") + 1 : 0;
}

static uint64_t stamp_at(const struct trace *t, double seconds)
{
    double all = (double)(t->to - t->from), ticks = seconds * 1000 * t->khz;

    return ticks >= all ? t->to : t->from + (uint64_t)ticks;
}

static int tell(struct trace *t, const struct options *o)
{
    if (o->mhz > 0)
        t->khz = o->mhz * 1000;
    else if (t->khz_guessed) {
        t->khz = GUESSED_MHZ * 1000;
        fprintf(stderr, "xnl: trace: no records of switches (xentrace -e 0x28000) tell the clock's frequency: taken "
                        "for %.0f MHz, --mhz= says better\n", GUESSED_MHZ);
    }
    uint64_t from = stamp_at(t, o->from), to = o->to > 0 ? stamp_at(t, o->to) : t->to;
    if (from >= to && t->from < t->to)
        return xnl_wrong_usage(usage, "trace: nothing is between --from=%g and --to=%g: the trace has %.3f s",
                               o->from, o->to, trace_us(t, t->to) / 1e6);
    t->from = from;
    t->to = to;
    bool memory = o->json ? trace_print_json(t) : o->svg ? trace_print_svg(t) : trace_print_text(t);
    return memory ? XNL_YES : xnl_complain(XNL_FAILED, "trace: no memory");
}

int xnl_trace(int argc, char **argv)
{
    struct options o = { .path = NULL };
    struct trace t;
    int status = read_options(argc, argv, &o);

    if (status)
        return status - 1;
    status = trace_load(&t, o.path);
    if (!status)
        status = tell(&t, &o);
    trace_free(&t);
    return status;
}
