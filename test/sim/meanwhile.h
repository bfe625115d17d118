/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What another CPU does at the worst moment. The simulated machine has one thread, so here a call can be stopped where
 * it releases a lock, copies from or to its guest, or looks at the clock: there another vCPU stores to its memory, or,
 * if no lock is held, makes a call of its own, whole. The linker puts these functions in place of the real ones.
 */
#ifndef TEST_MEANWHILE_H
#define TEST_MEANWHILE_H

#include "sim_test.h"

#include "hv/guest_access.h"
#include "hv/lock.h"
#include "hv/time.h"

static void (*other)(void);         /* what happens there */
static unsigned int countdown;      /* points until then; 0: not this time */
static unsigned int locks;          /* held by whoever is stopped there */
static bool stores_only;            /* what happens takes no lock, so it can happen under one */
static bool within;
static void (*at_unlock)(void);     /* called where what happens there releases a lock; need not come back */

static void point(void)
{
    if (within || !countdown || (locks && !stores_only) || --countdown)
        return;
    struct vcpu *before = sim_this->current;
    unsigned int cpu = this_cpu_id();
    within = true;
    sim_on_cpu(1);
    other();
    sim_on_cpu(cpu);
    sim_this->current = before;
    within = false;
}

void __real_spin_lock(spinlock_t *l);
void __wrap_spin_lock(spinlock_t *l);
void __wrap_spin_lock(spinlock_t *l)
{
    __real_spin_lock(l);
    locks += !within;
}

void __real_spin_unlock(spinlock_t *l);
void __wrap_spin_unlock(spinlock_t *l);
void __wrap_spin_unlock(spinlock_t *l)
{
    __real_spin_unlock(l);
    locks -= !within;
    if (within && at_unlock)
        at_unlock();
    point();
}

/* Guest memory may change before it is read, and after it was written. */
int __real_arch_copy_from_guest(void *dst, vaddr_t src, size_t len);
int __wrap_arch_copy_from_guest(void *dst, vaddr_t src, size_t len);
int __wrap_arch_copy_from_guest(void *dst, vaddr_t src, size_t len)
{
    point();
    return __real_arch_copy_from_guest(dst, src, len);
}

int __real_arch_copy_to_guest(vaddr_t dst, const void *src, size_t len);
int __wrap_arch_copy_to_guest(vaddr_t dst, const void *src, size_t len);
int __wrap_arch_copy_to_guest(vaddr_t dst, const void *src, size_t len)
{
    int rc = __real_arch_copy_to_guest(dst, src, len);
    point();
    return rc;
}

uint64_t __real_arch_time_now(void);
uint64_t __wrap_arch_time_now(void);
uint64_t __wrap_arch_time_now(void)
{
    point();
    return __real_arch_time_now();
}

#endif
