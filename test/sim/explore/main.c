/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explore [-l] [-o ONES] [-n RUNS] [-s SEED] [-r FIRST:STEP,...] [SCENARIO...]
 *
 * For each scenario every interleaving with no preemption and with one (-o: about ONES of these, evenly spaced, for
 * each CPU that may begin), then those with two: all if they are at most RUNS, or else RUNS of them by chance.
 * -r runs one schedule and shows what it says. A run that fails is shrunk and printed as such a schedule; the exit
 * status is 1.
 */
#include "run.h"
#include "world.h"

#include <string.h>
#include <time.h>

static uint32_t runs_max = 2000, ones_max = UINT32_MAX;
static uint64_t seed = 1;
static uint64_t runs, points;

static bool holds(const struct scenario *s, const struct sim_schedule *schedule, struct outcome *o)
{
    *o = run_once(s, schedule, false);
    runs++;
    points += o->steps;
    return o->held;
}

/* Without one of its preemptions it may fail as well. */
static void shrink(const struct scenario *s, struct sim_schedule *schedule)
{
    for (uint32_t i = 0; i < schedule->count;) {
        struct sim_schedule less = *schedule;
        memmove(&less.step[i], &less.step[i + 1], (less.count - i - 1) * sizeof(less.step[0]));
        less.count--;
        if (run_once(s, &less, false).held)
            i++;
        else
            *schedule = less;
    }
}

static void show(const struct scenario *s, struct sim_schedule schedule)
{
    shrink(s, &schedule);
    printf("FAILS  make explore SCENARIO=%s REPLAY=%u:", s->name, schedule.first);
    for (uint32_t i = 0; i < schedule.count; i++)
        printf("%s%u", i ? "," : "", schedule.step[i]);
    printf("\n");
    run_once(s, &schedule, true);
}

static bool two_by_chance(const struct scenario *s, struct sim_schedule *schedule, const uint32_t length[ACTORS])
{
    struct outcome o;

    for (uint32_t n = 0; n < runs_max; n++) {
        uint32_t first = (uint32_t)(sim_random(&seed) % run_cpus(s));
        if (length[first] < 2)
            continue;
        uint32_t a = 1 + (uint32_t)(sim_random(&seed) % length[first]);
        uint32_t b = 1 + (uint32_t)(sim_random(&seed) % length[first]);
        *schedule = (struct sim_schedule){ first, 2, { MIN(a, b), MAX(a, b) + (a == b) } };
        if (!holds(s, schedule, &o))
            return false;
    }
    return true;
}

static bool two_all(const struct scenario *s, struct sim_schedule *schedule, const uint32_t length[ACTORS])
{
    struct outcome o = { 0 };

    for (uint32_t first = 0; first < run_cpus(s); first++)
        for (uint32_t a = 1; a <= length[first]; a++)
            for (uint32_t b = a + 1, last = b; b <= last; b++) {
                *schedule = (struct sim_schedule){ first, 2, { a, b } };
                if (!holds(s, schedule, &o))
                    return false;
                last = o.steps;
            }
    return true;
}

static bool none_and_one(const struct scenario *s, struct sim_schedule *schedule, uint32_t length[ACTORS])
{
    struct outcome o;

    for (uint32_t first = 0; first < run_cpus(s); first++) {
        *schedule = (struct sim_schedule){ .first = first };
        if (!holds(s, schedule, &o))
            return false;
        length[first] = o.steps;
        for (uint32_t a = 1; a <= length[first]; a += 1 + length[first] / ones_max) {
            *schedule = (struct sim_schedule){ first, 1, { a } };
            if (!holds(s, schedule, &o))
                return false;
        }
    }
    return true;
}

static int explore(const struct scenario *s)
{
    struct sim_schedule schedule;
    uint32_t length[ACTORS] = { 0 };
    uint64_t pairs = 0;

    run_prepare(s);
    if (!none_and_one(s, &schedule, length)) {
        show(s, schedule);
        return 1;
    }
    for (unsigned int i = 0; i < ACTORS; i++)
        pairs += (uint64_t)length[i] * length[i] / 2;
    bool all = pairs <= runs_max;
    if (!(all ? two_all : two_by_chance)(s, &schedule, length)) {
        show(s, schedule);
        return 1;
    }
    printf("holds  %-32s %6lu interleavings, %lu points; two preemptions: %s\n", s->name, (unsigned long)runs,
           (unsigned long)points, all ? "all" : runs_max ? "by chance" : "none");
    return 0;
}

static int replay(const struct scenario *s, const char *text)
{
    struct sim_schedule schedule = { 0 };
    char *at;

    schedule.first = (uint32_t)strtoul(text, &at, 10);
    while ((*at == ':' || *at == ',') && at[1] && schedule.count < PREEMPTIONS_MAX)
        schedule.step[schedule.count++] = (uint32_t)strtoul(at + 1, &at, 10);
    if (*at && strcmp(at, ":")) {
        fprintf(stderr, "explore: a schedule is FIRST:STEP,STEP and not '%s'\n", text);
        return 2;
    }
    run_prepare(s);
    struct outcome o = run_once(s, &schedule, true);
    for (uint32_t i = 0; i < schedule.count && o.stops[i].where; i++)
        printf("step %u: CPU %u is stopped at %s\n", schedule.step[i], o.stops[i].cpu, o.stops[i].where);
    printf("%s after %u steps\n", o.held ? "holds" : "fails", o.steps);
    return !o.held;
}

/* In a process of its own: there is one machine in the life of one. */
static int apart(const struct scenario *s, const char *schedule)
{
    int status = 1;

    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        exit(schedule ? replay(s, schedule) : explore(s));
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return 1;
    if (WIFSIGNALED(status))
        printf("FAILS  %s, before anything runs against anything\n", s->name);
    return status != 0;
}

static bool is_wanted(const char *name, int count, char *const names[])
{
    for (int i = 0; i < count; i++)
        if (!strncmp(names[i], name, strlen(names[i])))
            return true;
    return !count;
}

int main(int argc, char *argv[])
{
    const char *schedule = NULL;
    int option, failed = 0, ran = 0;

    while ((option = getopt(argc, argv, "ln:o:s:r:")) != -1)
        switch (option) {
        case 'l':
            for (size_t i = 0; i < scenario_count; i++)
                puts(scenarios[i].name);
            return 0;
        case 'n': runs_max = (uint32_t)strtoul(optarg, NULL, 10); break;
        case 'o': ones_max = MAX((uint32_t)strtoul(optarg, NULL, 10), 1u); break;
        case 's': seed = strtoul(optarg, NULL, 10); break;
        case 'r': schedule = optarg; break;
        default: return 2;
        }
    for (size_t i = 0; i < scenario_count; i++)
        if (is_wanted(scenarios[i].name, argc - optind, argv + optind)) {
            ran++;
            failed += apart(&scenarios[i], schedule);
        }
    if (!ran)
        fprintf(stderr, "explore: no scenario begins so; -l lists them\n");
    printf("%d scenarios, %d failed\n", ran, failed);
    return failed || !ran;
}
