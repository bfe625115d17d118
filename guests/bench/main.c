/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Measures each operation: the mean of ROUNDS runs after a few that are not counted, without the loop. The marks tell a
 * profiler (bench/profile.c) where the counted part begins and ends.
 */
#include "bench/bench.h"

#include "bench/mark.h"

#define WARM_UP 16u
#define ROUNDS  256u

#define MARK(n) __asm__ volatile(".byte 0x0f, 0x1f, 0x80; .long %c0" ::"i"(MARK_BASE + (n)) : "memory")

uint64_t bench_waited;
static uint64_t loop_ticks;

static long nothing(void)
{
    return 0;
}
static const struct bench_op no_op = { .name = "nothing", .run = nothing };

/* Ticks of @rounds runs. */
static __attribute__((noinline)) uint64_t measure(const struct bench_op *op, unsigned int rounds)
{
    long (*run)(void) = op->run;

    MARK(1);
    uint64_t start = ticks();
    for (unsigned int i = 0; i < rounds; i++)
        run();
    uint64_t taken = ticks() - start;
    MARK(2);
    return taken;
}

static bool warm_up(const struct bench_op *op)
{
    long rc = op->begin ? op->begin() : 0;

    if (rc < 0) {
        printk("SKIP %s: cannot be prepared (%ld)", op->name, rc);
        return false;
    }
    for (unsigned int i = 0; i < WARM_UP && rc >= 0; i++)
        rc = op->run();
    if (rc < 0)
        printk("SKIP %s: fails (%ld)", op->name, rc);
    return rc >= 0;
}

static void bench(const struct bench_op *op)
{
    unsigned int rounds = op->rounds ?: ROUNDS, per = op->per ?: 1;

    if (warm_up(op)) {
        bench_waited = 0;
        uint64_t taken = measure(op, rounds);
        taken -= MIN(taken, loop_ticks * rounds + (op->waits ? bench_waited : 0));
        unsigned int count = rounds * per;
        printk("BENCH %s: %lu (%u)", op->name, (unsigned long)((taken + count / 2) / count), count);
    }
    if (op->end)
        op->end();
}

static const struct bench_op *(*const subject[])(size_t *) = {
    calls_ops, exceptions_ops, instructions_ops, msr_ops,  page_tables_ops, mmuext_ops, memory_ops,
    events_ops, grants_ops,    time_ops,         vcpus_ops, toolstack_ops,  user_ops,   fifo_ops,
};

void guest_main(void)
{
    upcalls_allow(false);
    entry_install();
    loop_ticks = measure(&no_op, ROUNDS) / ROUNDS;
    for (unsigned int s = 0; s < ARRAY_SIZE(subject); s++) {
        size_t count;
        const struct bench_op *ops = subject[s](&count);
        for (size_t i = 0; i < count; i++)
            bench(&ops[i]);
    }
    printk("the end");
}
