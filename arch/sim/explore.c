/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Coroutines, and whose turn it is (explore.h). */
#include "explore.h"

#include "hv/log.h"
#include "hv/smp.h"

#include <execinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>

#define STACK      (256u * 1024)
#define WAITS_MAX  20000   /* in a row: nobody has left a call meanwhile */
#define STEPS_MAX  2000000

_Bool sim_exploring;
bool sim_irq_waits;
uint32_t sim_explore_steps;
struct sim_stop sim_explore_stops[PREEMPTIONS_MAX];

static struct fiber {
    ucontext_t context;
    void (*body)(void);
    unsigned int cpu;
    bool done, owes, waits;
    const char *where;      /* last point */
    char *stack;
} fibers[EXPLORE_CPUS];
static unsigned int fiber_count, turn, waits, stuck;
static struct sim_schedule schedule;
static uint32_t next_stop;
static ucontext_t outside;

static struct fiber *fiber_of(unsigned int cpu)
{
    for (struct fiber *f = fibers; f < fibers + fiber_count; f++)
        if (f->cpu == cpu && !f->done)
            return f;
    return NULL;
}

static void go_to(unsigned int i, ucontext_t *from)
{
    turn = i;
    sim_on_cpu(fibers[i].cpu);
    swapcontext(from, &fibers[i].context);
}

/* The wait graph: each CPU says where it stands, in its own context. */
static void say_where(void)
{
    void *frames[32];
    struct fiber *f = &fibers[turn];

    fprintf(stderr, "CPU %u, interrupts %s, %s, last at %s:\n", f->cpu, *sim_irqs_on ? "on" : "off",
            f->waits ? "waits for another" : "can go on", f->where);
    backtrace_symbols_fd(frames, backtrace(frames, 32), 2);
}

/* The turn goes to another that is not done. False: there is none. */
static bool give_turn(void)
{
    unsigned int self = turn;

    for (unsigned int n = 1; n < fiber_count; n++) {
        unsigned int i = (self + n) % fiber_count;
        if (fibers[i].done)
            continue;
        unsigned int acts_as = this_cpu_id(); /* an idle CPU, if it does that one's work */
        go_to(i, &fibers[self].context);
        sim_on_cpu(acts_as);
        if (stuck) {
            say_where();
            if (!--stuck)
                panic("no CPU can go on after %u steps", sim_explore_steps);
            give_turn();
        }
        return true;
    }
    return false;
}

static void all_stuck(void)
{
    for (unsigned int i = 0; i < fiber_count; i++)
        stuck += !fibers[i].done;
    say_where();
    if (--stuck)
        give_turn();
    panic("no CPU can go on after %u steps", sim_explore_steps);
}

void sim_point_taken(const char *where)
{
    struct fiber *f = &fibers[turn];

    f->where = where;
    if (++sim_explore_steps == STEPS_MAX)
        all_stuck();
    if (next_stop == schedule.count || sim_explore_steps < schedule.step[next_stop])
        return;
    sim_explore_stops[next_stop++] = (struct sim_stop){ where, f->cpu };
    give_turn();
}

bool sim_explore_wait(void)
{
    struct fiber *f = &fibers[turn];

    if (++waits == WAITS_MAX)
        all_stuck();
    f->waits = true;
    bool others = give_turn();
    f->waits = false;
    return others;
}

bool sim_explore_pause(void)
{
    bool was = sim_exploring;
    sim_exploring = false;
    return was;
}

bool sim_explore_owes(unsigned int cpu)
{
    struct fiber *f = sim_exploring ? fiber_of(cpu) : NULL;

    if (!f || sim_cpu(cpu)->irqs_on)
        return false;
    f->owes = sim_irq_waits = true;
    return true;
}

void sim_irqs_enabled(void)
{
    struct fiber *f = sim_exploring ? fiber_of(this_cpu_id()) : NULL;

    if (!f || !f->owes)
        return;
    f->owes = false;
    *sim_irqs_on = false;
    smp_call_interrupt();
    *sim_irqs_on = true;
}

void sim_explore_until_irqs_on(unsigned int cpu)
{
    struct fiber *f = sim_exploring ? fiber_of(cpu) : NULL;

    if (!f || f == &fibers[turn])
        return;
    BUG_ON(!*sim_irqs_on); /* two that wait so for each other wait for ever */
    while (!f->done && !sim_cpu(cpu)->irqs_on)
        sim_explore_wait();
}

void sim_explore_inside(void) { sim_this->inside = true; }

static void fiber_main(void)
{
    struct fiber *f = &fibers[turn];

    sim_explore_inside();
    f->body();
    BUG_ON(this_cpu_id() != f->cpu || !*sim_irqs_on);
    f->done = true;
    sim_this->inside = false;
    waits = 0;
    if (!give_turn())
        setcontext(&outside);
}

static void fiber_make(struct fiber *f, void (*body)(void), unsigned int cpu)
{
    char *stack = f->stack ? f->stack : malloc(STACK);

    if (!stack)
        abort();
    *f = (struct fiber){ .body = body, .cpu = cpu, .stack = stack, .where = "its beginning" };
    getcontext(&f->context);
    f->context.uc_stack.ss_sp = stack;
    f->context.uc_stack.ss_size = STACK;
    makecontext(&f->context, fiber_main, 0);
}

void sim_explore(const struct sim_schedule *s, unsigned int count, void (*const body[])(void),
                 const unsigned int cpu[])
{
    unsigned int before = this_cpu_id();

    BUG_ON(!count || count > EXPLORE_CPUS || s->first >= count || s->count > PREEMPTIONS_MAX);
    schedule = *s;
    fiber_count = count;
    next_stop = sim_explore_steps = waits = stuck = 0;
    sim_irq_waits = false;
    for (unsigned int i = 0; i < count; i++) {
        fiber_make(&fibers[i], body[i], cpu[i]);
        sim_cpu(cpu[i])->inside = true;
    }
    sim_exploring = true;
    go_to(s->first, &outside);
    sim_exploring = false;
    sim_irq_waits = false;
    sim_on_cpu(before);
    sim_settle();
}
