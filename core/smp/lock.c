/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ticket spin locks: who comes takes the next ticket and waits until it is called, so waiters are served in the order
 * of arrival. Reader-writer locks prefer writers: a waiting writer sets the top bit, which keeps new readers out.
 */
#include "hv/lock.h"

#include "hv/lock_debug.h"
#include "hv/percpu.h"

#define RW_WRITER 0x80000000u

void spin_lock(spinlock_t *l)
{
    lock_debug_check(l, l->level);
    uint16_t ticket = __atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED);
    while (__atomic_load_n(&l->owner, __ATOMIC_ACQUIRE) != ticket)
        cpu_relax();
    __atomic_store_n(&l->holder, (uint16_t)(this_cpu_id() + 1), __ATOMIC_RELAXED);
    lock_debug_acquired(l, l->level);
}

bool spin_trylock(spinlock_t *l)
{
    uint16_t owner = __atomic_load_n(&l->owner, __ATOMIC_RELAXED);

    /* The next ticket never falls behind the one that is called: if it is still `owner`, nobody holds the lock. */
    uint16_t next = (uint16_t)(owner + 1);
    if (!__atomic_compare_exchange_n(&l->next, &owner, next, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return false;
    __atomic_store_n(&l->holder, (uint16_t)(this_cpu_id() + 1), __ATOMIC_RELAXED);
    lock_debug_acquired(l, l->level);
    return true;
}

void spin_unlock(spinlock_t *l)
{
    lock_debug_released(l, l->level);
    __atomic_store_n(&l->holder, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&l->owner, (uint16_t)(l->owner + 1), __ATOMIC_RELEASE);
}

bool spin_is_held(const spinlock_t *l)
{
    return __atomic_load_n(&l->holder, __ATOMIC_RELAXED) == this_cpu_id() + 1;
}

void read_lock(rwlock_t *l)
{
    lock_debug_check(l, l->level);
    for (;;) {
        uint32_t s = __atomic_load_n(&l->state, __ATOMIC_RELAXED);
        if (!(s & RW_WRITER) &&
            __atomic_compare_exchange_n(&l->state, &s, s + 1, true, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            break;
        cpu_relax();
    }
    lock_debug_acquired(l, l->level);
}

void read_unlock(rwlock_t *l)
{
    lock_debug_released(l, l->level);
    __atomic_fetch_sub(&l->state, 1, __ATOMIC_RELEASE);
}

void write_lock(rwlock_t *l)
{
    lock_debug_check(l, l->level);
    while (__atomic_fetch_or(&l->state, RW_WRITER, __ATOMIC_ACQUIRE) & RW_WRITER)
        cpu_relax(); /* another writer */
    while (__atomic_load_n(&l->state, __ATOMIC_ACQUIRE) != RW_WRITER)
        cpu_relax(); /* readers that were there before */
    lock_debug_acquired(l, l->level);
}

void write_unlock(rwlock_t *l)
{
    lock_debug_released(l, l->level);
    __atomic_fetch_and(&l->state, ~RW_WRITER, __ATOMIC_RELEASE);
}
