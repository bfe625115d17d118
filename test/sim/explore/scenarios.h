/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The library: what is there before, and what then runs against each other. */
#ifndef TEST_EXPLORE_SCENARIOS_H
#define TEST_EXPLORE_SCENARIOS_H

#include <stddef.h>

enum { BEFORE_MAX = 6, RUN_MAX = 4 };

/* On which CPU (enum of world.h), and what. */
struct deed { unsigned int on; void (*fn)(void); };

struct scenario {
    const char *name;
    struct deed before[BEFORE_MAX]; /* one after the other */
    struct deed run[RUN_MAX];       /* those of one CPU in this order, those of several against each other */
};

extern const struct scenario scenarios[];
extern const size_t scenario_count;

#endif
