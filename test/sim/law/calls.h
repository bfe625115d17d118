/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypercalls of the law's beings, alone or as an entry of a multicall, and what a guest may do with one that gave way:
 * continue it, let others act first, change its arguments, never make it again, or be killed there. What became of a
 * call that was not continued as it was is not predicted: afterwards the model is made again from the hypervisor's
 * books (world_relearn()), and then the law asks whether these agree among themselves.
 */
#ifndef TEST_LAW_CALLS_H
#define TEST_LAW_CALLS_H

#include "world.h"

#include "hv/hypercall.h"

/** What others do meanwhile, and how a domain is ended: the test sets both. */
extern void (*meanwhile)(void);
extern void (*kill_there)(struct being *b);

#define CALL_ABANDONED (-1000L) /* and what it did is not known */

extern bool relearn; /* a call was left like that */
extern bool exact;   /* no argument is changed: another offset would write over a frame's signature */
extern bool steady;  /* every call is continued: what follows counts on it */

/** The model of all that live, made again from the books. */
void world_relearn(void);

extern unsigned long calls; /* parts of them, each a way in and out */

/** One part of @c in the name of @b: its result, -ERESTART if more is to come. */
long call_part(const struct being *b, hypercall_fn fn, struct hypercall *c);
/** @c, until it is done or left: its result, or CALL_ABANDONED. */
long call_as(struct being *b, hypercall_fn fn, struct hypercall *c);
/** The same with a command and one structure. */
long call_op(struct being *b, hypercall_fn fn, uint64_t cmd, const void *op);
/** @size bytes of zeros for the structure, in memory that guests may name. */
void *args_op(size_t size);

#endif
