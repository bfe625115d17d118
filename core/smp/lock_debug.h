/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lock order, enforced in debug builds: each CPU remembers what it holds. */
#ifndef LOCK_DEBUG_H
#define LOCK_DEBUG_H

#include "hv/types.h"

#ifdef NDEBUG
static inline void lock_debug_check(const void *lock, unsigned int level) { }
static inline void lock_debug_acquired(const void *lock, unsigned int level) { }
static inline void lock_debug_released(const void *lock, unsigned int level) { }
#else
/**
 * Panics, naming both locks, if taking @lock now would break the order.
 * Before the wait, so that a deadlock is reported.
 */
void lock_debug_check(const void *lock, unsigned int level);
void lock_debug_acquired(const void *lock, unsigned int level);
void lock_debug_released(const void *lock, unsigned int level);
#endif

#endif
