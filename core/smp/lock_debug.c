/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A CPU may take a lock only above everything that it holds (hv/lock_order.h). That holds for an interrupt handler too,
 * whose CPU holds what the interrupted code held: if handler and code are in the wrong order, two CPUs can deadlock.
 */
#include "lock_debug.h"

#include "hv/compiler.h"
#include "hv/lock.h"
#include "hv/log.h"
#include "hv/percpu.h"

#ifndef NDEBUG

#define HELD_MAX 16

struct held { const void *lock; unsigned int level; };
struct held_stack { unsigned int depth; struct held held[HELD_MAX]; };
static DEFINE_PER_CPU(struct held_stack, held_locks);

static const char *const level_name[] = {
#define LEVEL(name) [LOCK_##name] = #name
    LEVEL(NONE), LEVEL(DOMCTL), LEVEL(SYSCTL), LEVEL(CPU_HOTPLUG), LEVEL(DOMAIN_LIST), LEVEL(DOMAIN), LEVEL(KEXEC),
    LEVEL(GRANT), LEVEL(GRANT_MAPTRACK), LEVEL(P2M), LEVEL(PAGE_TYPE), LEVEL(FRAMES), LEVEL(EVENT),
    LEVEL(EVENT_SOURCE), LEVEL(EVENT_QUEUE), LEVEL(PIRQ), LEVEL(PCI), LEVEL(IRQ), LEVEL(VECTOR), LEVEL(SHUTDOWN),
    LEVEL(SCHED), LEVEL(SCHED_CAP), LEVEL(TIMER), LEVEL(TASKLET), LEVEL(HEAP), LEVEL(SLAB), LEVEL(TLB), LEVEL(TIME),
    LEVEL(TRACE), LEVEL(CONSOLE), LEVEL(SERIAL), LEVEL(LEAF),
#undef LEVEL
};

static const char *name_of(unsigned int level)
{
    return level < ARRAY_SIZE(level_name) && level_name[level] ? level_name[level] : "unnamed";
}

/* Levels of which two may be held, in an order that hv/lock_order.h states. */
static bool may_pair(unsigned int level)
{
    return level == LOCK_DOMAIN || level == LOCK_GRANT || level == LOCK_PAGE_TYPE || level == LOCK_EVENT ||
           level == LOCK_SCHED || level == LOCK_TIMER;
}

void lock_debug_check(const void *lock, unsigned int level)
{
    const struct held_stack *s = &this_cpu(held_locks);

    if (level == LOCK_NONE)
        return;
    for (unsigned int i = 0; i < s->depth; i++) {
        const struct held *h = &s->held[i];
        if (h->lock == lock)
            panic("lock %s at %p is taken twice by CPU %u", name_of(level), lock, this_cpu_id());
        if (h->level > level || (h->level == level && !may_pair(level)))
            panic("lock order: CPU %u holds %s at %p and takes %s at %p", this_cpu_id(), name_of(h->level), h->lock,
                  name_of(level), lock);
    }
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
