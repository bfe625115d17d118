/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypercalls. Each is one row of gen/hypercalls.tbl and one function long hypercall_NAME(struct hypercall *). The
 * way in of the guest's kind copies the argument registers into `arg`, invokes, and writes the result back. A row that
 * the kind lacks, or whose function is not in the build, is NULL and answers -ENOSYS.
 *
 * Long work: a handler that sees hypercall_preempt_check() stores its progress in call->arg[] (or, where the ABI lets
 * it, in guest memory) and returns -ERESTART. The way in then writes the arguments back and moves the guest's
 * instruction pointer back over the call, so interrupts and events are served and the guest calls again; inside a
 * multicall the entry keeps the progress. -ERESTART never reaches a guest.
 *
 * The guest need not call again: it gets its event first, and may do anything then, or be ended. So progress is never
 * kept where another operation would trust it (docs/design.md, "Rules that keep it safe").
 */
#ifndef HV_HYPERCALL_H
#define HV_HYPERCALL_H

#include "hv/types.h"

#define HYPERCALL_ARGS 5
#define HYPERCALL_COUNT 64

struct hypercall {
    uint64_t nr;
    uint64_t arg[HYPERCALL_ARGS];
    bool no_result; /* the handler replaced the guest's whole register state (iret): rax is not to be written */
};

typedef long (*hypercall_fn)(struct hypercall *call);

struct hypercall_row {
    hypercall_fn fn;
    const char *name;
    uint8_t args;       /* how many arguments it has */
    bool privileged;    /* only a control domain may call it at all */
    bool continuable;   /* may return -ERESTART */
};
/** Kinds of guest, each with a table of what it may call. How it calls is the kind's own: pv/hypercall.c. */
enum hypercall_kind { HYPERCALLS_PV, HYPERCALLS_HVM, HYPERCALL_KINDS };
extern const struct hypercall_row hypercall_table[HYPERCALL_KINDS][HYPERCALL_COUNT]; /* made from gen/hypercalls.tbl */

/** One call of a multicall or of a test: result as the guest sees it, or -ERESTART with call->arg updated. */
long hypercall_invoke(struct hypercall *call);
/** Arch duty: @call, of a multicall of 32-bit code; result as of hypercall_invoke(). */
long arch_hypercall_narrow(struct hypercall *call);
/** True when the CPU has something better to do and a long operation should record its progress. */
bool hypercall_preempt_check(void);
/** Arch duty: an event can be delivered to the current vCPU now. */
bool arch_event_deliverable(const struct vcpu *v);

/** Lets this function be the long jobs' own preemption test at a coarse step: every @step-th @i. */
static inline bool hypercall_preempt_every(uint64_t i, uint64_t step)
{
    return i && i % step == 0 && hypercall_preempt_check();
}

#endif
