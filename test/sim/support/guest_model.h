/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests as the scheduler sees them: each vCPU computes for `burst` ns of its own CPU time, then blocks for `sleep` ns,
 * and so on; burst 0 computes for ever. And the laws that hold at every moment.
 */
#ifndef TEST_SIM_GUEST_MODEL_H
#define TEST_SIM_GUEST_MODEL_H

#include "../sim_test.h"

#include "core/sched/runq.h"

struct model {
    struct vcpu *v;
    uint64_t burst, sleep;       /* ns */
    uint64_t left;               /* of this burst */
    uint64_t used;               /* CPU time in all */
    uint64_t since;              /* when it was switched in */
    uint64_t serial;             /* of the pending end of burst: older ones are void */
    uint64_t woken, latency_max; /* from wake-up to CPU */
    uint64_t wakes;
};

#define MODELS_MAX 8192

extern struct model models[MODELS_MAX];
extern unsigned int model_count;

/** @v computes and sleeps like this from when it runs next. */
struct model *model_add(struct vcpu *v, uint64_t burst, uint64_t sleep);

/** CPU time so far, what is running now included. */
uint64_t model_used(const struct model *m);

/** Every vCPU is in exactly one place, and it is the right one. */
void check_places(struct domain *d);

/** No CPU idles while a vCPU that may run there waits. */
void check_work_conserving(void);

#endif
