/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The world is built once for a scenario; each interleaving runs in a copy of the process. So the addresses are the
 * same each time, a run that fails harms no other, and what a schedule did it does again.
 */
#include "run.h"

#include "world.h"

#include <fcntl.h>
#include <sys/mman.h>

enum { SECONDS_MAX = 20 };

static struct outcome *shared;          /* the child's answer */
static const struct scenario *running;

static void deeds_of(unsigned int on)
{
    for (const struct deed *d = running->run; d < running->run + RUN_MAX && d->fn; d++)
        if (d->on == on)
            d->fn();
}
static void on_guest0(void) { deeds_of(ON_GUEST0); }
static void on_guest1(void) { deeds_of(ON_GUEST1); }
static void on_peer(void) { deeds_of(ON_PEER); }
static void on_control(void) { deeds_of(ON_CONTROL); }
static void (*const body_of[ACTORS])(void) = { on_guest0, on_guest1, on_peer, on_control };

static unsigned int bodies(const struct scenario *s, void (*body[ACTORS])(void), unsigned int cpu[ACTORS])
{
    unsigned int count = 0;

    for (unsigned int on = 0; on < ACTORS; on++)
        for (const struct deed *d = s->run; d < s->run + RUN_MAX && d->fn; d++)
            if (d->on == on) {
                body[count] = body_of[on];
                cpu[count++] = on;
                break;
            }
    return count;
}

unsigned int run_cpus(const struct scenario *s)
{
    void (*body[ACTORS])(void);
    unsigned int cpu[ACTORS];
    return bodies(s, body, cpu);
}

void run_prepare(const struct scenario *s)
{
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        abort();
    running = s;
    world_start();
    for (const struct deed *d = s->before; d < s->before + BEFORE_MAX && d->fn; d++)
        world_as(d->on, d->fn);
    law_live();
}

static void report(void)
{
    shared->steps = sim_explore_steps;
    for (unsigned int i = 0; i < PREEMPTIONS_MAX; i++)
        shared->stops[i] = sim_explore_stops[i];
}

static _Noreturn void child(const struct sim_schedule *schedule, bool loud)
{
    void (*body[ACTORS])(void);
    unsigned int cpu[ACTORS], count = bodies(running, body, cpu);
    int nowhere = open("/dev/null", O_WRONLY);

    if (!loud && (dup2(nowhere, 2) < 0 || dup2(nowhere, 1) < 0))
        _exit(2);
    alarm(SECONDS_MAX);
    sim_explore(schedule, count, body, cpu);
    report();
    law_live();
    world_ends();
    _exit(0);
}

struct outcome run_once(const struct scenario *s, const struct sim_schedule *schedule, bool loud)
{
    int status = 1;

    *shared = (struct outcome){ 0 };
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        child(schedule, loud);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        abort();
    shared->held = status == 0;
    return *shared;
}
