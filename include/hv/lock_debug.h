/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lock order (hv/lock_order.h), enforced in debug builds: each CPU remembers what it holds. hv/lock.h calls this
 * for its locks; whoever makes a lock of something else (the bit in a frame's type word) or waits for others calls it
 * too.
 */
#ifndef HV_LOCK_DEBUG_H
#define HV_LOCK_DEBUG_H

#include "hv/lock_order.h"
#include "hv/types.h"

#ifdef NDEBUG
static inline void lock_debug_check(const void *lock, unsigned int level) { }
static inline void lock_debug_acquired(const void *lock, unsigned int level) { }
static inline void lock_debug_released(const void *lock, unsigned int level) { }
static inline void lock_debug_may_wait(unsigned int level) { }
static inline void lock_debug_others_run(void) { }
#else
/**
 * Panics, naming both locks, if taking @lock now would break the order.
 * Before the wait, so that a deadlock is reported.
 */
void lock_debug_check(const void *lock, unsigned int level);
void lock_debug_acquired(const void *lock, unsigned int level);
void lock_debug_released(const void *lock, unsigned int level);
/** At the entry of what may wait: panics if a lock is held that forbids a wait of @level, or interrupts are off. */
void lock_debug_may_wait(unsigned int level);
/** Boot: from now on the state of interrupts counts. */
void lock_debug_others_run(void);
#endif

#endif
