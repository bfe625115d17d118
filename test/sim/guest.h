/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Acting as a guest: a hypercall in a vCPU's name, continued until it is done.
 * Arguments lie in `box`, which guests may point to.
 */
#ifndef TEST_SIM_GUEST_H
#define TEST_SIM_GUEST_H

#include "sim_test.h"

#include "hv/domain.h"
#include "hv/hypercall.h"

#include <hypercall_handlers.h>

static char box[65536] __attribute__((aligned(64)));
#define BOX ((uint64_t)(uintptr_t)box)

/** Runs @fn in the name of @v. Its argument words are left as the last continuation set them. */
static inline long guest_call_regs(struct vcpu *v, hypercall_fn fn, struct hypercall *call)
{
    struct vcpu *before = sim_this->current;
    sim_this->current = v;
    long rc;
    unsigned int parts = 0;
    do {
        rc = fn(call);
        assert_true(++parts < 100000);
    } while (rc == -ERESTART);
    sim_this->current = before;
    return rc;
}

static inline long guest_call(struct vcpu *v, hypercall_fn fn, uint64_t a, uint64_t b, uint64_t c)
{
    struct hypercall call = { .arg = { a, b, c } };
    return guest_call_regs(v, fn, &call);
}

/** A call whose second argument is the structure *@op, copied in and out. */
#define guest_op(v, fn, cmd, op)                                   \
    ({                                                             \
        memcpy(box, (op), sizeof(*(op)));                          \
        long goc_ = guest_call((v), (fn), (cmd), BOX, 1);          \
        memcpy((op), box, sizeof(*(op)));                          \
        goc_;                                                      \
    })

/** The domain ends, continued until it is dead. */
static inline void guest_kill_stages(struct domain *d)
{
    unsigned int parts = 0;
    while (domain_kill(d) == -ERESTART) {
        assert_true(++parts < 100000);
        sim_settle();
    }
    sim_settle(); /* the test may have acted on a CPU of the domain's own: it leaves that */
}

/** The same, and our reference. */
static inline void guest_kill(struct domain *d)
{
    guest_kill_stages(d);
    domain_put(d);
    sim_settle();
}

#endif
