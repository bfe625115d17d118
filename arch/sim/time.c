/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clock, the CPUs' deadlines (a tournament: the winner of all is at index 1), and events of the outside. */
#include "machine.h"

#include "hv/trace.h"

#include <stdlib.h>

uint64_t sim_now;

#define LEAVES (CPU_MAX <= 512 ? 512 : 4096)
_Static_assert(CPU_MAX <= LEAVES, "every CPU has a leaf");
static uint16_t winner[2 * LEAVES];

static uint64_t deadline_of(unsigned int cpu) { return cpu < cpu_count ? sim_cpu(cpu)->deadline : TIME_NEVER; }

void sim_deadline_changed(unsigned int cpu)
{
    for (unsigned int i = (LEAVES + cpu) / 2; i; i /= 2) {
        unsigned int a = winner[2 * i], b = winner[2 * i + 1];
        winner[i] = (uint16_t)(deadline_of(b) < deadline_of(a) ? b : a);
    }
}

uint64_t sim_first_deadline(unsigned int *cpu)
{
    *cpu = winner[1];
    return deadline_of(*cpu);
}

uint64_t arch_cycles(void) { return sim_now; }
uint64_t arch_time_now(void) { return sim_now; }

void arch_timer_program(uint64_t deadline)
{
    sim_this->deadline = deadline;
    sim_deadline_changed(sim_this->id);
}

void sim_pass(uint64_t ns) { sim_now += ns; }

/* Events: a binary heap; equal times in the order in which they were given. */
struct event { uint64_t time, serial; void (*fn)(void *data); void *data; };
static struct event *events;
static size_t event_count, event_room;
static uint64_t event_serial;

static bool event_before(const struct event *a, const struct event *b)
{
    return a->time != b->time ? a->time < b->time : a->serial < b->serial;
}

static void event_swap(size_t a, size_t b)
{
    struct event t = events[a];
    events[a] = events[b];
    events[b] = t;
}

void sim_at(uint64_t time, void (*fn)(void *data), void *data)
{
    if (event_count == event_room) {
        event_room = event_room ? 2 * event_room : 64;
        events = realloc(events, event_room * sizeof(*events));
        if (!events)
            abort();
    }
    size_t i = event_count++;
    events[i] = (struct event){ time, event_serial++, fn, data };
    for (; i && event_before(&events[i], &events[(i - 1) / 2]); i = (i - 1) / 2)
        event_swap(i, (i - 1) / 2);
}

uint64_t sim_first_event(void) { return event_count ? events[0].time : TIME_NEVER; }

void sim_run_first_event(void)
{
    struct event e = events[0];

    events[0] = events[--event_count];
    for (size_t i = 0;;) {
        size_t least = i;
        for (size_t c = 2 * i + 1; c <= 2 * i + 2 && c < event_count; c++)
            if (event_before(&events[c], &events[least]))
                least = c;
        if (least == i)
            break;
        event_swap(i, least);
        i = least;
    }
    e.fn(e.data);
}

void sim_time_reset(void)
{
    sim_now = 0;
    for (unsigned int i = 0; i < LEAVES; i++)
        winner[LEAVES + i] = (uint16_t)i;
    for (unsigned int i = LEAVES - 1; i; i--)
        winner[i] = winner[2 * i];
    free(events);
    events = NULL;
    event_count = event_room = event_serial = 0;
}
