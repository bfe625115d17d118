/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hostile kernel. From a seed it does what no kernel should, but nearly: hypercalls whose structures make sense
 * except where they don't, changes of its page tables, instructions that it may not execute, descriptors, entry points
 * and frames that are odd, on several vCPUs that share all memory. After each fault it goes on with the next step. When
 * it hits itself so hard that it dies, that is its own business: what must not happen is that anybody else notices.
 */
#ifndef STORM_H
#define STORM_H

#include "common/guest.h"

#define STORM_VCPUS 4u
#define GRANTS      24u     /* references that are used */
#define STACK_SIZE  16384ul /* of this the upper half is for entries from user mode */
#define POOL_PAGES  512u    /* one L1 table, which maps nothing else */

/** Where a fault goes on: what a function call preserves. */
struct recover {
    uint64_t rbx, rbp, r12, r13, r14, r15, rsp, rip;
};
/** General registers as storm_execute() loads them. */
struct registers {
    uint64_t rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15;
};

struct hostile {
    unsigned int id;
    uint64_t random;
    uint64_t step;
    bool dirty;      /* its entry points may be anything */
    uint64_t mended; /* the step after which that was tried */
    uint64_t faulted, faults; /* the last step that had one, and how many */
    struct recover recover;
    uint64_t last_vector, last_error;
    uint8_t *data; /* structures for hypercalls */
    uint8_t *code; /* instructions; user mode reaches it as well */
};

/* random.c: values of which the interesting ones are frequent. */
uint64_t rnd(struct hostile *h);
/** 0 to @n - 1. */
static inline uint64_t pick(struct hostile *h, uint64_t n)
{
    return rnd(h) % n;
}
static inline bool one_in(struct hostile *h, uint64_t n)
{
    return !pick(h, n);
}
uint64_t rnd_word(struct hostile *h);
uint64_t rnd_address(struct hostile *h);
/** Where it may write without hitting itself, mostly. */
uint64_t rnd_data(struct hostile *h);
uint64_t rnd_frame(struct hostile *h);
uint64_t rnd_count(struct hostile *h);
uint64_t rnd_domid(struct hostile *h);
/** A page-table entry for a table of @level. */
uint64_t rnd_entry(struct hostile *h, unsigned int level);

/* recover.S */
int storm_setjmp(struct recover *r) __attribute__((returns_twice));
void storm_longjmp(const struct recover *r) __attribute__((noreturn));
/** Loads all registers and jumps; comes back only by a fault. */
void storm_execute(const struct registers *r, uint64_t rip) __attribute__((noreturn));
/** Loads all registers but rsp, and does the IRET hypercall with the frame at @frame. */
void storm_iret(const struct registers *r, const void *frame) __attribute__((noreturn));
extern char storm_secondary[];

/* What it does: the subjects of one bit each in the option `only`. */
void step_hypercall(struct hostile *h);
void step_tables(struct hostile *h);
void step_table_writes(struct hostile *h);
void step_instruction(struct hostile *h);
void step_user(struct hostile *h);
void step_descriptors(struct hostile *h);
void step_entry_points(struct hostile *h);
void step_vcpus(struct hostile *h);
void step_touch(struct hostile *h);

/** An event in two to four milliseconds. */
void timer_soon(struct hostile *h);

/** One hypercall in registers: what calls.c makes, and a multicall's entry. */
struct call {
    uint64_t nr, arg[6];
};
void rnd_call(struct hostile *h, struct call *c, uint8_t **data);
long call_do(const struct call *c);

/* entry.c: the guest's entry points as they should be, for the calling vCPU. */
void entry_mend(struct hostile *h);
/** Fills @c so that a vCPU starts with @rip on its own stack. */
void vcpu_context(struct hostile *h, struct vcpu_guest_context *c);

void storm_run(struct hostile *h) __attribute__((noreturn));
extern struct hostile hostile[STORM_VCPUS];
extern uint8_t storm_stacks[STORM_VCPUS][STACK_SIZE];
extern uint8_t pool[POOL_PAGES][PAGE_SIZE];
extern unsigned int storm_vcpus;
extern uint64_t storm_root, storm_self, grant_frame_va;

static inline uint64_t stack_top(const struct hostile *h)
{
    return PTR(storm_stacks[h->id]) + STACK_SIZE / 2 - 64;
}
static inline uint64_t entry_top(const struct hostile *h)
{
    return PTR(storm_stacks[h->id]) + STACK_SIZE;
}

#endif
