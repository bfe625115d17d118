/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A CPU may take a lock only above everything that it holds (hv/lock_order.h). That holds for an interrupt handler too,
 * whose CPU holds what the interrupted code held: if handler and code are in the wrong order, two CPUs can deadlock.
 *
 * A wait for others is checked like a lock of its level that is released at once.
 */
#include "hv/lock_debug.h"

#include "hv/compiler.h"
#include "hv/lock.h"
#include "hv/log.h"
#include "hv/percpu.h"

#ifndef NDEBUG

#define HELD_MAX 16

struct held { const void *lock; unsigned int level; };
struct held_stack { unsigned int depth; struct held held[HELD_MAX]; };
static DEFINE_PER_CPU(struct held_stack, held_locks);

/* What starts the machine does so with interrupts off and alone: nobody is there to be waited for. */
static bool others_run;

static const struct level {
    const char *name;
    enum lock_pair pair;
    enum lock_irqs irqs;
} levels[] = {
#define LEVEL(name, pair, irqs) [LOCK_##name] = { #name, LOCK_PAIR_##pair, LOCK_IRQS_##irqs },
    LOCK_LEVELS(LEVEL)
#undef LEVEL
};

static const char *name_of(unsigned int level)
{
    return level < ARRAY_SIZE(levels) ? levels[level].name : "unnamed";
}

static bool may_pair(const struct held *h, const void *lock)
{
    switch (levels[h->level].pair) {
    case LOCK_PAIR_BY_ADDRESS:
        return (uintptr_t)h->lock < (uintptr_t)lock;
    case LOCK_PAIR_NESTED:
        return true;
    default:
        return false;
    }
}

static void check_order(const void *lock, unsigned int level)
{
    const struct held_stack *s = &this_cpu(held_locks);

    for (unsigned int i = 0; i < s->depth; i++) {
        const struct held *h = &s->held[i];
        if (lock && h->lock == lock)
            panic("lock %s at %p is taken twice by CPU %u", name_of(level), lock, this_cpu_id());
        if (h->level < level || (h->level == level && may_pair(h, lock)))
            continue;
        if (!lock)
            panic("lock order: CPU %u holds %s at %p where it may have to wait (%s)", this_cpu_id(), name_of(h->level),
                  h->lock, name_of(level));
        panic("lock order: CPU %u holds %s at %p and takes %s at %p", this_cpu_id(), name_of(h->level), h->lock,
              name_of(level), lock);
    }
}

static void check_irqs(const void *lock, unsigned int level)
{
    enum lock_irqs want = levels[level].irqs;

    if (want == LOCK_IRQS_ANY || !others_run || irqs_enabled() == (want == LOCK_IRQS_ON))
        return;
    if (!lock)
        panic("lock order: CPU %u has interrupts off where it may have to wait (%s)", this_cpu_id(), name_of(level));
    panic("lock %s at %p is taken by CPU %u with interrupts %s", name_of(level), lock, this_cpu_id(),
          want == LOCK_IRQS_ON ? "off" : "on");
}

void lock_debug_check(const void *lock, unsigned int level)
{
    if (level == LOCK_NONE)
        return;
    check_order(lock, level);
    check_irqs(lock, level);
}

void lock_debug_may_wait(unsigned int level)
{
    lock_debug_check(NULL, level);
}

void lock_debug_others_run(void)
{
    others_run = true;
}

void lock_debug_acquired(const void *lock, unsigned int level)
{
    if (level == LOCK_NONE)
        return;
    irqflags_t flags = irq_save();
    struct held_stack *s = &this_cpu(held_locks);
    if (s->depth == HELD_MAX)
        panic("CPU %u holds more than %u locks", this_cpu_id(), HELD_MAX);
    s->held[s->depth++] = (struct held){ lock, level };
    irq_restore(flags);
}

void lock_debug_released(const void *lock, unsigned int level)
{
    if (level == LOCK_NONE)
        return;
    irqflags_t flags = irq_save();
    struct held_stack *s = &this_cpu(held_locks);
    unsigned int i = s->depth;
    while (i && s->held[i - 1].lock != lock)
        i--;
    if (!i)
        panic("lock %s at %p is released by CPU %u, which does not hold it", name_of(level), lock, this_cpu_id());
    for (; i < s->depth; i++)
        s->held[i - 1] = s->held[i];
    s->depth--;
    irq_restore(flags);
}

#endif
