/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The flush clock: which CPUs can still have a translation that was taken away some time ago?
 *
 * One clock for the machine. Whoever takes a translation away then makes a stamp: the time, which is odd, because a
 * stamp makes an even clock odd. A CPU that drops all its guest translations reads the clock before, making an odd one
 * even, and publishes what it read afterwards. So if a CPU's time is greater than a stamp, it read the clock after the
 * stamp was made, and dropped its translations after that one had left the page tables: it does not have it. If it is
 * not greater, nothing is known, and the CPU is asked to flush. The clock moves only when stamps and flushes alternate.
 *
 * It has 64 bits and does not wrap. A stamp may be kept in fewer, the lowest: tlb_clock_widen() takes it for the latest
 * time that it can be, which is the true one or later, and a later stamp only asks for more flushes.
 */
#ifndef HV_TLB_CLOCK_H
#define HV_TLB_CLOCK_H

#include "hv/cpumask.h"
#include "hv/percpu.h"

extern uint64_t tlb_clock;
DECLARE_PER_CPU(uint64_t, tlb_time); /* when this CPU last dropped its translations, by tlb_clock; 0: never */

/** A stamp for translations that left the page tables before, by a locked instruction. Odd, never 0. Any context. */
static inline uint64_t tlb_clock_stamp(void)
{
    uint64_t now = __atomic_load_n(&tlb_clock, __ATOMIC_SEQ_CST);

    if (__builtin_expect(!(now & 1), 0))
        now = __atomic_or_fetch(&tlb_clock, 1, __ATOMIC_SEQ_CST);
    return now;
}

/** Before this CPU drops all its guest translations; the value goes to tlb_clock_flushed() afterwards. */
static inline uint64_t tlb_clock_read(void)
{
    uint64_t now = __atomic_load_n(&tlb_clock, __ATOMIC_SEQ_CST);

    if ((now & 1) && __atomic_compare_exchange_n(&tlb_clock, &now, now + 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        now++;
    return now;
}
static inline void tlb_clock_flushed(uint64_t read)
{
    __atomic_store_n(&this_cpu(tlb_time), read, __ATOMIC_RELEASE);
}

/** True if @cpu may have a translation that was stamped with @stamp. */
static inline bool tlb_clock_may_have(unsigned int cpu, uint64_t stamp)
{
    return __atomic_load_n(&per_cpu(tlb_time, cpu), __ATOMIC_ACQUIRE) <= stamp;
}

/** The stamp of which @low are the lowest @bits bits: it, or a later one. */
static inline uint64_t tlb_clock_widen(uint64_t low, unsigned int bits)
{
    uint64_t mask = (1ULL << bits) - 1, now = __atomic_load_n(&tlb_clock, __ATOMIC_SEQ_CST);

    return now - ((now - low) & mask);
}

#endif
