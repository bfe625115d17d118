/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One interleaving of a scenario, in a process of its own. */
#ifndef TEST_EXPLORE_RUN_H
#define TEST_EXPLORE_RUN_H

#include "arch/sim/explore.h"
#include "scenarios.h"

struct outcome {
    uint32_t steps;
    bool held;                    /* no panic, and all laws */
    struct sim_stop stops[PREEMPTIONS_MAX];
};

/** The world as the scenario wants it, in this process; then run_once() forks from it. */
void run_prepare(const struct scenario *s);
/** How many CPUs run against each other. */
unsigned int run_cpus(const struct scenario *s);
/** @loud: what a run that fails says is seen. */
struct outcome run_once(const struct scenario *s, const struct sim_schedule *schedule, bool loud);

#endif
