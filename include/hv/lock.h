/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Spin locks (ticket, fair) and reader-writer locks. A lock that an interrupt handler takes is always taken with
 * interrupts off (the _irqsave forms). Debug builds check hv/lock_order.h and report both locks by name.
 */
#ifndef HV_LOCK_H
#define HV_LOCK_H

#include "hv/lock_order.h"
#include "hv/compiler.h"
#include "hv/types.h"

/* irqflags_t, irq_save(), irq_restore(), irq_disable(), irq_enable(), irqs_enabled(), cpu_relax() */
#include <arch/irqflags.h>

typedef struct {
    uint16_t next, owner;   /* tickets */
    uint16_t level;         /* enum lock_level */
    uint16_t holder;        /* CPU + 1 while held, for panic messages and ASSERT(spin_is_held()) */
} spinlock_t;

typedef struct {
    uint32_t state;         /* bit 31: a writer holds it or waits; below: readers */
    uint16_t level;
} rwlock_t;

#define SPINLOCK_INIT(lvl) { .level = (lvl) }
#define RWLOCK_INIT(lvl)   { .level = (lvl) }

static inline void spin_lock_init(spinlock_t *l, enum lock_level level) { *l = (spinlock_t)SPINLOCK_INIT(level); }
static inline void rw_lock_init(rwlock_t *l, enum lock_level level) { *l = (rwlock_t)RWLOCK_INIT(level); }

/**
 * Waits its turn; never sleeps. The order of locks (hv/lock_order.h) holds. A lock that interrupts take as well is
 * taken with interrupts off everywhere, by spin_lock_irqsave().
 */
void spin_lock(spinlock_t *l);
/** By the CPU that holds it. */
void spin_unlock(spinlock_t *l);
/** Takes it if that needs no wait; then the order does not matter. */
bool spin_trylock(spinlock_t *l);
/** True if the calling CPU holds it. */
bool spin_is_held(const spinlock_t *l);

/** Many readers, or one writer; a writer that waits keeps new readers out, so a reader must not read again. */
void read_lock(rwlock_t *l);
void read_unlock(rwlock_t *l);
void write_lock(rwlock_t *l);
void write_unlock(rwlock_t *l);

/** Two locks of a level whose rule is BY_ADDRESS. They are not the same one. */
static inline void spin_lock_two(spinlock_t *a, spinlock_t *b)
{
    spin_lock((uintptr_t)a < (uintptr_t)b ? a : b);
    spin_lock((uintptr_t)a < (uintptr_t)b ? b : a);
}

static inline irqflags_t spin_lock_irqsave(spinlock_t *l)
{
    irqflags_t flags = irq_save();
    spin_lock(l);
    return flags;
}
static inline void spin_unlock_irqrestore(spinlock_t *l, irqflags_t flags)
{
    spin_unlock(l);
    irq_restore(flags);
}

#endif
