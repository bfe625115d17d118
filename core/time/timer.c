/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers: each CPU has its armed ones in a tree ordered by time, whose first is what its hardware is programmed for.
 * The hardware's interrupt only raises a soft interrupt; callbacks run there.
 *
 * A timer's fields change under the lock of the CPU that it names. `running` is true from before the callback until
 * after it, and no field is touched once it is false again, so timer_kill() may be followed by freeing the timer. A
 * callback may kill its own timer: then the CPU's `current` is cleared, which says the same to the code that called it.
 */
#include "hv/compiler.h"
#include "hv/lock.h"
#include "hv/lock_debug.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/softirq.h"
#include "hv/time.h"

#define RUN_MAX     64          /* callbacks in one pass of the soft interrupt */
#define RETRY_DELAY (10 * NS_PER_US) /* when the callback of before is still running on another CPU */
#define OVERDUE     NS_PER_MS        /* an interrupt so late was lost */

struct timer_base {
    spinlock_t lock;
    struct rb_tree tree;
    struct rb_node *first;
    struct timer *current;  /* whose callback this CPU is in */
    uint64_t programmed;    /* what the hardware is set to */
};
static DEFINE_PER_CPU(struct timer_base, timers);

static struct timer *timer_of(struct rb_node *n) { return rb_entry(n, struct timer, node); }

/* The CPU that @t names, locked. */
static struct timer_base *base_lock(const struct timer *t, irqflags_t *irq)
{
    for (;;) {
        unsigned int cpu = READ_ONCE(t->cpu);
        struct timer_base *b = &per_cpu(timers, cpu);
        *irq = spin_lock_irqsave(&b->lock);
        if (t->cpu == cpu)
            return b;
        spin_unlock_irqrestore(&b->lock, *irq);
    }
}

static void base_insert(struct timer_base *b, struct timer *t)
{
    struct rb_node **link = &b->tree.root, *parent = NULL;
    bool leftmost = true;

    while (*link) {
        parent = *link;
        if (t->expires < timer_of(parent)->expires) {
            link = &parent->left;
        } else {
            link = &parent->right;
            leftmost = false;
        }
    }
    rb_insert(&b->tree, &t->node, parent, link);
    if (leftmost)
        b->first = &t->node;
    t->armed = true;
}

static void base_remove(struct timer_base *b, struct timer *t)
{
    if (!t->armed)
        return;
    if (b->first == &t->node)
        b->first = rb_next(&t->node);
    rb_erase(&b->tree, &t->node);
    t->armed = false;
}

/*
 * The first deadline of @cpu may have changed. Its lock is held. Later than programmed does no harm:
 * one look for nothing.
 */
static void base_program(struct timer_base *b, unsigned int cpu)
{
    uint64_t deadline = b->first ? timer_of(b->first)->expires : TIME_NEVER;

    if (deadline >= b->programmed)
        return;
    if (cpu != this_cpu_id()) {
        softirq_raise_on(cpu, SOFTIRQ_TIMER); /* only a CPU itself reaches its hardware */
        return;
    }
    b->programmed = deadline;
    arch_timer_program(deadline);
}

void timer_interrupt(void) { softirq_raise(SOFTIRQ_TIMER); }

void timer_look(void)
{
    uint64_t now = now_ns(), due = this_cpu(timers).programmed;

    if (now > due && now - due > OVERDUE)
        timer_interrupt();
}

/* Takes the first timer that is due at @now off the tree and marks it as running. */
static struct timer *base_pop_due(struct timer_base *b, uint64_t now)
{
    struct timer *t = b->first ? timer_of(b->first) : NULL;

    if (!t || t->expires > now)
        return NULL;
    base_remove(b, t);
    if (t->running) {
        t->expires = now + RETRY_DELAY;
        base_insert(b, t);
        return base_pop_due(b, now);
    }
    t->running = true;
    b->current = t;
    return t;
}

static void timer_softirq(void)
{
    struct timer_base *b = &this_cpu(timers);
    uint64_t now = now_ns();
    unsigned int ran = 0;

    irqflags_t irq = spin_lock_irqsave(&b->lock);
    for (struct timer *t; ran < RUN_MAX && (t = base_pop_due(b, now)) != NULL; ran++) {
        spin_unlock_irqrestore(&b->lock, irq);
        t->fn(t->data);
        irq = spin_lock_irqsave(&b->lock);
        if (b->current == t)
            __atomic_store_n(&t->running, false, __ATOMIC_RELEASE);
        b->current = NULL;
    }
    b->programmed = b->first ? timer_of(b->first)->expires : TIME_NEVER;
    arch_timer_program(b->programmed);
    spin_unlock_irqrestore(&b->lock, irq);
}

void timers_init_cpu(unsigned int cpu)
{
    struct timer_base *b = &per_cpu(timers, cpu);

    *b = (struct timer_base){ .lock = SPINLOCK_INIT(LOCK_TIMER), .programmed = TIME_NEVER };
    softirq_register(SOFTIRQ_TIMER, timer_softirq);
}

void timer_init(struct timer *t, void (*fn)(void *data), void *data, unsigned int cpu)
{
    *t = (struct timer){ .fn = fn, .data = data, .cpu = cpu };
}

void timer_set(struct timer *t, uint64_t expires)
{
    irqflags_t irq;
    struct timer_base *b = base_lock(t, &irq);

    base_remove(b, t);
    if (!t->dead && expires != TIME_NEVER) {
        t->expires = expires;
        base_insert(b, t);
        base_program(b, t->cpu);
    }
    spin_unlock_irqrestore(&b->lock, irq);
}

void timer_stop(struct timer *t) { timer_set(t, TIME_NEVER); }

void timer_kill(struct timer *t)
{
    irqflags_t irq;

    lock_debug_may_wait(LOCK_WAIT_CPUS); /* whether or not it is another CPU's callback this time */
    struct timer_base *b = base_lock(t, &irq), *self = &this_cpu(timers);
    base_remove(b, t);
    t->dead = true;
    bool wait = t->running && self->current != t;
    if (t->running && !wait)
        self->current = NULL; /* the callback itself: nobody looks at @t when it returns */
    spin_unlock_irqrestore(&b->lock, irq);
    while (wait && __atomic_load_n(&t->running, __ATOMIC_ACQUIRE))
        cpu_relax();
}

void timer_migrate(struct timer *t, unsigned int cpu)
{
    for (bool done = false; !done;) {
        unsigned int from = READ_ONCE(t->cpu);
        if (from == cpu)
            return;
        irqflags_t irq = irq_save();
        spin_lock_two(&per_cpu(timers, from).lock, &per_cpu(timers, cpu).lock);
        if (t->cpu == from) {
            bool armed = t->armed;
            base_remove(&per_cpu(timers, from), t);
            t->cpu = cpu;
            if (armed) {
                base_insert(&per_cpu(timers, cpu), t);
                base_program(&per_cpu(timers, cpu), cpu);
            }
            done = true;
        }
        spin_unlock(&per_cpu(timers, from).lock);
        spin_unlock_irqrestore(&per_cpu(timers, cpu).lock, irq);
    }
}

bool timer_active(const struct timer *t) { return READ_ONCE(t->armed); }

unsigned int timers_peek(unsigned int cpu, struct timer *out, unsigned int max)
{
    struct timer_base *b = &per_cpu(timers, cpu);
    unsigned int n = 0;

    irqflags_t irq = spin_lock_irqsave(&b->lock);
    for (struct rb_node *at = b->first; at && n < max; at = rb_next(at))
        out[n++] = *timer_of(at);
    spin_unlock_irqrestore(&b->lock, irq);
    return n;
}
